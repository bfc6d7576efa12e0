"""Two requests at the same time."""

from client import DECLINED, VISA, new_key
from question import NO_DOCUMENT, question

KEYS = "https://docs.stripe.com/api/idempotent_requests"
CODES = "https://docs.stripe.com/error-codes"
LOCKS = "https://docs.stripe.com/rate-limits#object-lock-timeouts"
ROUNDS = 5

REFUSED = ("429 lock_timeout", "400 payment_intent_unexpected_state")


def race(stripe, *payments: dict):
    """Two payments under one key at once: the key, and the two answers; again if one was over before the other came."""
    for _ in range(ROUNDS):
        key = new_key()
        answers = stripe.at_once(*(lambda changes=changes: stripe.pay(changes=changes, key=key) for changes in payments))
        if any(answer.status == 409 for answer in answers):
            break
    return key, sorted(answers, key=lambda answer: answer.status)


@question("two payments under one key at once", "200 succeeded and 409 idempotency_key_in_use", CODES)
def one_key(stripe):
    _, (first, second) = race(stripe, {}, {})
    return f"{first} and {second}"


@question("a key that two payments were sent under at once, once more", "200 succeeded, replayed, the same PaymentIntent", KEYS)
def conflict_is_not_kept(stripe):
    key, (first, _) = race(stripe, {}, {})
    again = stripe.pay(changes={}, key=key)
    return f"{again}, {'the same' if again['id'] == first['id'] else 'another'} PaymentIntent"


@question(
    "two payments of other amounts under one key at once",
    "200 succeeded and 409 idempotency_key_in_use",
    NO_DOCUMENT,
    otherwise="After a conflict and after a mismatch Till looks the payment up.",
)
def one_key_other_amounts(stripe):
    _, (first, second) = race(stripe, {"amount": 1099}, {"amount": 2099})
    return f"{first} and {second}"


@question("two confirms of one PaymentIntent at once", tuple(f"200 succeeded and {refused}" for refused in REFUSED), LOCKS)
def two_confirms(stripe):
    intent = stripe.pay(DECLINED).intent["id"]
    one, other = stripe.at_once(lambda: stripe.confirm(intent), lambda: stripe.confirm(intent, "pm_card_mastercard"))
    first, second = sorted((one, other), key=lambda answer: answer.status)
    return f"{first} and {second}"


@question("the charges of a PaymentIntent that two confirmed at once", "1099 of 1099 received", LOCKS)
def two_confirms_charge_once(stripe):
    intent = stripe.pay(DECLINED).intent["id"]
    stripe.at_once(lambda: stripe.confirm(intent), lambda: stripe.confirm(intent))
    paid = stripe.read(intent)
    return f"{paid['amount_received']} of {paid['amount']} received"


@question("a confirm and a cancel of one PaymentIntent at once", "one of the two", LOCKS)
def confirm_and_cancel(stripe):
    intent = stripe.pay(DECLINED).intent["id"]
    answers = stripe.at_once(lambda: stripe.confirm(intent), lambda: stripe.cancel(intent))
    done = [answer["status"] for answer in answers if answer.status == 200]
    return "one of the two" if done == [stripe.read(intent)["status"]] else f"{len(done)} of the two"


@question("a confirm after a lock_timeout, with the same key", "400 payment_intent_unexpected_state", NO_DOCUMENT, otherwise="Till reads the PaymentIntent.")
def after_a_lock(stripe):
    intent, keys = stripe.pay(DECLINED).intent["id"], (new_key(), new_key())
    answers = stripe.at_once(*(lambda key=key: stripe.confirm(intent, VISA, key=key) for key in keys))
    (lost,) = (key for key, answer in zip(keys, answers, strict=True) if answer.status != 200)
    again = stripe.confirm(intent, VISA, key=lost)
    return f"{again.status} {again.code}"
