"""The limits against card testing and floods hold in both templates, and each check notices a limit that is neutered."""

import copy
import json
import re

import limits
import pytest
from cases import CASES
from expansion import ROOT, sam_source
from limits import VOID
from neutered_limits import NEUTERED
from safety import distribution
from spellings import ODD, may_pay
from waf import FLOOD, Request, let_through, of_a_machine

TOOLS = ["sam", "cdk"]
# Where the order of the limits is Till's: a shop that raises PaymentsPerSecond has asked Stripe for more.
AS_IT_COMES = [case for case, values in CASES.items() if "PaymentsPerSecond" not in values]


def settings(case: str) -> dict[str, str]:
    """All of a case, with the defaults."""
    return {name: p.get("Default", "") for name, p in sam_source()["Parameters"].items()} | CASES[case]


def faults(check, stack: dict, case: str) -> list[str]:
    return list(check(stack, settings(case)))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_one_address_cannot_flood_the_api(stacks, tool, case):
    assert faults(limits.floods, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_payment_without_a_checkouts_id_reaches_no_throttle(stacks, tool, case):
    assert faults(limits.malformed, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_an_id_that_the_function_takes_is_let_through(stacks, tool, case):
    assert faults(limits.turned_away, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_wafs_answer_is_the_functions_own(stacks, tool, case):
    assert faults(limits.untrue_answers, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_payment_is_counted_however_its_path_is_written(stacks, tool, case):
    assert faults(limits.uncounted, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_an_encoded_path_stops_first(stacks, tool, case):
    assert faults(limits.encodings, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_other_rules_do_not_lean_on_the_first(stacks, tool, case):
    assert faults(limits.behind, stacks[tool, case], case) == []


def test_what_could_be_a_payment_path_is_known():
    """By what HTTP APIs were seen to make of a path (captured, see spellings.READINGS), and by what they might."""
    for path in ("/api/%2570ayments/void", "/api/payments%3F%2F..%2F..", "/api/payments%2Fvoid", "/api/payments/../confirm", "/../api/payments", "/api\\payments"):
        assert path in ODD, path
    for path in ("/api/paymentsx", "/api/config", "/index.html", "/x/api/payments", "/api/payments/pi_1/confirm/x", "/API/payments"):
        assert not may_pay(path), path
    assert len(ODD) > 500


@pytest.mark.parametrize("tool", TOOLS)
def test_capitals_reach_no_payment(stacks, tool):
    """CloudFront's patterns know capitals (`/API/payments` is a file to it, and nobody can post to a file), and so does the function.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html#DownloadDistValuesPathPattern"""
    found = distribution(stacks[tool, "plain"])
    assert [behaviour["PathPattern"] for behaviour in found["CacheBehaviors"]] == ["/api/*"]
    assert sorted(found["DefaultCacheBehavior"]["AllowedMethods"]) == ["GET", "HEAD"]
    assert 'path.strip_prefix("/api/payments")?' in (ROOT / "functions/payments/src/http/request.rs").read_text()


def sent(event: str) -> Request:
    """An event of events/, as WAF saw it."""
    found = json.loads((ROOT / f"events/{event}.json").read_text())
    headers = {name.lower(): value for name, value in found["headers"].items()}
    return Request(f"{found['requestContext']['http']['method']} {found['rawPath']}", headers.get("idempotency-key"))


# Whatever the function is tested with, and whether it says that the key can never be a checkout's.
EVENTS = {
    name: (code.startswith("parameter_") and name.startswith("key-") and checkout == "closed")
    for name, code, checkout in re.findall(
        r"^\| `([a-z0-9-]+)` \|.*?\| \d{3} \| (?:`\w+`)? \| `?(\w*)`? \| `?(\w*)`? \|", (ROOT / "events/README.md").read_text(), re.M
    )
    if not name.startswith("undecodable-")
}


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("tool", TOOLS)
def test_waf_turns_an_event_away_where_the_function_says_that_the_key_is_none(stacks, tool, event):
    assert (let_through(stacks[tool, "plain"], sent(event)) == 0) == EVENTS[event]


def test_some_events_have_such_a_key():
    assert {name for name, is_none in EVENTS.items() if is_none} == {"key-missing", "key-not-v7", "key-joined"} and len(EVENTS) > 60


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_every_route_has_its_throttle(stacks, tool, case):
    assert faults(limits.unthrottled, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_throttles_are_numbers(stacks, tool, case):
    assert faults(limits.text_for_numbers, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", AS_IT_COMES)
@pytest.mark.parametrize("tool", TOOLS)
def test_each_limit_is_below_the_next(stacks, tool, case):
    assert faults(limits.out_of_order, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_the_alarm_on_declines_goes_off_at_half_of_ten_cards(stacks, tool, case):
    assert faults(limits.deaf_to_declines, stacks[tool, case], case) == []


@pytest.mark.parametrize("what", NEUTERED)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_neutered_limit_is_noticed(stacks, tool, what):
    check, neuter = NEUTERED[what]
    stack = copy.deepcopy(stacks[tool, "plain"])
    neuter(stack)
    assert faults(check, stack, "plain")


@pytest.mark.parametrize("tool", TOOLS)
def test_ipv6_is_on_where_it_is_switched_on(stacks, tool):
    stack = copy.deepcopy(stacks[tool, "own-domain"])
    assert settings("own-domain")["IPv6"] == "on" and let_through(stack, Request("POST /api/payments"), of_a_machine(stack)) == FLOOD
    distribution(stack).update(IPV6Enabled=False)
    assert faults(limits.floods, stack, "own-domain")


def test_every_check_is_seen_to_notice():
    assert {check for check, _ in NEUTERED.values()} == {*limits.CHECKS}


def test_the_documents_limits_are_the_templates(stacks):
    stack = stacks["sam", "plain"]
    rows = dict(re.findall(r"^\| (.+?) \| (.+?) \| .+ \|$", (ROOT / "docs/scale.md").read_text(), re.MULTILINE))
    rate_of_void, burst_of_void = limits.throttle(stack, VOID)
    assert rows["API throttle of `POST /api/payments/void`"] == f"{rate_of_void:g} a second, {burst_of_void:g} at once"
    assert rows["API throttle of all other paths"] == f"{limits.throttle(stack, limits.OTHER)[0]:g} a second"
    assert rows["WAF `PaymentsPerAddress`"] == f"{let_through(stack, Request('POST /api/payments'))} POSTs in five minutes"
