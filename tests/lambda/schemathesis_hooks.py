"""What schemathesis cannot know: which id is a fresh checkout's, which key is the page's, and what the shop sells. Each case is written to the
file that CASES names, as one line of JSON: what was generated, and the error in the answer."""

import itertools
import json
import os
import re

import events
import schemathesis
from desk import PUBLISHABLE_KEY
from schemathesis import GenerationMode
from schemathesis.core.parameters import ParameterLocation

# Every third request is one that Stripe gets to see, with a card that pays, or that is declined.
KINDS = itertools.cycle([None, "pm_card_visa", "pm_card_visa_chargeDeclined"])
CHECKOUT = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
ORDER = {"items": [{"sku": "star-map", "quantity": 1}], "currency": "usd", "expected_total": 1099}


generated = {}


def is_about_the_body(case) -> bool:
    """Whether the case tries a wrong body. Its headers are then meant to be right, but schemathesis may send wrong ones all the same."""
    wrong = {location for location, component in case.meta.components.items() if component.mode == GenerationMode.NEGATIVE}
    return ParameterLocation.BODY in wrong and getattr(case.meta.phase.data, "parameter_location", None) in (None, ParameterLocation.BODY)


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body if isinstance(case.body, (dict, list, str, int, type(None))) else type(case.body).__name__
    request = {"method": case.method, "path": case.formatted_path, "query": case.query, "headers": dict(case.headers or {}), "body": body}
    generated[case.id] = json.dumps(request, sort_keys=True, default=repr)
    key = (case.headers or {}).get("Idempotency-Key")
    if is_about_the_body(case):
        # A first send: to a re-send, or to one that may only find out, a wrong field is answered by what became of the checkout.
        case.headers = {"Idempotency-Key": events.mint()}
        if isinstance(case.body, dict) and case.body.get("settle") is True:
            del case.body["settle"]
    elif isinstance(key, str) and CHECKOUT.fullmatch(key):
        case.headers["Idempotency-Key"] = events.mint()
    if isinstance(case.body, dict) and isinstance(case.body.get("publishable_key"), str):
        case.body["publishable_key"] = PUBLISHABLE_KEY
        card = next(KINDS)
        if card and "items" in case.body:
            case.body.update(ORDER, payment_method=card)


@schemathesis.hook
def after_call(context, case, response):
    answer = {"generated": generated.pop(case.id), "status": response.status_code, "error": response.json().get("error")}
    with open(os.environ["CASES"], "a") as file:
        print(json.dumps(answer), file=file)
