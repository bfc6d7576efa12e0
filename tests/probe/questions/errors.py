"""Refusals: status, code and the parameter that they are about."""

import uuid

from client import INTENTS
from question import NO_DOCUMENT, question

ERRORS = "https://docs.stripe.com/api/errors"
CODES = "https://docs.stripe.com/error-codes"
CREATE = "https://docs.stripe.com/api/payment_intents/create"
AMOUNTS = "https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts"
DESCRIPTORS = "https://docs.stripe.com/get-started/account/statement-descriptors"
REQUEST_IDS = "https://docs.stripe.com/api/request_ids"


@question("a payment without an amount", "400 parameter_missing at amount", CODES)
def missing(stripe):
    return stripe.pay(changes={"amount": None}).at


@question("a parameter that there is not", "400 parameter_unknown at colour", CODES)
def unknown(stripe):
    return stripe.pay(changes={"colour": "red"}).at


@question("a refusal's type", "invalid_request_error", ERRORS)
def kind(stripe):
    return stripe.pay(changes={"amount": None}).error["type"]


@question("an amount of 0.49 USD", "400 amount_too_small", CODES)
def too_small(stripe):
    return stripe.pay(changes={"amount": 49})


@question("an amount of 0.50 USD", "200 succeeded", AMOUNTS)
def smallest(stripe):
    return stripe.pay(changes={"amount": 50})


@question("an amount of 1,000,000.00 USD", "400 amount_too_large", CODES)
def too_large(stripe):
    return stripe.pay(changes={"amount": 100_000_000})


@question("an amount that is no number", "400 parameter_invalid_integer at amount", CODES)
def no_number(stripe):
    return stripe.pay(changes={"amount": "ten"}).at


@question("a currency that there is not", "400", ERRORS)
def no_currency(stripe):
    return stripe.pay(changes={"currency": "xyz"}).status


@question("a receipt_email that is none", "400 at receipt_email", CODES)
def no_email(stripe):
    refused = stripe.pay(changes={"receipt_email": "nobody"})
    return f"{refused.status} at {refused.error.get('param')}"


@question("the code of a receipt_email that is none", "email_invalid", CODES, otherwise="Till goes by the parameter.")
def code_of_no_email(stripe):
    return stripe.pay(changes={"receipt_email": "nobody"}).code


@question("a receipt_email on a confirm", "200 succeeded", "https://docs.stripe.com/api/payment_intents/confirm")
def email_on_confirm(stripe):
    declined = stripe.pay("pm_card_visa_chargeDeclined").intent["id"]
    return stripe.confirm(declined, changes={"receipt_email": "probe@example.com"})


@question("a PaymentMethod that there is not", "400 resource_missing at payment_method", CODES)
def no_payment_method(stripe):
    return stripe.pay("pm_1TillProbeNone").at


def about_payment_method(refused):
    """As `is_about_payment_method` of functions/payments/src/stripe/error.rs knows it."""
    by_code = refused.error.get("code") in ("payment_intent_incompatible_payment_method", "payment_method_unexpected_state")
    known = refused.error.get("param") == "payment_method" or by_code or "PaymentMethod" in refused.error["message"]
    return f"{refused.status}, {'' if known else 'not '}about the PaymentMethod"


@question("whether a refusal of a used PaymentMethod is known as one", "400, about the PaymentMethod", NO_DOCUMENT)
def used_payment_method(stripe):
    return about_payment_method(stripe.pay(stripe.pay()["payment_method"]))


@question("whether a refusal of a PaymentMethod that is no card is known as one", "400, about the PaymentMethod", NO_DOCUMENT)
def payment_method_of_another_kind(stripe):
    return about_payment_method(stripe.pay("pm_usBankAccount_success"))


@question("a PaymentMethod that was declined, on another PaymentIntent", "400", NO_DOCUMENT, otherwise="Till never uses a PaymentMethod twice.")
def declined_payment_method(stripe):
    declined = stripe.pay("pm_card_visa_chargeDeclined").error["payment_method"]["id"]
    return stripe.pay(declined).status


@question("what a refused create leaves", "400, no PaymentIntent", CREATE)
def leaves_nothing(stripe):
    mark = uuid.uuid4().hex
    refused = stripe.pay("pm_1TillProbeNone", {"metadata[order]": mark})
    left = [intent for intent in stripe.page({"limit": 20})["data"] if intent["metadata"].get("order") == mark]
    return f"{refused.status}, {'a' if left or refused.intent else 'no'} PaymentIntent"


@question("a read of what is not there", "404 resource_missing", CODES)
def no_intent(stripe):
    return stripe.read("pi_1TillProbeNone")


@question("a cancel of what is not there", "404 resource_missing", CODES)
def cancel_no_intent(stripe):
    return stripe.cancel("pi_1TillProbeNone")


@question("a statement_descriptor for a card", "400", DESCRIPTORS)
def descriptor(stripe):
    return stripe.pay(changes={"statement_descriptor": "TILL PROBE"}).status


@question("a statement_descriptor_suffix", "200 succeeded", DESCRIPTORS)
def suffix(stripe):
    return stripe.pay(changes={"statement_descriptor_suffix": "PROBE"})


@question("a statement_descriptor_suffix with an asterisk in it", "400", DESCRIPTORS)
def forbidden_suffix(stripe):
    return stripe.pay(changes={"statement_descriptor_suffix": "PRO*BE"}).status


@question("the Request-Id of a success and of a refusal", "both have one", REQUEST_IDS)
def request_ids(stripe):
    answers = stripe.pay(), stripe.pay(changes={"amount": None})
    return "both have one" if all(answer.headers.get("request-id", "").startswith("req_") for answer in answers) else "one is missing"


@question("a payment without a card", "400", CREATE)
def no_card(stripe):
    return stripe.pay(changes={"payment_method": None}).status


@question("error_on_requires_action without confirm", "400", CREATE)
def flag_without_confirm(stripe):
    return stripe.ask("POST", INTENTS, {"amount": 100, "currency": "usd", "payment_method_types[]": "card", "error_on_requires_action": "true"}).status
