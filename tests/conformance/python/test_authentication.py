"""The manual flow: the server creates, the shopper authenticates in Stripe.js, the server confirms."""

import json
import urllib.parse
import urllib.request

import pytest
import stripe
from conftest import payment

ASKS = "pm_card_authenticationRequired"
DECLINED_AFTER_ALL = "pm_card_threeDSecureRequiredChargeDeclined"


def ask(client, payment_method=ASKS):
    """Creates and confirms an intent whose card wants authentication."""
    manual = {"error_on_requires_action": None, "confirmation_method": "manual", "use_stripe_sdk": True}
    intent = client.v1.payment_intents.create(payment(payment_method=payment_method, **manual))
    assert (intent.status, intent.next_action.type) == ("requires_action", "use_stripe_sdk")
    assert intent.payment_method and intent.latest_charge is None
    return intent


def authenticate(sandbox, intent, result):
    """What the stand-in for Stripe.js does when the shopper has ended the challenge."""
    body = urllib.parse.urlencode({"client_secret": intent.client_secret, "result": result}).encode()
    with urllib.request.urlopen(f"{sandbox.url}/_sandbox/3ds/{intent.id}", body, timeout=10) as response:
        return json.load(response)["status"]


def unexpected_state(client, intent):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.confirm(intent.id)
    assert (refused.value.http_status, refused.value.code) == (400, "payment_intent_unexpected_state")
    return refused.value.error.payment_intent.status


def test_a_completed_challenge_is_charged_once(sandbox, client):
    asked = ask(client)
    assert authenticate(sandbox, asked, "complete") == "requires_confirmation"
    paid = client.v1.payment_intents.confirm(asked.id)
    assert (paid.status, paid.amount_received, paid.payment_method) == ("succeeded", 1099, asked.payment_method)
    assert unexpected_state(client, asked) == "succeeded"


@pytest.mark.parametrize("result", ["fail", "cancel"])
def test_after_a_failed_challenge_another_card_pays(sandbox, client, result):
    asked = ask(client)
    assert authenticate(sandbox, asked, result) == "requires_payment_method"
    error = client.v1.payment_intents.retrieve(asked.id).last_payment_error
    assert (error.code, error.payment_method.id) == ("payment_intent_authentication_failure", asked.payment_method)
    assert unexpected_state(client, asked) == "requires_payment_method"
    paid = client.v1.payment_intents.confirm(asked.id, {"payment_method": "pm_card_visa", "use_stripe_sdk": True})
    assert (paid.id, paid.status) == (asked.id, "succeeded")


def test_a_card_may_be_authenticated_and_then_declined(sandbox, client):
    asked = ask(client, DECLINED_AFTER_ALL)
    authenticate(sandbox, asked, "complete")
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.confirm(asked.id)
    assert declined.value.code == "card_declined"


def test_an_hour_after_the_challenge_the_attempt_has_expired(sandbox, client):
    asked = ask(client)
    authenticate(sandbox, asked, "complete")
    sandbox.control("POST", "clock", {"advance_ms": 3_600_000})
    intent = client.v1.payment_intents.retrieve(asked.id)
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error.code == "payment_intent_payment_attempt_expired"
