"""Idempotency keys: what is kept under one, what is told again, and what is a mismatch."""

from client import DECLINED, INTENTS, PAYMENT, VISA, new_key, same
from question import NO_DOCUMENT, question

KEYS = "https://docs.stripe.com/api/idempotent_requests"
LOW_LEVEL = "https://docs.stripe.com/error-low-level"

SENT_TWICE = "After a refusal Till sends the same bytes once more, to learn whether the refusal was kept (decision 0024)."


@question("a payment, sent again under its key", "200 succeeded, replayed, the same body", KEYS)
def payment_again(stripe):
    key = new_key()
    first, again = (stripe.pay(key=key) for _ in range(2))
    return f"{again}, {same(first, again)}"


@question("the first answer under a key", "200 succeeded", LOW_LEVEL)
def first_is_not_replayed(stripe):
    return stripe.pay(key=new_key())


@question("a decline, sent again under its key", "402 card_declined/generic_decline, replayed, the same body", KEYS)
def decline_again(stripe):
    key = new_key()
    first, again = (stripe.pay(DECLINED, key=key) for _ in range(2))
    return f"{again}, {same(first, again)}"


@question("the replay of a decline after another card has paid", "402 card_declined/generic_decline, replayed, requires_payment_method", KEYS)
def decline_again_after_success(stripe):
    key = new_key()
    stripe.confirm(stripe.pay(DECLINED, key=key).intent["id"])
    again = stripe.pay(DECLINED, key=key)
    return f"{again}, {again.intent['status']}"


@question("the replay of a create after its PaymentIntent was canceled", "200 requires_payment_method, replayed", KEYS)
def create_again_after_cancel(stripe):
    key = new_key()
    stripe.cancel(stripe.tombstone(key=key)["id"])
    return stripe.tombstone(key=key)


@question("the replay of a create after its metadata were changed", "the metadata of then", KEYS)
def metadata_of_a_replay(stripe):
    key, changes = new_key(), {"metadata[order]": "then"}
    stripe.update(stripe.pay(changes=changes, key=key)["id"], {"metadata[order]": "now"})
    return f"the metadata of {stripe.pay(changes=changes, key=key)['metadata']['order']}"


@question("a confirm, sent again under its key", "200 succeeded, replayed", KEYS)
def confirm_again(stripe):
    intent, key = stripe.pay(DECLINED).intent["id"], new_key()
    stripe.confirm(intent, key=key)
    return stripe.confirm(intent, key=key)


@question("a cancel, sent again under its key", "200 canceled, replayed", KEYS)
def cancel_again(stripe):
    intent, key = stripe.tombstone()["id"], new_key()
    stripe.cancel(intent, key=key)
    return stripe.cancel(intent, key=key)


@question("another card under a used key", "400 idempotency_error", LOW_LEVEL)
def another_card(stripe):
    key = new_key()
    stripe.pay(DECLINED, key=key)
    return kind(stripe.pay(VISA, key=key))


@question("another amount under a used key", "400 idempotency_error", LOW_LEVEL)
def another_amount(stripe):
    key = new_key()
    stripe.pay(key=key)
    return kind(stripe.pay(changes={"amount": 2099}, key=key))


@question("other metadata under a used key", "400 idempotency_error", LOW_LEVEL)
def other_metadata(stripe):
    key = new_key()
    stripe.pay(key=key)
    return kind(stripe.pay(changes={"metadata[order]": "17"}, key=key))


@question("another PaymentIntent's confirm under a used key", "400 idempotency_error", LOW_LEVEL)
def another_path(stripe):
    key = new_key()
    one, other = (stripe.pay(DECLINED).intent["id"] for _ in range(2))
    stripe.confirm(one, key=key)
    return kind(stripe.confirm(other, key=key))


@question("the first request again, after a mismatch", "200 succeeded, replayed", KEYS)
def first_after_a_mismatch(stripe):
    key = new_key()
    stripe.pay(key=key)
    stripe.pay(changes={"amount": 2099}, key=key)
    return stripe.pay(key=key)


@question("a tombstone under the key of a payment", "400 idempotency_error, and the payment stays succeeded", LOW_LEVEL)
def tombstone_after_a_payment(stripe):
    key = new_key()
    paid = stripe.pay(key=key)
    return f"{kind(stripe.tombstone(key=key))}, and the payment stays {stripe.read(paid['id'])['status']}"


@question("a payment under the key of a tombstone", "400 idempotency_error, and the tombstone stays requires_payment_method", LOW_LEVEL)
def payment_after_a_tombstone(stripe):
    key = new_key()
    tombstone = stripe.tombstone(key=key)
    return f"{kind(stripe.pay(key=key))}, and the tombstone stays {stripe.read(tombstone['id'])['status']}"


@question("a tombstone, sent again under its key", "200 requires_payment_method, replayed", KEYS)
def tombstone_again(stripe):
    key = new_key()
    stripe.tombstone(key=key)
    return stripe.tombstone(key=key)


@question("a request that was corrected, under the same key", "400 parameter_missing, then 200 succeeded", KEYS)
def corrected(stripe):
    key = new_key()
    return f"{stripe.pay(changes={'amount': None}, key=key)}, then {stripe.pay(key=key)}"


@question("a key that a wrong API key was sent with first", "401, then 200 succeeded", LOW_LEVEL)
def after_a_wrong_api_key(stripe):
    key = new_key()
    wrong = stripe.by("sk_test_" + "0" * 24).pay(key=key)
    return f"{wrong.status}, then {stripe.pay(key=key)}"


@question("a refusal of a used PaymentMethod, sent again", "400", NO_DOCUMENT, otherwise=SENT_TWICE)
def used_card_again(stripe):
    used, key = stripe.pay()["payment_method"], new_key()
    stripe.pay(used, key=key)
    return status(stripe.pay(used, key=key))


@question("a refusal of an unknown PaymentMethod, sent again", "400", NO_DOCUMENT, otherwise=SENT_TWICE)
def unknown_card_again(stripe):
    key = new_key()
    stripe.pay("pm_1TillProbeNone", key=key)
    return status(stripe.pay("pm_1TillProbeNone", key=key))


@question("a refusal of an e-mail address, sent again", "400", NO_DOCUMENT, otherwise=SENT_TWICE)
def wrong_email_again(stripe):
    key = new_key()
    stripe.pay(changes={"receipt_email": "nobody"}, key=key)
    return status(stripe.pay(changes={"receipt_email": "nobody"}, key=key))


@question("a cancel of what is not there, sent again", "404", NO_DOCUMENT, otherwise="After a refused cancel Till reads the PaymentIntent.")
def unknown_intent_again(stripe):
    key = new_key()
    stripe.cancel("pi_1TillProbeNone", key=key)
    return status(stripe.cancel("pi_1TillProbeNone", key=key))


@question(
    "a refusal by the status of a PaymentIntent, sent again",
    "400, replayed",
    NO_DOCUMENT,
    otherwise="After a refused confirm Till reads the PaymentIntent.",
)
def unexpected_state_again(stripe):
    intent, key = stripe.tombstone()["id"], new_key()
    stripe.cancel(intent)
    stripe.confirm(intent, key=key)
    return status(stripe.confirm(intent, key=key))


@question(
    "the same parameters in another order under a key",
    "200 succeeded, replayed",
    NO_DOCUMENT,
    otherwise="Till sends the same bytes; a mismatch has it looked up.",
)
def another_order(stripe):
    key, params = new_key(), PAYMENT | {"payment_method": VISA}
    stripe.ask("POST", INTENTS, params, key=key)
    return stripe.ask("POST", INTENTS, dict(reversed(params.items())), key=key)


@question(
    "the same request under another Stripe-Version",
    "200 succeeded, replayed",
    NO_DOCUMENT,
    otherwise="When the version is moved (decision 0014), a mismatch has the payment looked up.",
)
def another_version(stripe):
    key = new_key()
    stripe.pay(key=key, version="2026-03-25.dahlia")
    return stripe.pay(key=key)


@question("a key of 255 characters", "200 succeeded, replayed", KEYS)
def longest_key(stripe):
    key = new_key().ljust(255, "k")
    stripe.pay(key=key)
    return stripe.pay(key=key)


@question("a key of 256 characters", "400", KEYS)
def too_long_a_key(stripe):
    return status(stripe.pay(key=new_key().ljust(256, "k")))


@question("two PaymentIntents of one checkout under two keys", "two PaymentIntents", KEYS)
def two_keys(stripe):
    made = {stripe.pay(changes={"metadata[till_checkout]": "the same"})["id"] for _ in range(2)}
    return "two PaymentIntents" if len(made) == 2 else "one PaymentIntent"


def kind(answer) -> str:
    """A mismatch is known by its type: no document has a code for it."""
    return f"{answer.status} {answer.error['type']}" if answer.error else str(answer)


def status(answer) -> str:
    return f"{answer.status}" + (", replayed" if answer.replayed else "")
