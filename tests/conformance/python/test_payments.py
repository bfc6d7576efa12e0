"""A PaymentIntent's life, and what Stripe refuses on the way."""

import pytest
import stripe
from conftest import payment


@pytest.mark.parametrize("currency", ["usd", "cad"])
def test_create_and_confirm(client, currency):
    intent = client.v1.payment_intents.create(payment(currency=currency, metadata={"order": "17"}))
    assert (intent.status, intent.amount_received, intent.currency) == ("succeeded", 1099, currency)
    assert intent.metadata["order"] == "17"
    assert intent.last_response.request_id.startswith("req_")
    assert intent.last_response.headers["stripe-version"] == "2026-07-29.dahlia"


def test_create_then_confirm(client):
    created = client.v1.payment_intents.create({"amount": 500, "currency": "usd", "payment_method_types": ["card"]})
    assert created.status == "requires_payment_method"
    confirmed = client.v1.payment_intents.confirm(created.id, {"payment_method": "pm_card_visa", "error_on_requires_action": True})
    assert (confirmed.id, confirmed.status) == (created.id, "succeeded")


def test_retrieve_with_expand(client):
    intent = client.v1.payment_intents.create(payment())
    expanded = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge", "payment_method"]})
    assert isinstance(expanded.latest_charge, stripe.Charge)
    assert (expanded.latest_charge.id, expanded.latest_charge.paid) == (intent.latest_charge, True)
    assert isinstance(expanded.payment_method, stripe.PaymentMethod)
    assert (expanded.payment_method.id, expanded.payment_method.card.last4) == (intent.payment_method, "4242")


def test_cancel(client):
    created = client.v1.payment_intents.create({"amount": 500, "currency": "usd", "payment_method_types": ["card"]})
    canceled = client.v1.payment_intents.cancel(created.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
def test_unexpected_state(client, verb):
    intent = client.v1.payment_intents.create(payment())
    with pytest.raises(stripe.InvalidRequestError) as refused:
        getattr(client.v1.payment_intents, verb)(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"
    assert refused.value.error.payment_intent.status == "succeeded"


def test_a_payment_method_is_used_once(sandbox, client):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}
    made = sandbox.client(sandbox.publishable_key).v1.payment_methods.create({"type": "card", "card": card})
    assert client.v1.payment_intents.create(payment(payment_method=made.id)).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        client.v1.payment_intents.create(payment(payment_method=made.id))


@pytest.mark.parametrize(
    ("changes", "code", "param"),
    [
        ({"amount": None}, "parameter_missing", "amount"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"amount": 49}, "amount_too_small", "amount"),
        ({"amount": 100_000_000}, "amount_too_large", "amount"),
        ({"metadata": {"key": "v" * 501}}, None, "metadata"),
        ({"metadata": {f"key{n}": "v" for n in range(51)}}, None, "metadata"),
    ],
)
def test_refused(client, changes, code, param):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(payment(**changes))
    assert refused.value.http_status == 400
    assert refused.value.param.split("[")[0] == param
    if code:
        assert refused.value.code == code


def test_missing(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.retrieve("pi_none")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
