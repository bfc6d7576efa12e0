"""What Till does not do yet, and hardly a document answers. The sandbox knows nothing of it: Stripe alone is asked, for information."""

import time

from client import ASKING, DECLINED, VISA, Unasked, new_key, yes
from question import NO_DOCUMENT, question

PERMISSIONS = "https://docs.stripe.com/keys/permissions-reference"
LATER = "Nothing of it is built."


@question(
    "allowed_payment_method_types with error_on_requires_action",
    "402 authentication_required/authentication_not_handled",
    NO_DOCUMENT,
    otherwise="Till stays on dahlia, or declines by canceling (decision 0014).",
)
def allowed_types(stripe):
    return stripe.pay(ASKING, {"payment_method_types[]": None, "allowed_payment_method_types[]": "card"})


@question("allowed_payment_method_types with a card that need not be authenticated", "200 succeeded", NO_DOCUMENT, otherwise="Till stays on dahlia (decision 0014).")
def allowed_types_pay(stripe):
    return stripe.pay(VISA, {"payment_method_types[]": None, "allowed_payment_method_types[]": "card"})


@question("a create with a ConfirmationToken, sent again under its key", "200 succeeded, replayed", NO_DOCUMENT, otherwise=LATER)
def confirmation_token(stripe):
    token = stripe.ask("POST", "/v1/test_helpers/confirmation_tokens", {"payment_method": VISA})["id"]
    key, by_token = new_key(), {"payment_method": None, "confirmation_token": token}
    stripe.pay(VISA, by_token, key=key)
    return stripe.pay(VISA, by_token, key=key)


@question("a decline with a tax calculation, then another card", "200 succeeded", NO_DOCUMENT, otherwise=LATER)
def tax_calculation(stripe):
    line = {"line_items[0][amount]": 1099, "line_items[0][reference]": "star-map", "currency": "usd"}
    address = {"line1": "354 Oyster Point Blvd", "city": "South San Francisco", "state": "CA", "postal_code": "94080", "country": "US"}
    where = {f"customer_details[address][{name}]": value for name, value in address.items()}
    calculation = stripe.ask("POST", "/v1/tax/calculations", line | where | {"customer_details[address_source]": "billing"})
    if calculation.error:
        raise Unasked("Stripe Tax is not set up in this account")
    taxed = {"amount": calculation["amount_total"], "hooks[inputs][tax][calculation]": calculation["id"]}
    declined = stripe.pay(DECLINED, taxed)
    return stripe.confirm(declined.intent["id"])


@question("tax, domains and events with a key for PaymentIntents alone", "403 403 403", PERMISSIONS, otherwise=LATER)
def other_permissions(stripe):
    paths = ("/v1/tax/settings", "/v1/payment_method_domains", "/v1/events")
    return " ".join(str(stripe.restricted.ask("GET", path).status) for path in paths)


@question("an event of a canceled tombstone, within two minutes", "yes, with its metadata", NO_DOCUMENT, otherwise=LATER)
def event_of_a_tombstone(stripe):
    tombstone = stripe.tombstone()["id"]
    stripe.cancel(tombstone)
    begun = int(time.time()) - 600
    listed = {"type": "payment_intent.canceled", "limit": 100, "created[gte]": begun}

    def event():
        events = stripe.ask("GET", "/v1/events", listed)["data"]
        return next((event for event in events if event["data"]["object"]["id"] == tombstone), None)

    found = stripe.until(event)
    return yes(found) + (", with its metadata" if found and found["data"]["object"]["metadata"].get("till_void") else "")


@question("a limit of confirmations above Till's eight cards", "402 card_declined/generic_decline", NO_DOCUMENT, otherwise=LATER)
def sixteen_cards(stripe):
    if stripe.sandbox:
        raise Unasked("the sandbox has no limit of confirmations")
    intent = stripe.pay(DECLINED).intent["id"]
    return [stripe.confirm(intent, DECLINED) for _ in range(15)][-1]
