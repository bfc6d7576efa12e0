"""Lists: complete at once, newest first, in pages. And charges with what was given back."""

from client import DECLINED, yes
from question import question

LIST = "https://docs.stripe.com/api/payment_intents/list"
PAGES = "https://docs.stripe.com/api/pagination"
SEARCH = "https://docs.stripe.com/search"
EXPAND = "https://docs.stripe.com/api/expanding_objects"
REFUND = "https://docs.stripe.com/api/refunds/create"
CHARGE = "https://docs.stripe.com/api/charges/object"
MOST_PAGES = 20


def ids(answer) -> list[str]:
    return [intent["id"] for intent in answer["data"]]


def three(stripe) -> list[dict]:
    """Three PaymentIntents, oldest first, of three different seconds."""
    made = [stripe.tombstone().body]
    for _ in range(2):
        stripe.next_second()
        made.append(stripe.tombstone().body)
    return made


def since(intent: dict) -> dict:
    return {"created[gte]": intent["created"], "limit": 100}


@question("a PaymentIntent in the list, right after it was made", "yes", SEARCH)
def complete_at_once(stripe):
    made = stripe.tombstone()
    return yes(made["id"] in ids(stripe.page(since(made))))


@question("a declined PaymentIntent in the list", "requires_payment_method, with its metadata", LIST)
def declined(stripe):
    made = stripe.pay(DECLINED, {"metadata[order]": "17"}).intent
    (found,) = (intent for intent in stripe.page(since(made))["data"] if intent["id"] == made["id"])
    return f"{found['status']}, {'with' if found['metadata'].get('order') == '17' else 'without'} its metadata"


@question("a canceled PaymentIntent in the list", "canceled", LIST)
def canceled(stripe):
    made = stripe.cancel(stripe.tombstone()["id"])
    (found,) = (intent for intent in stripe.page(since(made))["data"] if intent["id"] == made["id"])
    return found["status"]


@question("the order of a list", "newest first", PAGES)
def newest_first(stripe):
    oldest, middle, newest = (intent["id"] for intent in stripe.once(three))
    listed = [intent for intent in ids(stripe.page(since(stripe.once(three)[0]))) if intent in (oldest, middle, newest)]
    return "newest first" if listed == [newest, middle, oldest] else "another order"


@question("created[gte] of a PaymentIntent's own second", "it is in the list", LIST)
def from_its_second(stripe):
    _, middle, _ = stripe.once(three)
    return "it is in the list" if middle["id"] in ids(stripe.page(since(middle))) else "it is missing"


@question("created[gte] of the second after it", "it is missing", LIST)
def from_the_next_second(stripe):
    _, middle, _ = stripe.once(three)
    later = stripe.page({"created[gte]": middle["created"] + 1, "limit": 100})
    return "it is in the list" if middle["id"] in ids(later) else "it is missing"


@question("created[lt] of a PaymentIntent's own second, and of the next", "it is missing, then in the list", LIST)
def before_its_second(stripe):
    _, middle, _ = stripe.once(three)
    seen = []
    for second in (middle["created"], middle["created"] + 1):
        listed = stripe.page({"created[gte]": middle["created"] - 1, "created[lt]": second, "limit": 100})
        seen.append("in the list" if middle["id"] in ids(listed) else "missing")
    return f"it is {seen[0]}, then {seen[1]}"


@question("pages of one, by starting_after and has_more", "each once, the last without has_more", PAGES)
def pages(stripe):
    _, middle, newest = stripe.once(three)
    window = {"created[gte]": middle["created"], "created[lt]": newest["created"] + 1, "limit": 1}
    seen, after = [], None
    for _ in range(MOST_PAGES):
        page = stripe.page(window | {"starting_after": after})
        seen += ids(page)
        after = seen[-1]
        if not page["has_more"]:
            break
    once_each = seen.count(middle["id"]) == seen.count(newest["id"]) == 1
    return f"{'each once' if once_each else 'not each once'}, the last with{'' if page['has_more'] else 'out'} has_more"


@question("a limit of 100, and of 101", "200, then 400", PAGES)
def limits(stripe):
    return ", then ".join(str(stripe.page({"limit": limit}).status) for limit in (100, 101))


@question("the latest_charge of a payment, expanded", "succeeded, 0 refunded", EXPAND)
def charge(stripe):
    found = stripe.charge_of(stripe.pay()["id"])
    return f"{found['status']}, {found['amount_refunded']} refunded"


def refund(stripe, intent: str, amount: int | None = None):
    return stripe.ask("POST", "/v1/refunds", {"payment_intent": intent, "amount": amount})


@question("the latest_charge after a refund in part", "300 of 1099 refunded", CHARGE)
def refunded_in_part(stripe):
    intent = stripe.pay()["id"]
    refund(stripe, intent, 300)
    found = stripe.charge_of(intent)
    return f"{found['amount_refunded']} of {found['amount']} refunded"


@question("the status of a PaymentIntent that was refunded whole", "succeeded", REFUND)
def refunded_whole(stripe):
    intent = stripe.pay()["id"]
    refund(stripe, intent)
    return stripe.read(intent)["status"]


@question("a confirm of a PaymentIntent that was refunded whole", "400 payment_intent_unexpected_state", "https://docs.stripe.com/error-codes")
def confirm_after_refund(stripe):
    intent = stripe.pay()["id"]
    refund(stripe, intent)
    return stripe.confirm(intent)
