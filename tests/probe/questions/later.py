"""What only a day, a browser or an outage shows. The sandbox is told to; Stripe is not asked."""

from client import ASKING, HANDLING, new_key
from question import question

KEYS = "https://docs.stripe.com/api/idempotent_requests"
LOW_LEVEL = "https://docs.stripe.com/error-low-level"
HANDLE = "https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions"

BROWSER = "a browser runs the bank's challenge"
DAY = "a day has to pass"
OUTAGE = "Stripe has to fail"


def challenged(stripe, result: str):
    """A manual PaymentIntent after its challenge."""
    sandbox = stripe.sandbox_only(BROWSER)
    asked = stripe.pay(ASKING, HANDLING)
    sandbox.challenge(asked.body, result)
    return stripe.read(asked["id"])


@question("a PaymentIntent whose challenge was completed", "requires_confirmation, then 200 succeeded", HANDLE)
def completed(stripe):
    intent = challenged(stripe, "complete")
    return f"{intent['status']}, then {stripe.confirm(intent['id'], None, {'error_on_requires_action': None})}"


@question("a PaymentIntent whose challenge failed", "requires_payment_method, payment_intent_authentication_failure", HANDLE)
def failed(stripe):
    intent = challenged(stripe, "fail")
    return f"{intent['status']}, {intent['last_payment_error']['code']}"


@question("a PaymentIntent an hour after its challenge", "requires_payment_method", HANDLE)
def an_hour_later(stripe):
    intent = challenged(stripe, "complete")
    stripe.sandbox.pass_hours(1)
    return stripe.read(intent["id"])["status"]


@question("a payment, sent again under its key after 23 hours", "200 succeeded, replayed", KEYS)
def kept_for_a_day(stripe):
    sandbox, key = stripe.sandbox_only(DAY), new_key()
    stripe.pay(key=key)
    sandbox.pass_hours(23)
    return stripe.pay(key=key)


@question("a 500, sent again under its key", "500 api_error, replayed", LOW_LEVEL)
def error_is_kept(stripe):
    sandbox, key = stripe.sandbox_only(OUTAGE), new_key()
    with sandbox.failing("error_executed", method="POST", path="/v1/payment_intents", nth=1):
        stripe.pay(key=key)
    return stripe.pay(key=key)
