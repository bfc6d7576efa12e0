"""Metadata, by which a payment is found again, and what changing them changes."""

from client import DECLINED
from question import NO_DOCUMENT, question

METADATA = "https://docs.stripe.com/metadata"
LIMITS = "https://docs.stripe.com/api/metadata"
INTENT = "https://docs.stripe.com/api/payment_intents/object"


@question("metadata of a create, read back", "as they were sent", METADATA)
def read_back(stripe):
    sent = {"till_checkout": "0190-Aa", "till_items_1": "star-map:2,sea-chart:1", "note": "é ✓ 'a' \"b\" [c]"}
    intent = stripe.pay(changes={f"metadata[{name}]": value for name, value in sent.items()})["id"]
    found = stripe.read(intent)["metadata"]
    return "as they were sent" if sent.items() <= found.items() else "changed"


@question("a value of 500 characters", "whole", LIMITS)
def longest_value(stripe):
    value = "v" * 500
    return "whole" if stripe.pay(changes={"metadata[a]": value})["metadata"]["a"] == value else "cut"


@question("a value of 501 characters", "400", LIMITS)
def too_long_a_value(stripe):
    return stripe.pay(changes={"metadata[a]": "v" * 501}).status


@question("a name of 40 characters, and of 41", "200, then 400", LIMITS)
def longest_name(stripe):
    return ", then ".join(str(stripe.pay(changes={f"metadata[{'n' * length}]": "v"}).status) for length in (40, 41))


@question("50 names, and 51", "200, then 400", LIMITS)
def most_names(stripe):
    mine = {"metadata[till_probe]": None, "metadata[till_card]": None}
    return ", then ".join(str(stripe.pay(changes=mine | {f"metadata[{n}]": "v" for n in range(count)}).status) for count in (50, 51))


@question("metadata after an update", "merged", METADATA)
def merged(stripe):
    intent = stripe.pay(changes={"metadata[a]": "1", "metadata[b]": "1"})["id"]
    found = stripe.update(intent, {"metadata[b]": "2", "metadata[c]": "3"})["metadata"]
    return "merged" if [found.get(name) for name in "abc"] == ["1", "2", "3"] else "replaced"


@question("metadata after an update with an empty value", "removed", METADATA)
def removed(stripe):
    intent = stripe.pay(changes={"metadata[a]": "1"})["id"]
    return "kept" if "a" in stripe.update(intent, {"metadata[a]": ""})["metadata"] else "removed"


@question("an update of metadata after a payment", "200 succeeded", METADATA)
def after_success(stripe):
    return stripe.update(stripe.pay()["id"], {"metadata[a]": "1"})


# "Any operations on the PaymentIntent fail with an error", says the page about canceling: whether this is one, no document says.
@question(
    "an update of metadata after a cancel",
    "200 canceled",
    NO_DOCUMENT,
    otherwise="Till updates nothing. A merchant's own tool could then not change the metadata of what is canceled.",
)
def after_cancel(stripe):
    intent = stripe.tombstone()["id"]
    stripe.cancel(intent)
    return stripe.update(intent, {"metadata[a]": "1"})


@question("the last_payment_error after an update", "none", INTENT)
def update_clears_the_error(stripe):
    intent = stripe.pay(DECLINED).intent["id"]
    stripe.update(intent, {"metadata[a]": "1"})
    return "none" if stripe.read(intent)["last_payment_error"] is None else "kept"


@question("the latest_charge of a decline after an update", "kept", INTENT)
def update_keeps_the_charge(stripe):
    intent = stripe.pay(DECLINED).intent
    stripe.update(intent["id"], {"metadata[a]": "1"})
    return "kept" if stripe.read(intent["id"])["latest_charge"] == intent["latest_charge"] is not None else "gone"


@question("the metadata of a PaymentIntent after its confirm", "kept", METADATA)
def confirm_keeps_them(stripe):
    intent = stripe.pay(DECLINED, {"metadata[a]": "1"}).intent["id"]
    return "kept" if stripe.confirm(intent)["metadata"].get("a") == "1" else "gone"


@question("the metadata of a PaymentIntent after its cancel", "kept", METADATA)
def cancel_keeps_them(stripe):
    intent = stripe.tombstone({"metadata[a]": "1"})["id"]
    return "kept" if stripe.cancel(intent)["metadata"].get("a") == "1" else "gone"
