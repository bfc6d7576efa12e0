"""What the version of a request decides. The function names one in every request (decision 0014)."""

from client import VERSION, VISA
from question import question

VERSIONING = "https://docs.stripe.com/api/versioning"
DYNAMIC = "https://docs.stripe.com/changelog/2023-08-16/automatic-payment-methods"
ENDIVE = "https://docs.stripe.com/changelog/endive/2026-09-30/removes-the-payment-method-types-parameter-from-payment-intents-and-setup-intents"

NO_TYPES = {"payment_method_types[]": None}
NO_FLAG = {"error_on_requires_action": None}


@question("the Stripe-Version of an answer", "the one that was asked for", VERSIONING)
def echoed(stripe):
    return "the one that was asked for" if stripe.pay().headers.get("stripe-version") == VERSION else "another one"


@question("a version that there is not", "400", VERSIONING)
def unknown(stripe):
    return stripe.pay(version="2026-07-29.durian").status


@question("error_on_requires_action without payment_method_types", "400", DYNAMIC)
def flag_alone(stripe):
    return stripe.pay(changes=NO_TYPES).status


@question("error_on_requires_action without payment_method_types, in 2022-11-15", "200 succeeded", DYNAMIC)
def flag_alone_before(stripe):
    return stripe.pay(changes=NO_TYPES, version="2022-11-15")


@question("error_on_requires_action with automatic_payment_methods", "400", DYNAMIC)
def flag_and_automatic(stripe):
    return stripe.pay(changes=NO_TYPES | {"automatic_payment_methods[enabled]": "true"}).status


@question("a payment without payment_method_types, flag and return_url", "400", DYNAMIC)
def no_return_url(stripe):
    return stripe.pay(changes=NO_TYPES | NO_FLAG).status


@question("a payment without payment_method_types and flag, with allow_redirects=never", "200 succeeded", DYNAMIC)
def no_redirects(stripe):
    automatic = {"automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never"}
    return stripe.pay(VISA, NO_TYPES | NO_FLAG | automatic)


@question("payment_method_types in 2026-09-30.endive", "400 payment_method_types_no_longer_supported", ENDIVE)
def endive(stripe):
    return stripe.pay(version="2026-09-30.endive")


@question("the payment_method_types of a PaymentIntent", "card", "https://docs.stripe.com/api/payment_intents/object")
def types(stripe):
    return ", ".join(stripe.pay()["payment_method_types"])
