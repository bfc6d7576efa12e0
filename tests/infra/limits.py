"""What the limits of a stack let through. They are tried rather than read: a web ACL on requests, an alarm on figures.

Each check takes a resolved template and the settings that it was made with, and names what is wrong."""

from collections.abc import Iterator
from posixpath import normpath
from urllib.parse import unquote

from safety import distribution, of_type

WINDOW = 300  # seconds: WAF counts an address's requests in them
FLOOD = 100_000  # requests
PAY, CONFIRM, VOID = "POST /api/payments", "POST /api/payments/{payment_intent}/confirm", "POST /api/payments/void"
CONFIG, OTHER = "GET /api/config", "ANY /api/{proxy+}"
# Stripe's default for one of its endpoints, in requests a second. https://docs.stripe.com/rate-limits
STRIPES_ENDPOINT = 25

TRANSFORMATIONS = {"URL_DECODE": unquote, "NORMALIZE_PATH": normpath}
POSITIONS = {"EXACTLY": str.__eq__, "STARTS_WITH": str.startswith}


def rules(stack: dict) -> list[dict]:
    """Those of the web ACL that the distribution names, in the order in which WAF asks them."""
    acls = {"${" + name + ".Arn}": r["Properties"] for name, r in stack["Resources"].items() if r["Type"] == "AWS::WAFv2::WebACL"}
    return sorted(acls.get(distribution(stack).get("WebACLId"), {}).get("Rules", []), key=lambda rule: int(rule["Priority"]))


def matches(statement: dict | None, method: str, path: str) -> bool:
    match statement:
        case None:
            return True
        case {"AndStatement": {"Statements": several}}:
            return all(matches(one, method, path) for one in several)
        case {"ByteMatchStatement": wanted}:
            text = method if "Method" in wanted["FieldToMatch"] else path
            for step in sorted(wanted["TextTransformations"], key=lambda step: int(step["Priority"])):
                text = TRANSFORMATIONS.get(step["Type"], str)(text)
            return POSITIONS[wanted["PositionalConstraint"]](text, wanted["SearchString"])
    raise ValueError(f"no such statement here yet: {statement}")


def let_through(stack: dict, request: str) -> int:
    """Of a flood of one request, such as `GET /api/config`, from one address: how many WAF lets through in its window."""
    method, path = request.split(" ")
    limits = [FLOOD]
    for rule in rules(stack):
        if "Allow" in rule.get("Action", {}):
            break  # what a rule allows is asked about no more
        rate = rule["Statement"].get("RateBasedStatement")
        if rate and "Block" in rule.get("Action", {}) and rate["AggregateKeyType"] == "IP" and int(rate["EvaluationWindowSec"]) == WINDOW:
            limits += [int(rate["Limit"])] if matches(rate.get("ScopeDownStatement"), method, path) else []
    return min(limits)


def floods(stack: dict, settings: dict) -> Iterator[str]:
    """One address sends no more than its two settings allow, however it writes the path; with WebAcl off as much as it likes."""
    of_payments, of_all = ("PaymentsPerAddress", "RequestsPerAddress") if settings["WebAcl"] == "on" else (None, None)
    tried = {
        "POST /api/payments": of_payments,
        "POST /api/payments/pi_1/confirm": of_payments,
        "POST /api/payments/void": of_payments,
        "POST /api/%70ayments/void": of_payments,
        "POST /api/./payments": of_payments,
        "GET /api/payments": of_all,
        "GET /api/config": of_all,
        "POST /api/elsewhere": of_all,
        "GET /index.html": None,
    }
    for request, setting in tried.items():
        passed, wanted = let_through(stack, request), int(settings[setting]) if setting else FLOOD
        if passed != wanted:
            yield f"{request}: {passed} of {FLOOD} in five minutes, instead of {wanted}"


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
    """A second: one address's payments, then closing, then paying, then what Stripe takes: none uses up the next one by itself."""
    address = [let_through(stack, "POST /api/payments") / WINDOW] if settings["WebAcl"] == "on" else []
    steps = [*address, throttle(stack, VOID)[0], throttle(stack, PAY)[0], STRIPES_ENDPOINT]
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


CHECKS = [floods, unthrottled, text_for_numbers, out_of_order, deaf_to_declines]
