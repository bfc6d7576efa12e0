"""Every test card as the SDK's own CardError."""

import pytest
import stripe
from conftest import CARDS, payment


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["payment_method"])
def test_card(client, card):
    if card["code"] is None:
        assert client.v1.payment_intents.create(payment(payment_method=card["payment_method"])).status == "succeeded"
        return
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(payment(payment_method=card["payment_method"]))
    error = declined.value
    assert (error.http_status, error.code, error.error.decline_code) == (402, card["code"], card["decline_code"])
    assert error.user_message == card.get("message", error.user_message)
    assert error.request_id.startswith("req_")
    intent = client.v1.payment_intents.retrieve(error.error.payment_intent.id)
    assert (intent.status, intent.amount_received) == ("requires_payment_method", 0)
    assert intent.last_payment_error.code == card["code"]


def test_another_card_on_the_same_intent(client):
    with pytest.raises(stripe.CardError) as declined:
        client.v1.payment_intents.create(payment(payment_method="pm_card_visa_chargeDeclined"))
    intent = declined.value.error.payment_intent.id
    paid = client.v1.payment_intents.confirm(intent, {"payment_method": "pm_card_visa", "error_on_requires_action": True})
    assert (paid.id, paid.status) == (intent, "succeeded")
