"""What the limits of a stack let through. They are tried rather than read: a web ACL on requests, an alarm on figures.

Each check takes a resolved template and the settings that it was made with, and names what is wrong."""

import json
import re
import string
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from posixpath import normpath
from urllib.parse import unquote
from uuid import RFC_4122, UUID

import yaml
from expansion import ROOT
from safety import distribution, of_type

WINDOW = 300  # seconds: WAF counts an address's requests in them
FLOOD = 100_000  # requests
PAY, CONFIRM, VOID = "POST /api/payments", "POST /api/payments/{payment_intent}/confirm", "POST /api/payments/void"
CONFIG, OTHER = "GET /api/config", "ANY /api/{proxy+}"
# The three routes' requests, as an honest client writes them: ids are letters, digits and `_`.
PAYMENTS = ["POST /api/payments", "POST /api/payments/pi_1/confirm", "POST /api/payments/void"]
# What reads a path on its way. WAF decodes it once, where it is told to. CloudFront chooses by the path that RFC 3986 makes of it, and sends it on as
# it came. An HTTP API decodes it, cuts it at a `?`, and decodes it again; by what it does with dots, slashes and the rest we do not know. So a path is
# held to be whatever any of these readings can make of it, in any order. The function takes what comes as it is, and compares: functions/payments/src/http.
# The HTTP API's captured: https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json
READINGS = [
    unquote,
    lambda path: path.split("?")[0],
    lambda path: path.split("#")[0],
    lambda path: path.replace("\\", "/"),
    lambda path: re.sub(r";[^/]*", "", path),
    lambda path: re.sub("/+", "/", path),
    lambda path: re.sub(r"^/+", "/", normpath(path)),  # the two slashes that a path may begin with as well
    lambda path: path.rstrip("/"),
]
# Not among them: small letters. CloudFront's patterns and an HTTP API's routes know capitals, and so does the function: test_capitals_reach_no_payment.
PAYS = re.compile(r"/api/payments(/void|/[^/]*/confirm)?")  # as functions/payments/src/http/request.rs has it
# Stripe's default for one of its endpoints, in requests a second. https://docs.stripe.com/rate-limits
STRIPES_ENDPOINT = 25

TRANSFORMATIONS = {"NONE": str, "LOWERCASE": str.lower, "URL_DECODE": unquote, "NORMALIZE_PATH": normpath}
POSITIONS = {"EXACTLY": str.__eq__, "STARTS_WITH": str.startswith}
ID = "01a20e7f-a8c0-7cf7-b59a-d58291474e5e"  # a checkout's


@dataclass(frozen=True)
class Request:
    """What is sent, such as `POST /api/payments`, and the Idempotency-Key that comes with it."""

    line: str
    key: str | None = ID

    def component(self, wanted: dict) -> str | None:
        """What a statement looks at; None if the request does not have it."""
        method, path = self.line.split(" ")
        match wanted:
            case {"Method": _}:
                return method
            case {"UriPath": _}:
                return path
            case {"SingleHeader": {"Name": name}}:
                return self.key if name.lower() == "idempotency-key" else None
        raise ValueError(f"no such component here yet: {wanted}")


def rules(stack: dict) -> list[dict]:
    """Those of the web ACL that the distribution names, in the order in which WAF asks them."""
    return sorted(web_acl(stack).get("Rules", []), key=lambda rule: int(rule["Priority"]))


def web_acl(stack: dict) -> dict:
    acls = {"${" + name + ".Arn}": r["Properties"] for name, r in stack["Resources"].items() if r["Type"] == "AWS::WAFv2::WebACL"}
    return acls.get(distribution(stack).get("WebACLId"), {})


def matches(statement: dict | None, request: Request) -> bool:
    """What a request does not have matches nothing: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields.html"""
    match statement:
        case None:
            return True
        case {"AndStatement": {"Statements": several}}:
            return all(matches(one, request) for one in several)
        case {"OrStatement": {"Statements": several}}:
            return any(matches(one, request) for one in several)
        case {"NotStatement": {"Statement": one}}:
            return not matches(one, request)
        case {"ByteMatchStatement": wanted}:
            text = transformed(wanted, request)
            return text is not None and POSITIONS[wanted["PositionalConstraint"]](text, wanted["SearchString"])
        case {"RegexMatchStatement": wanted}:
            text = transformed(wanted, request)
            return text is not None and re.search(wanted["RegexString"], text) is not None
    raise ValueError(f"no such statement here yet: {statement}")


def transformed(wanted: dict, request: Request) -> str | None:
    text = request.component(wanted["FieldToMatch"])
    for step in sorted(wanted["TextTransformations"], key=lambda step: int(step["Priority"])):
        text = None if text is None else TRANSFORMATIONS[step["Type"]](text)
    return text


def blocks(rule: dict, request: Request) -> bool:
    """Whether a rule blocks a request by what it is, whatever else its address sends."""
    by_what_it_is = {"RateBasedStatement", "ManagedRuleGroupStatement"}.isdisjoint(rule["Statement"])
    return by_what_it_is and "Block" in rule.get("Action", {}) and matches(rule["Statement"], request)


def on_the_way(stack: dict, request: Request) -> list[dict]:
    """The rules that WAF asks about a request: what is allowed or blocked is asked about no more."""
    found = []
    for rule in rules(stack):
        if "Allow" in rule.get("Action", {}):
            break
        found.append(rule)
        if blocks(rule, request):
            break
    return found


def limits_on(stack: dict, request: Request) -> list[int]:
    """The limits per address that count a request."""
    found = []
    for rule in on_the_way(stack, request):
        rate = rule["Statement"].get("RateBasedStatement")
        if rate and "Block" in rule.get("Action", {}) and rate["AggregateKeyType"] == "IP" and int(rate["EvaluationWindowSec"]) == WINDOW:
            found += [int(rate["Limit"])] if matches(rate.get("ScopeDownStatement"), request) else []
    return found


def let_through(stack: dict, request: Request, addresses: int = 1) -> int:
    """Of a flood of one request from so many addresses: how many WAF lets through in its window. It counts each address by itself, of IPv6, too.
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-instances.html"""
    if any(blocks(rule, request) for rule in on_the_way(stack, request)):
        return 0
    return min([FLOOD, *(addresses * limit for limit in limits_on(stack, request))])


def of_a_machine(stack: dict) -> int:
    """How many addresses one machine can send from: where there is IPv6, commonly a /64."""
    return 2**64 if str(distribution(stack).get("IPV6Enabled", False)).lower() == "true" else 1


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


def spellings() -> Iterator[str]:
    """The payment routes' paths in other writings: a character encoded up to three times, a slash that is none, more or less of them, dots that lead
    there and back, and what could end a path earlier. Few of them reach a route; which do is for `may_pay` to say."""
    again = lambda text: [text, *(text.replace("%", "%" + "25" * n) for n in (1, 2) if "%" in text)]  # noqa: E731
    for path in (line.split(" ")[1] for line in PAYMENTS):
        for at, char in enumerate(path):
            yield from (path[:at] + one + path[at + 1 :] for one in again(f"%{ord(char):02x}"))
        for at in (n for n, char in enumerate(path) if char == "/"):
            for slash in ("//", "/./", "/x/../", "/.//", "\\", "/\\", "/;/", "/.;/", "/x/..;/", "%2F", "%2f/", "%5C", "/%2e/", "/x/%2e%2e/", "/x%2F..%2F"):
                yield from (path[:at] + one + path[at + 1 :] for one in again(slash))
        for first in ("/", "/.", "/..", "/x/..", "\\", "/%2e", "/%2e%2e", "%2F", "/x%2F..", "/api/payments/..", "/api/payments%2F..", "/static/../", "/api/.."):
            yield from (one + path for one in again(first))
        ends = ["%3F", "%3F/..", "%3F%2F..", "%3F%2F..%2F..", "%3F/../../..", "%23/../..", "%3B/..", "%5C..", "%00"]
        for more in [*ends, "/.", "/", "//", "/x/..", ";x", ";/../..", "\\", "."]:
            yield from (path + one for one in again(more))
    yield from (f"/api/payments/{id}/confirm" for id in ("..", ".", "", "%2e%2e", "%252e%252e", "..%2F..", "..;", "%3F", "~", "pi_1;", "pi_1.", "é"))


@cache
def may_pay(path: str) -> bool:
    """Whether something that reads the path on its way could make a payment route of it."""
    found, news = {path}, {path}
    while news:
        news = {reading(one) for reading in READINGS for one in news} - found
        found |= news
    return any(PAYS.fullmatch(one) for one in found)


ODD = sorted({path for path in spellings() if may_pay(path)} - {line.split(" ")[1] for line in PAYMENTS})
# What a site's file may be called, and what an address ends with that somebody has copied.
FILES = ["/images/star%20map.svg", "/.well-known/security.txt", "/%E6%98%9F.svg", "/apis.html", "/words/en.json", "/a//b", "/%25"]


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


# Written so, CloudFront still sends it to the API; the API's throttle of it is 100 a second, and nothing in it asks Stripe.
WAYS_TO_CONFIG = [
    *("/api/%63onfig", "/api/%2563onfig", "/%61pi/config", "/api/config%3F%2F..%2F..", "/%61pi/config%3F%2F..%2F..", "/x/../%61pi/config%3F%2F..%2F.."),
    *("/./api/config%3F%2F..%2F..%2F..", "//api/config%3F%2F..%2F..", "/api%2Fconfig", "/api%3F", "/../api/config", "//api/config", "/api//config"),
]


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


def wafs_answer(stack: dict, request: Request) -> dict:
    """What WAF answers to a request that it blocks by what it is."""
    rule = next((rule for rule in on_the_way(stack, request) if blocks(rule, request)), {})
    custom = rule.get("Action", {}).get("Block", {}).get("CustomResponse", {})
    body = web_acl(stack).get("CustomResponseBodies", {}).get(custom.get("CustomResponseBodyKey"), {})
    kind = {"APPLICATION_JSON": "application/json", "TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html"}.get(body.get("ContentType"))
    return {
        "status": int(custom.get("ResponseCode", 403)),
        "type": kind,
        "headers": {header["Name"].lower(): header["Value"] for header in custom.get("ResponseHeaders", [])},
        "body": json.loads(body["Content"]) if kind == "application/json" else body.get("Content"),
    }


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
