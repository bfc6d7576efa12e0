"""Cards whose bank wants to see the shopper: declined by `error_on_requires_action`, or handled."""

from client import ASKING, HANDLING, VISA
from question import NO_DOCUMENT, question

CREATE = "https://docs.stripe.com/api/payment_intents/create"
CONFIRM = "https://docs.stripe.com/api/payment_intents/confirm"
CANCEL = "https://docs.stripe.com/api/payment_intents/cancel"
CODES = "https://docs.stripe.com/error-codes"
DECLINE = "https://docs.stripe.com/payments/without-card-authentication"
HANDLE = "https://docs.stripe.com/payments/payment-intents/upgrade-to-handle-actions"

NAMES = ("authentication_not_handled", "requires_action_not_handled", "payment_intent_action_required")

for card in (ASKING, "pm_card_authenticationRequiredOnSetup", "pm_card_threeDSecure2Required"):
    name = f"a payment with {card} and error_on_requires_action"
    question(name, "402 authentication_required", CODES, id=card)(lambda stripe, card=card: of_any_name(stripe.pay(card)))


def of_any_name(answer) -> str:
    """Stripe's documents have several names for it. Till takes them alike (functions/payments/src/decline.rs)."""
    named = {answer.error.get("code"), answer.error.get("decline_code")} & {"authentication_required", *NAMES}
    return f"{answer.status} authentication_required" if named else str(answer)


@question(
    "the names of a card that was to be authenticated and was not",
    "402 authentication_required/authentication_not_handled",
    NO_DOCUMENT,
    otherwise="Till takes the three names alike that Stripe's documents have.",
)
def name_of_it(stripe):
    return stripe.pay(ASKING)


@question("the PaymentIntent that error_on_requires_action leaves", "requires_payment_method, no next_action", CREATE)
def flag_leaves(stripe):
    left = stripe.read(stripe.pay(ASKING).intent["id"])
    return f"{left['status']}, {'a' if left['next_action'] else 'no'} next_action"


@question(
    "the charge of a card that error_on_requires_action refused",
    "none",
    NO_DOCUMENT,
    otherwise="A failed charge changes nothing for Till.",
)
def flag_leaves_no_charge(stripe):
    charge = stripe.charge_of(stripe.pay(ASKING).intent["id"])
    return "none" if charge is None else charge["status"]


@question("another card after error_on_requires_action", "200 succeeded", DECLINE)
def another_card(stripe):
    return stripe.confirm(stripe.pay(ASKING).intent["id"], VISA)


@question("a confirm with a card that wants authentication, and error_on_requires_action", "402 authentication_required", CONFIRM)
def flag_on_confirm(stripe):
    return of_any_name(stripe.confirm(stripe.pay("pm_card_visa_chargeDeclined").intent["id"], ASKING))


def asked(stripe):
    """A PaymentIntent whose bank asks for the shopper."""
    return stripe.pay(ASKING, HANDLING)


@question("a manual payment with a card that wants authentication", "200 requires_action, use_stripe_sdk", HANDLE)
def manual(stripe):
    answer = asked(stripe)
    return f"{answer}, {answer['next_action']['type']}"


@question("the payment_method of a PaymentIntent in requires_action", "the card that is asked about", HANDLE)
def card_in_question(stripe):
    return "the card that is asked about" if asked(stripe)["payment_method"] else "none"


@question("the client_secret of a PaymentIntent in requires_action", "begins with its id", "https://docs.stripe.com/api/payment_intents/object")
def client_secret(stripe):
    answer = asked(stripe)
    return "begins with its id" if answer["client_secret"].startswith(f"{answer['id']}_secret_") else "is another"


@question("the charge of a PaymentIntent in requires_action", "nothing is charged", "https://docs.stripe.com/payments/paymentintents/lifecycle")
def nothing_is_charged(stripe):
    intent = asked(stripe)["id"]
    charge = stripe.charge_of(intent)
    return "charged" if charge and charge["paid"] else "nothing is charged"


@question("a manual payment with a card that need not be authenticated", "200 succeeded", HANDLE)
def manual_without_a_question(stripe):
    return stripe.pay(VISA, HANDLING)


@question(
    "a confirm of a manual PaymentIntent in requires_action, without a card",
    ("200 requires_action", "400 payment_intent_unexpected_state"),
    NO_DOCUMENT,
)
def confirm_before_the_challenge(stripe):
    intent = asked(stripe)["id"]
    return stripe.confirm(intent, None, {"error_on_requires_action": None})


@question("another card in requires_action", "200 succeeded", NO_DOCUMENT)
def another_card_instead(stripe):
    return stripe.confirm(asked(stripe)["id"], VISA, {"error_on_requires_action": None, "use_stripe_sdk": "true"})


@question("a cancel in requires_action", "200 canceled", CANCEL)
def cancel(stripe):
    return stripe.cancel(asked(stripe)["id"])


@question("the confirmation_method after another card was confirmed", "manual", CONFIRM)
def method_stays(stripe):
    intent = asked(stripe)["id"]
    stripe.confirm(intent, VISA, {"error_on_requires_action": None, "use_stripe_sdk": "true"})
    return stripe.read(intent)["confirmation_method"]
