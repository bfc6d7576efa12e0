"""Canceling, and what a PaymentIntent that has ended does."""

from client import DECLINED
from question import question

CANCEL = "https://docs.stripe.com/api/payment_intents/cancel"
CODES = "https://docs.stripe.com/error-codes"
INTENT = "https://docs.stripe.com/api/payment_intents/object"


def with_intent(answer) -> str:
    return f"{answer}, the PaymentIntent in it {answer.intent['status']}"


@question("a cancel of a PaymentIntent without a card", "200 canceled", CANCEL)
def tombstone(stripe):
    return stripe.cancel(stripe.tombstone()["id"])


@question("a cancel after a decline", "200 canceled", CANCEL)
def after_a_decline(stripe):
    return stripe.cancel(stripe.pay(DECLINED).intent["id"])


@question("a cancel of what has succeeded", "400 payment_intent_unexpected_state, the PaymentIntent in it succeeded", CODES)
def succeeded(stripe):
    return with_intent(stripe.cancel(stripe.pay()["id"]))


@question("a cancel of what is canceled", "400 payment_intent_unexpected_state, the PaymentIntent in it canceled", CANCEL)
def canceled(stripe):
    intent = stripe.tombstone()["id"]
    stripe.cancel(intent)
    return with_intent(stripe.cancel(intent))


@question("a confirm of what is canceled", "400 payment_intent_unexpected_state, the PaymentIntent in it canceled", CANCEL)
def confirm_canceled(stripe):
    intent = stripe.tombstone()["id"]
    stripe.cancel(intent)
    return with_intent(stripe.confirm(intent))


@question("a confirm of what has succeeded", "400 payment_intent_unexpected_state, the PaymentIntent in it succeeded", CODES)
def confirm_succeeded(stripe):
    return with_intent(stripe.confirm(stripe.pay()["id"], "pm_card_mastercard"))


@question("what is received after a second confirm", "1099", INTENT)
def received_once(stripe):
    intent = stripe.pay()["id"]
    stripe.confirm(intent, "pm_card_mastercard")
    return stripe.read(intent)["amount_received"]


@question("the tombstone's status before and after its cancel", "requires_payment_method, then canceled", INTENT)
def statuses(stripe):
    tombstone = stripe.tombstone()
    stripe.cancel(tombstone["id"])
    return f"{tombstone['status']}, then {stripe.read(tombstone['id'])['status']}"


@question("a confirm without a card of a PaymentIntent that has none", "400 payment_intent_unexpected_state", CODES)
def confirm_without_a_card(stripe):
    return stripe.confirm(stripe.tombstone()["id"], None)
