"""A question that cannot fail proves nothing. Here the sandbox behaves otherwise, or Stripe's answers are changed on the way:
the questions that are about it differ, and no others."""

from dataclasses import replace

import pytest
from client import Answer, Stripe
from question import Verdict, put
from questions import QUESTIONS
from sandbox import Sandbox

BUILT = [question for question in QUESTIONS if question.topic != "sale"]


def differing(stripe: Stripe) -> set[str]:
    results = [put(question, stripe) for question in BUILT]
    return {f"{result.question.topic}:{result.question.id}" for result in results if result.verdict is not Verdict.AS_EXPECTED}


def words(text: str) -> set[str]:
    """`topic: id id` a line."""
    lines = (line.split(":") for line in text.strip().splitlines())
    return {f"{topic.strip()}:{id}" for topic, ids in lines for id in ids.split()}


# The sandbox's switches for what Stripe's documents leave open, and the questions that notice.
SWITCHES = {
    "keep_refusals": (True, "idempotency: corrected used_card_again unknown_card_again wrong_email_again unknown_intent_again"),
    "keys_by_api_key": (True, "keys: keys_are_the_accounts mismatch_beyond_a_key"),
    "search_lag_ms": (86_400_000, "search: found soon exact case two_clauses fresh metadata order pages removed"),
}


def body(answer: Answer, **fields) -> Answer:
    return replace(answer, body=answer.body | fields)


def error(answer: Answer, **fields) -> Answer:
    return body(answer, error=answer.error | fields) if answer.error else answer


def without(answer: Answer, header: str) -> Answer:
    return replace(answer, headers={name: value for name, value in answer.headers.items() if name != header})


def page(answer: Answer, **fields) -> Answer:
    return body(answer, **fields) if "data" in answer.body else answer


def of_status(status: int, change):
    return lambda path, answer: change(answer) if answer.status == status else answer


# Answers that are not Stripe's: how each answer is changed on its way, and the questions that notice.
LIES = {
    "no replay is marked": (
        lambda path, answer: without(answer, "idempotent-replayed"),
        """idempotency: payment_again decline_again decline_again_after_success create_again_after_cancel confirm_again cancel_again
        idempotency: first_after_a_mismatch tombstone_again unexpected_state_again another_order another_version longest_key
        locks: conflict_is_not_kept
        keys: keys_are_the_accounts
        later: kept_for_a_day error_is_kept""",
    ),
    "a decline is a 400": (
        of_status(402, lambda answer: replace(answer, status=400)),
        """declines: pm_card_visa_chargeDeclined pm_card_visa_chargeDeclinedInsufficientFunds pm_card_visa_chargeDeclinedLostCard
        declines: pm_card_visa_chargeDeclinedStolenCard pm_card_visa_chargeDeclinedVelocityLimitExceeded pm_card_chargeDeclinedExpiredCard
        declines: pm_card_chargeDeclinedIncorrectCvc pm_card_chargeDeclinedProcessingError pm_card_radarBlock card_error second_decline
        authentication: pm_card_authenticationRequired pm_card_authenticationRequiredOnSetup pm_card_threeDSecure2Required
        authentication: name_of_it flag_on_confirm
        idempotency: decline_again decline_again_after_success""",
    ),
    "stolen is lost": (
        lambda path, answer: error(answer, decline_code="lost_card") if answer.error.get("decline_code") == "stolen_card" else answer,
        "declines: pm_card_visa_chargeDeclinedStolenCard",
    ),
    "no parameter is named": (
        lambda path, answer: error(answer, param=None),
        """errors: missing unknown no_number no_email no_payment_method
        search: without_a_query""",
    ),
    "a mismatch is an invalid request": (
        of_status(400, lambda answer: error(answer, type="invalid_request_error")),
        """idempotency: another_card another_amount other_metadata another_path tombstone_after_a_payment payment_after_a_tombstone
        keys: mismatch_beyond_a_key""",
    ),
    "a key in use is another conflict": (of_status(409, lambda answer: error(answer, code="conflict")), "locks: one_key one_key_other_amounts"),
    "the oldest come first": (
        lambda path, answer: page(answer, data=answer.body.get("data", [])[::-1]),
        """lists: newest_first
        search: order""",
    ),
    "there is never more": (
        lambda path, answer: page(answer, has_more=False, next_page=None),
        """lists: pages
        search: pages""",
    ),
    "there is always more": (lambda path, answer: page(answer, has_more=True), "lists: pages"),
    "metadata are lost": (
        lambda path, answer: body(answer, metadata={}) if "metadata" in answer.body else answer,
        """idempotency: metadata_of_a_replay
        metadata: read_back longest_value merged confirm_keeps_them cancel_keeps_them""",
    ),
    "a cancel always succeeds": (
        lambda path, answer: replace(answer, status=200, body=answer.intent) if path.endswith("/cancel") and answer.intent else answer,
        "cancel: succeeded canceled",
    ),
    "no bank asks for its shopper": (
        lambda path, answer: body(answer, status="succeeded") if answer.body.get("status") == "requires_action" else answer,
        "authentication: manual confirm_before_the_challenge",
    ),
    "the version is not echoed": (lambda path, answer: without(answer, "stripe-version"), "versions: echoed"),
}


def lying(lie) -> type[Stripe]:
    class Lying(Stripe):
        def send(self, method, path, body, headers):
            return lie(path.split("?")[0], super().send(method, path, body, headers))

    return Lying


@pytest.fixture
def another_sandbox():
    with Sandbox() as running:
        yield running


@pytest.mark.parametrize("switch", SWITCHES)
def test_where_the_sandbox_is_switched_the_questions_about_it_differ(switch, another_sandbox):
    value, expected = SWITCHES[switch]
    another_sandbox.control("PUT", "behaviour", {switch: value})
    assert differing(another_sandbox.stripe(patience=0.3)) == words(expected)


@pytest.mark.parametrize("lie", LIES)
def test_where_answers_are_changed_the_questions_about_them_differ(lie, another_sandbox):
    change, expected = LIES[lie]
    assert differing(another_sandbox.stripe(lying(change), patience=0.3)) == words(expected)


ALL = {f"{question.topic}:{question.id}" for question in BUILT}
NONSENSE = {
    "an outage": Answer(500, {}, {"error": {"type": "api_error"}}),
    "a success without content": Answer(200, {}, {}),
    "an empty list": Answer(200, {}, {"object": "list", "data": [], "has_more": False}),
}


@pytest.mark.parametrize("nonsense", NONSENSE)
def test_no_question_takes_nonsense_for_an_answer(nonsense, another_sandbox):
    client = lying(lambda path, answer: NONSENSE[nonsense])
    assert differing(another_sandbox.stripe(client, patience=0.1)) == ALL


def test_a_rate_limit_in_between_changes_no_answer(another_sandbox):
    rule = {"match": {"probability": 0.1, "seed": 7}, "fault": "rate_limited"}
    another_sandbox.control("PUT", "faults", [rule])
    assert differing(another_sandbox.stripe(patience=0.3)) == set()
