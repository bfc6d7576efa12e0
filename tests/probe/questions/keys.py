"""API keys: a wrong one, a restricted one, a publishable one; and to which of them an idempotency key belongs."""

from client import DECLINED, HANDLING, INTENTS, new_key
from question import NO_DOCUMENT, question

ERRORS = "https://docs.stripe.com/api/errors"
RESTRICTED = "https://docs.stripe.com/keys/permissions-reference"
METADATA = "https://docs.stripe.com/metadata"
INTENT = "https://docs.stripe.com/api/payment_intents/object"
PERMISSIONS = "https://docs.stripe.com/stripe-apps/reference/permissions"


@question("a request with a wrong key", "401 invalid_request_error", ERRORS)
def wrong(stripe):
    refused = stripe.by("sk_test_" + "0" * 24).page({"limit": 1})
    return f"{refused.status} {refused.error['type']}"


@question("a payment with a restricted key that may write PaymentIntents", "200 succeeded", RESTRICTED)
def restricted_pays(stripe):
    return stripe.restricted.pay()


@question("confirm, cancel, read, list and search with such a restricted key", "200 200 200 200 200", RESTRICTED)
def restricted_does_all_else(stripe):
    key = stripe.restricted
    declined, tombstone = key.pay(DECLINED).intent["id"], key.tombstone()["id"]
    asked = key.confirm(declined), key.cancel(tombstone), key.read(declined), key.page({"limit": 1}), key.search("metadata['a']:'b'")
    return " ".join(str(answer.status) for answer in asked)


@question("an expanded charge with a key that may not read charges", "403", PERMISSIONS, otherwise="Till reads again without it, and tells no refund.")
def restricted_expands_nothing(stripe):
    return stripe.restricted.read(stripe.pay()["id"], **{"expand[]": "latest_charge"}).status


@question("a refund with such a restricted key", "403", ERRORS)
def restricted_refunds_nothing(stripe):
    return stripe.restricted.ask("POST", "/v1/refunds", {"payment_intent": stripe.pay()["id"]}).status


# What decision 0001 stands on. https://docs.stripe.com/error-low-level asks for keys that are unique "within your account", and says no more.
@question("a payment, sent again under its key by another API key of the account", "200 succeeded, replayed", NO_DOCUMENT)
def keys_are_the_accounts(stripe):
    key = new_key()
    stripe.pay(key=key)
    return stripe.restricted.pay(key=key)


@question("another card under a key that another API key used", "400 idempotency_error", NO_DOCUMENT)
def mismatch_beyond_a_key(stripe):
    key = new_key()
    stripe.pay(DECLINED, key=key)
    answer = stripe.restricted.pay(key=key)
    return f"{answer.status} {answer.error['type']}" if answer.error else str(answer)


@question("the metadata that a publishable key is shown", "none", METADATA)
def publishable_sees_no_metadata(stripe):
    made = stripe.tombstone({"metadata[till_checkout]": "a bearer's"})
    seen = stripe.publishable.read(made["id"], client_secret=made["client_secret"])
    return f"{seen.status} {seen.code}" if seen.error else "some" if seen.body.get("metadata") else "none"


@question("a PaymentIntent without its client_secret, by a publishable key", "refused", INTENT)
def publishable_needs_the_secret(stripe):
    answer = stripe.publishable.read(stripe.tombstone()["id"])
    return "refused" if answer.status in (400, 401, 403, 404) else str(answer)


@question("a list by a publishable key", "refused", "https://docs.stripe.com/error-codes")
def publishable_lists_nothing(stripe):
    answer = stripe.publishable.page({"limit": 1})
    return "refused" if answer.status in (401, 403) else str(answer)


@question("a confirm of a manual PaymentIntent by a publishable key", "refused, requires_payment_method", INTENT)
def publishable_confirms_nothing_manual(stripe):
    made = stripe.pay(DECLINED, HANDLING).intent
    sent = {"payment_method": "pm_card_visa", "client_secret": made["client_secret"]}
    answer = stripe.publishable.ask("POST", f"{INTENTS}/{made['id']}/confirm", sent)
    return f"{'refused' if 400 <= answer.status < 500 else answer}, {stripe.read(made['id'])['status']}"
