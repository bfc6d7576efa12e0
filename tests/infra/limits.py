"""What the limits of a stack let through. They are tried rather than read: a web ACL on requests, an alarm on figures.

Each check takes a resolved template and the settings that it was made with, and names what is wrong."""

import re
import string
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from uuid import RFC_4122, UUID

import yaml
from expansion import ROOT
from safety import of_type
from spellings import FILES, ODD, PAYMENTS, WAYS_TO_CONFIG
from waf import FLOOD, ID, WINDOW, Request, blocks, let_through, limits_on, of_a_machine, on_the_way, wafs_answer, web_acl

PAY, CONFIRM, VOID = "POST /api/payments", "POST /api/payments/{payment_intent}/confirm", "POST /api/payments/void"
CONFIG, OTHER = "GET /api/config", "ANY /api/{proxy+}"
# Stripe's default for one of its endpoints, in requests a second. https://docs.stripe.com/rate-limits
STRIPES_ENDPOINT = 25


def floods(stack: dict, settings: dict) -> Iterator[str]:
    """One address sends no more than its two settings allow, however it writes the path, and one machine no more than an address; with WebAcl off
    as much as it likes, and with IPv6 on a machine as well."""
    of_payments, of_all = ("PaymentsPerAddress", "RequestsPerAddress") if settings["WebAcl"] == "on" else (None, None)
    tried = dict.fromkeys(map(Request, PAYMENTS), of_payments) | {
        Request("POST /api/payments/"): of_payments,
        Request("GET /api/payments", None): of_all,
        Request("GET /api/config", None): of_all,
        Request("POST /api/elsewhere", None): of_all,
        Request("GET /index.html", None): None,
    }
    for request, setting in tried.items():
        of_address = int(settings[setting]) if setting else FLOOD
        of_machine = of_address if settings["IPv6"] == "off" else FLOOD
        for sender, addresses, wanted in (("address", 1, of_address), ("machine", of_a_machine(stack), of_machine)):
            if (passed := let_through(stack, request, addresses)) != wanted:
                yield f"{request}: {passed} of {FLOOD} in five minutes from one {sender}, instead of {wanted}"


def uncounted(stack: dict, settings: dict) -> Iterator[str]:
    """However a path is written: what might reach a payment route is counted by both limits of its address, or does not come through at all."""
    if settings["WebAcl"] == "off":
        return
    both = [int(settings[name]) for name in ("RequestsPerAddress", "PaymentsPerAddress")]
    for request in (Request(f"POST {path}", key) for path in ODD for key in (ID, None)):
        passed, counted = let_through(stack, request), limits_on(stack, request)
        if passed and (request.key is None or counted != both):
            yield f"{request}: {passed} of {FLOOD} in five minutes; counted by {counted}"


def encodings(stack: dict, settings: dict) -> Iterator[str]:
    """An encoded path is the first thing that WAF asks about, and gets a plain 403: no POST has one, nor has anything of the API's. Files may have one."""
    if settings["WebAcl"] == "off":
        return
    plain = {"status": 403, "type": None, "headers": {}, "body": None}
    encoded = [path for path in ODD if "%" in path]
    posted = [*(f"POST {path}" for path in encoded), *(f"{method} {path}" for path in encoded[::25] for method in ("PUT", "OPTIONS", "DELETE"))]
    read = [f"{method} {path}" for path in WAYS_TO_CONFIG for method in ("GET", "HEAD")]
    for request in (Request(line, key) for line in [*posted, *read] for key in (ID, None)):
        asked = on_the_way(stack, request)
        if len(asked) != 1 or not blocks(asked[0], request) or wafs_answer(stack, request) != plain:
            yield f"{request}: asked about by {[rule['Name'] for rule in asked]}, {wafs_answer(stack, request)}"
    for request in (Request(f"{method} {path}") for path in FILES for method in ("GET", "HEAD")):
        if (passed := let_through(stack, request)) != FLOOD:
            yield f"{request}: {passed} of {FLOOD} in five minutes"


def behind(stack: dict, settings: dict) -> Iterator[str]:
    """Without the first rule the others still know a path that is encoded once, or has a dot: none of them leans on it alone."""
    if settings["WebAcl"] == "off":
        return
    alone = deepcopy(stack)
    acl = web_acl(alone)
    acl["Rules"] = [rule for rule in acl["Rules"] if rule["Name"] != "odd-paths"]
    both = [int(settings[name]) for name in ("RequestsPerAddress", "PaymentsPerAddress")]
    for line in ("POST /api/%70ayments/void", "POST /%61pi/payments", "POST /api/./payments", "POST /./api/payments/void"):
        for key, wanted in ((ID, both[1]), (None, 0)):
            if (let_through(alone, Request(line, key)), limits_on(alone, Request(line, key))) != (wanted, both):
                yield f"{line} with {key}: {let_through(alone, Request(line, key))}, counted by {limits_on(alone, Request(line, key))}"


def is_id(key: str | None) -> bool:
    """Whether the function takes a key for a checkout's id, but for the future: functions/payments/src/checkout/id.rs."""
    try:
        found = UUID(key or "")
    except ValueError:
        return False
    return str(found) == key and found.version == 7 and found.variant == RFC_4122


def payments(ids: bool) -> Iterator[Request]:
    """Payment requests with keys that are ids, or none: an id with each of its characters replaced, left out or doubled, and what else comes to mind."""
    few = [ID, None, "", "null", "order-1", ID.upper(), ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", f'"{ID}"', f"{ID},{ID}", f"{ID}, {ID}"]
    few += [f"x {ID}", f"{ID} x", "6fa459ea-ee8a-4ca4-894e-db77e160355e", "00000000-0000-0000-0000-000000000000"]
    around = (ID[:n] + other + ID[n + 1 :] for n in range(len(ID)) for other in ("", *string.printable.strip(), 2 * ID[n]))
    tried = [Request(line, key) for line in PAYMENTS for key in few] + [Request(PAYMENTS[0], key) for key in around]
    yield from (request for request in tried if is_id(request.key) == ids)


def malformed(stack: dict, settings: dict) -> Iterator[str]:
    """No payment request without a checkout's id comes as far as the API's throttles, and both limits of its address count it all the same."""
    if settings["WebAcl"] == "off":
        return
    wanted = [int(settings[name]) for name in ("RequestsPerAddress", "PaymentsPerAddress")]
    for request in payments(ids=False):
        passed, counted = let_through(stack, request), limits_on(stack, request)
        if (passed, counted) != (0, wanted):
            yield f"{request}: {passed} of {FLOOD} in five minutes; counted by {counted}"


def turned_away(stack: dict, settings: dict) -> Iterator[str]:
    """No payment request that the function would read is turned away for its key. Spaces around a header's value are no part of it."""
    wanted = int(settings["PaymentsPerAddress"]) if settings["WebAcl"] == "on" else FLOOD
    for request in [*payments(ids=True), *(Request(line, key) for line in PAYMENTS for key in (f" {ID}", f"{ID} ", f"\t{ID}\t"))]:
        if (passed := let_through(stack, request)) != wanted:
            yield f"{request}: {passed} in five minutes, instead of {wanted}"


@cache
def own_answer() -> dict:
    """What the function answers to a re-send that names no checkout: docs/openapi.yaml, whose examples are compared with the function's answers."""
    document = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())
    response = document["components"]["responses"]["Unavailable"]
    seconds = re.search(r"const RETRY_AFTER: u16 = (\d+);", (ROOT / "functions/payments/src/http/response.rs").read_text())[1]
    headers = {name.lower(): document["components"]["headers"][name]["schema"].get("const", seconds) for name in response["headers"]}
    ((kind, content),) = response["content"].items()
    return {"status": 503, "type": kind, "headers": headers, "body": content["examples"]["unknown"]["value"]}


def untrue_answers(stack: dict, settings: dict) -> Iterator[str]:
    """Whoever is turned away for the key is told what the function itself would tell a re-send: a first send may be one that lost its headers."""
    if settings["WebAcl"] == "off":
        return
    told = wafs_answer(stack, Request(PAYMENTS[0], None))
    yield from (f"{part}: {told[part]} instead of {wanted}" for part, wanted in own_answer().items() if told[part] != wanted)


def throttle(stack: dict, route: str) -> tuple[float, float]:
    """Requests a second, and at once: what the API lets through to a route, from all addresses together."""
    (stage,) = of_type(stack, "AWS::ApiGatewayV2::Stage")
    limits = stage["RouteSettings"].get(route, stage["DefaultRouteSettings"])
    return tuple(float(limits.get(key, "inf")) for key in ("ThrottlingRateLimit", "ThrottlingBurstLimit"))


def unthrottled(stack: dict, settings: dict) -> Iterator[str]:
    """Every route has the throttle that is meant for it."""
    payments = (float(settings["PaymentsPerSecond"]),) * 2
    wanted = {CONFIG: (100, 200), PAY: payments, CONFIRM: payments, VOID: (1, 5), OTHER: (10, 20)}
    for route in (r["RouteKey"] for r in of_type(stack, "AWS::ApiGatewayV2::Route")):
        if throttle(stack, route) != wanted.get(route):
            yield f"{route}: {throttle(stack, route)} instead of {wanted.get(route)}"


def text_for_numbers(stack: dict, settings: dict) -> Iterator[str]:
    """RouteSettings is plain JSON, in which CloudFormation makes no number of a parameter's text."""
    (stage,) = of_type(stack, "AWS::ApiGatewayV2::Stage")
    for route, limits in stage["RouteSettings"].items():
        yield from (f"{route}: {key} is {value!r}" for key, value in limits.items() if not isinstance(value, int | float))


def out_of_order(stack: dict, settings: dict) -> Iterator[str]:
    """A second: one machine's payments, then closing, then paying, then what Stripe takes: none uses up the next one by itself."""
    is_limited = (settings["WebAcl"], settings["IPv6"]) == ("on", "off")
    machine = [let_through(stack, Request("POST /api/payments"), of_a_machine(stack)) / WINDOW] if is_limited else []
    steps = [*machine, throttle(stack, VOID)[0], throttle(stack, PAY)[0], STRIPES_ENDPOINT]
    yield from (f"{low} a second is not below {high}" for low, high in zip(steps, steps[1:], strict=False) if not low < high)


def goes_off(alarm: dict, **sums: int) -> bool:
    """Whether an alarm on an expression does at these sums of its metrics."""
    (expression,) = [metric["Expression"] for metric in alarm["Metrics"] if metric.get("ReturnData") is True]
    value = eval(expression, {"__builtins__": {}, "IF": lambda condition, yes, no: yes if condition else no}, sums)
    return alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold" and value >= float(alarm["Threshold"])


def deaf_to_declines(stack: dict, settings: dict) -> Iterator[str]:
    """Half of an hour's cards declined, of ten or more, and somebody hears of it."""
    if settings["Alarms"] == "off":
        return
    (alarm,) = [a for a in of_type(stack, "AWS::CloudWatch::Alarm") if a["AlarmName"].endswith("-declines")]
    for declined, paid, wanted in ((5, 5, True), (10, 1, True), (300, 300, True), (4, 6, False), (4, 1, False), (20, 80, False)):
        if goes_off(alarm, declined=declined, paid=paid) != wanted:
            yield f"{declined} declined, {paid} paid: {'no alarm' if wanted else 'an alarm'}"
    for metric in (m for m in alarm["Metrics"] if "MetricStat" in m):
        stat = metric["MetricStat"]
        if (stat["Stat"], int(stat["Period"]), stat["Metric"]["MetricName"].lower()) != ("Sum", 3600, metric["Id"]):
            yield f"{metric['Id']} is another metric"
    topics = ["${" + name + "}" for name, r in stack["Resources"].items() if r["Type"] == "AWS::SNS::Topic"]
    if alarm.get("AlarmActions") != topics or alarm.get("ActionsEnabled", True) is not True or int(alarm["EvaluationPeriods"]) != 1:
        yield "nobody hears of it"


CHECKS = [floods, uncounted, encodings, behind, malformed, turned_away, untrue_answers, unthrottled, text_for_numbers, out_of_order, deaf_to_declines]
