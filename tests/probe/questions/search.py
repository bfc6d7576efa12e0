"""Search: by metadata, a little later."""

import time
import uuid

from client import INTENTS
from question import NO_DOCUMENT, question

SEARCH = "https://docs.stripe.com/search"
SEARCH_INTENTS = "https://docs.stripe.com/api/payment_intents/search"


def searched(stripe) -> dict:
    """Metadata of three PaymentIntents, paid, canceled and paid, oldest first, once Search knows all of them."""
    mark, made = uuid.uuid4().hex, []
    for n in range(3):
        stripe.next_second()
        metadata = {"metadata[till_checkout]": f"Ab-{mark}", "metadata[number]": str(n)}
        made.append((stripe.tombstone(metadata) if n == 1 else stripe.pay(changes=metadata))["id"])
    stripe.cancel(made[1])
    begun = time.monotonic()
    found = stripe.until(lambda: len(stripe.search(by(f"Ab-{mark}"), {"limit": 100})["data"]) == 3)
    return {"mark": f"Ab-{mark}", "made": made, "found": found, "seconds": time.monotonic() - begun}


def by(value: str, name: str = "till_checkout") -> str:
    return f"metadata['{name}']:'{value}'"


def ids(answer) -> list[str]:
    return [intent["id"] for intent in answer["data"]]


@question("PaymentIntents found by their metadata, within two minutes", "3 of 3", SEARCH)
def found(stripe):
    shop = stripe.once(searched)
    return f"{len(set(shop['made']) & set(ids(stripe.search(by(shop['mark']), {'limit': 100}))))} of 3"


@question("the time until Search finds a PaymentIntent", "under a minute", SEARCH, otherwise="An empty search proves nothing to Till (decision 0021).")
def soon(stripe):
    shop = stripe.once(searched)
    return "not found" if not shop["found"] else "under a minute" if shop["seconds"] < 60 else f"{shop['seconds']:.0f} s"


@question("a search for the beginning of a value", "finds nothing", SEARCH)
def exact(stripe):
    shop = stripe.once(searched)
    begun = stripe.search(by(shop["mark"][:-4]))
    return f"finds {len(ids(begun)) or 'nothing'}" if shop["found"] else "finds not even the whole"


@question("a search in other letters", "finds them all the same", SEARCH, otherwise="A checkout's id is a UUID in small letters. Till compares what is found.")
def case(stripe):
    shop = stripe.once(searched)
    return "finds them all the same" if len(ids(stripe.search(by(shop["mark"].upper())))) == 3 else "does not find them"


@question("a search by two metadata", "finds the one", SEARCH)
def two_clauses(stripe):
    shop = stripe.once(searched)
    one = stripe.search(f"{by(shop['mark'])} AND {by('1', 'number')}")
    return "finds the one" if ids(one) == [shop["made"][1]] else f"finds {len(ids(one))}"


@question("a search for what nobody wrote", "200 search_result, finds nothing", SEARCH)
def nothing(stripe):
    answer = stripe.search(by(uuid.uuid4().hex))
    return f"{answer}, finds {len(ids(answer)) or 'nothing'}"


@question("a canceled PaymentIntent in Search", "canceled", NO_DOCUMENT, otherwise="Till reads what is found by its id.")
def fresh(stripe):
    shop = stripe.once(searched)
    (found,) = (intent for intent in stripe.search(by(shop["mark"]))["data"] if intent["id"] == shop["made"][1])
    return found["status"]


@question("the metadata of what is found", "those that were written", SEARCH_INTENTS)
def metadata(stripe):
    shop = stripe.once(searched)
    found = stripe.search(by(shop["mark"]))["data"]
    return "those that were written" if found and all(intent["metadata"]["till_checkout"] == shop["mark"] for intent in found) else "others"


@question("the order of what is found", "newest first", NO_DOCUMENT, otherwise="Till reads every match.")
def order(stripe):
    shop = stripe.once(searched)
    return "newest first" if ids(stripe.search(by(shop["mark"]))) == shop["made"][::-1] else "another order"


@question("pages of what is found, by next_page", "each once", SEARCH_INTENTS)
def pages(stripe):
    shop = stripe.once(searched)
    first = stripe.search(by(shop["mark"]), {"limit": 2})
    second = stripe.search(by(shop["mark"]), {"limit": 2, "page": first["next_page"]})
    return "each once" if sorted(ids(first) + ids(second)) == sorted(shop["made"]) else "not each once"


@question("a query that is none", "400", SEARCH)
def no_query(stripe):
    return stripe.search("metadata[till_checkout").status


@question("a search without a query", "400 parameter_missing at query", SEARCH_INTENTS)
def without_a_query(stripe):
    return stripe.ask("GET", f"{INTENTS}/search").at


@question("metadata that were removed, in Search two minutes later", "no longer found", SEARCH)
def removed(stripe):
    shop, value = stripe.once(searched), uuid.uuid4().hex
    intent = shop["made"][0]
    stripe.update(intent, {"metadata[place]": value})
    known = stripe.until(lambda: ids(stripe.search(by(value, "place"))))
    stripe.update(intent, {"metadata[place]": ""})
    gone = stripe.until(lambda: not ids(stripe.search(by(value, "place"))))
    return "never found" if not known else "no longer found" if gone else "still found"
