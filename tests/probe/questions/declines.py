"""Cards that pay, cards that are declined, and what a decline leaves."""

import re

from client import DECLINED, VISA, yes
from question import NO_DOCUMENT, question

TESTING = "https://docs.stripe.com/testing"
ERRORS = "https://docs.stripe.com/api/errors"
INTENT = "https://docs.stripe.com/api/payment_intents/object"
CONFIRM = "https://docs.stripe.com/api/payment_intents/confirm"
LIFECYCLE = "https://docs.stripe.com/payments/paymentintents/lifecycle"

CARDS = {
    "pm_card_visa": "200 succeeded",
    "pm_card_ca": "200 succeeded",
    "pm_card_mastercard": "200 succeeded",
    "pm_card_amex": "200 succeeded",
    "pm_card_visa_chargeDeclined": "402 card_declined/generic_decline",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "402 card_declined/insufficient_funds",
    "pm_card_visa_chargeDeclinedLostCard": "402 card_declined/lost_card",
    "pm_card_visa_chargeDeclinedStolenCard": "402 card_declined/stolen_card",
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded": "402 card_declined/card_velocity_exceeded",
    "pm_card_chargeDeclinedExpiredCard": "402 expired_card",
    "pm_card_chargeDeclinedIncorrectCvc": "402 incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError": "402 processing_error",
    "pm_card_radarBlock": "402 card_declined/fraudulent",
}

for card, answer in CARDS.items():
    question(f"a payment with {card}", answer, TESTING, id=card)(lambda stripe, card=card: stripe.pay(card))


@question("a payment in Canadian dollars", "200 succeeded, 1099 cad", INTENT)
def canadian_dollars(stripe):
    paid = stripe.pay(changes={"currency": "cad"})
    return f"{paid}, {paid['amount_received']} {paid['currency']}"


@question("what a decline is called", "402 card_error", ERRORS)
def card_error(stripe):
    declined = stripe.pay(DECLINED)
    return f"{declined.status} {declined.error['type']}"


@question("the PaymentIntent in a decline's error", "requires_payment_method, with its metadata", ERRORS)
def intent_in_the_error(stripe):
    intent = stripe.pay(DECLINED).intent
    return f"{intent['status']}, with its metadata" if intent["metadata"]["till_card"] == DECLINED else intent["status"]


@question("whether a read after a decline names the declined card", "card_declined of the same card", INTENT)
def declined_card_is_named(stripe):
    declined = stripe.pay(DECLINED)
    error = stripe.read(declined.intent["id"])["last_payment_error"]
    used = declined.error["payment_method"]["id"]
    return f"{error['code']} of {'the same' if error['payment_method']['id'] == used else 'another'} card"


@question(
    "the payment_method of a PaymentIntent after a decline",
    "none",
    NO_DOCUMENT,
    otherwise="Till takes the card of last_payment_error as well as that of payment_method.",
)
def no_payment_method_after_a_decline(stripe):
    return "none" if stripe.pay(DECLINED).intent["payment_method"] is None else "the declined card"


@question("the charge that a decline leaves", "failed: card_declined", INTENT)
def charge_of_a_decline(stripe):
    charge = stripe.charge_of(stripe.pay(DECLINED).intent["id"])
    return f"{charge['status']}: {charge['failure_code']}"


@question("another card on a declined PaymentIntent", "200 succeeded, the same PaymentIntent", LIFECYCLE)
def another_card(stripe):
    declined = stripe.pay(DECLINED).intent
    paid = stripe.confirm(declined["id"])
    return f"{paid}, {'the same' if paid['id'] == declined['id'] else 'another'} PaymentIntent"


@question("a second decline on a PaymentIntent", "402 expired_card, requires_payment_method", LIFECYCLE)
def second_decline(stripe):
    again = stripe.confirm(stripe.pay(DECLINED).intent["id"], "pm_card_chargeDeclinedExpiredCard")
    return f"{again}, {again.intent['status']}"


# Stripe's "variable upper limit" of confirmations must not be below MAX_CARDS.
@question("the eighth card of a PaymentIntent, after seven declines", "200 succeeded", CONFIRM)
def eighth_card(stripe):
    intent = stripe.pay(DECLINED).intent["id"]
    for _ in range(6):
        stripe.confirm(intent, DECLINED)
    return stripe.confirm(intent)


@question("the last_payment_error after a card has paid", "none", INTENT)
def no_error_after_success(stripe):
    paid = stripe.confirm(stripe.pay(DECLINED).intent["id"])
    return "none" if paid["last_payment_error"] is None else "kept"


@question("the PaymentMethod of pm_card_visa, used twice", "two PaymentMethods", TESTING)
def test_cards_are_made_anew(stripe):
    used = {stripe.pay(VISA)["payment_method"] for _ in range(2)}
    return "two PaymentMethods" if len(used) == 2 else "one PaymentMethod"


@question("the ids of a PaymentIntent and of its card", "pi_ and pm_, letters, digits and underscores", NO_DOCUMENT)
def ids(stripe):
    """As functions/payments/src/stripe/id.rs takes them."""
    paid = stripe.pay()
    known = re.fullmatch(r"pi_\w{1,100}", paid["id"]) and re.fullmatch(r"pm_\w{1,100}", paid["payment_method"])
    return "pi_ and pm_, letters, digits and underscores" if known else "others"


@question("the card of a PaymentIntent that has paid", "the card that paid", INTENT)
def card_that_paid(stripe):
    first = stripe.pay(DECLINED)
    paid = stripe.confirm(first.intent["id"])
    return "the declined card" if paid["payment_method"] in (None, first.error["payment_method"]["id"]) else "the card that paid"


@question("whether a declined test payment is of test mode", "yes", INTENT)
def livemode_of_a_decline(stripe):
    return yes(stripe.pay(DECLINED).intent["livemode"] is False)
