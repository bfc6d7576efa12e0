"""Which alarms of a stack are on, given what its function, its API and AWS's services tell. They are tried rather than read.

What is told is a list of what comes again and again: a line of a log or a value of a metric, and how often a second. Each check takes a
resolved template and the settings that it was made with, and names what is wrong."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from filters import matches
from safety import of_type

OUTCOMES = {"paid": "Paid", "declined": "Declined", "requires_action": "RequiresAction", "not_attempted": "NotAttempted", "unknown": "Unknown"}
UNLIMITED = 1000  # a second: what nothing on the way holds up


@dataclass(frozen=True)
class Told:
    """One thing that happens `rate` times a second, for as long as anybody looks; or `times` in all."""

    rate: float = 0
    times: int = 0
    payment: dict = field(default_factory=dict)
    access: dict = field(default_factory=dict)
    metric: tuple[str, str, float] | None = None

    def count(self, seconds: int) -> int:
        return self.times + math.floor(self.rate * seconds)


def answered(rate: float, outcome: str, code: str = "", attempts: int = 0, stripe_ms: int = 400, status: str = "400", times: int = 0) -> list[Told]:
    """Requests that the function answers: its line, API Gateway's, and what AWS counts of its own."""
    line = {"event": "payment", "outcome": outcome, "attempts": attempts, "stripe_ms": stripe_ms if attempts else 0, "ms": stripe_ms + 2}
    count = [("AWS/ApiGateway", "5xx" if status[0] == "5" else "4xx", 1.0)] if status[0] != "2" else []
    metrics = [("AWS/Lambda", "Invocations", 1.0), ("AWS/Lambda", "Duration", float(line["ms"])), ("AWS/ApiGateway", "Count", 1.0), *count]
    told = [Told(rate, times, payment=line | ({"code": code} if code else {})), Told(rate, times, access={"status": status, "functionStatus": status})]
    return told + [Told(rate, times, metric=metric) for metric in metrics]


def by_itself(rate: float, status: str, times: int = 0) -> list[Told]:
    """Requests that API Gateway answers, and the function never sees."""
    count = ("AWS/ApiGateway", "5xx" if status[0] == "5" else "4xx", 1.0)
    return [Told(rate, times, access={"status": status, "functionStatus": "-"}), Told(rate, times, metric=count)]


def of_aws(namespace: str, name: str, value: float = 1.0, rate: float = 0, times: int = 0) -> list[Told]:
    return [Told(rate, times, metric=(namespace, name, value))]


def emitted(line: dict) -> Iterator[tuple[str, float]]:
    """The metrics in a line of the function's: telemetry's of_payment. What asked Stripe nothing is told apart."""
    asked = line["attempts"] > 0
    yield (OUTCOMES[line["outcome"]] if asked else "Unasked"), 1.0
    if asked:
        yield "StripeLatency", float(line["stripe_ms"])
        yield "StripeAttempts", float(line["attempts"])


def values(stack: dict, stage: str, metric: dict, told: list[Told]) -> Iterator[tuple[float, Told]]:
    """The values of an alarm's metric. What nobody tells of has none."""
    namespace, name = metric["Namespace"], metric["MetricName"]
    groups = {"payments": f"/aws/lambda/till-{stage}-payments", "api": f"/aws/vendedlogs/till-{stage}-api"}
    logs = {"${" + id + "}": r["Properties"]["LogGroupName"] for id, r in stack["Resources"].items() if r["Type"] == "AWS::Logs::LogGroup"}
    for one in told:
        if one.metric and one.metric[:2] == (namespace, name):
            yield one.metric[2], one
        if one.payment and namespace == "Till" and metric.get("Dimensions") == [{"Name": "Stage", "Value": stage}]:
            yield from ((value, one) for found, value in emitted(one.payment) if found == name) if one.payment["event"] == "payment" else ()
        for filter in of_type(stack, "AWS::Logs::MetricFilter"):
            (made,) = filter["MetricTransformations"]
            line = one.payment if logs.get(filter["LogGroupName"]) == groups["payments"] else one.access
            if (made["MetricNamespace"], made["MetricName"]) == (namespace, name) and line and matches(filter["FilterPattern"], line):
                yield float(made["MetricValue"]), one


def statistic(stack: dict, stage: str, metric: dict, stat: str, period: int, told: list[Told]) -> float | None:
    found = sorted((value, one.count(period)) for value, one in values(stack, stage, metric, told))
    total = sum(count for _, count in found)
    if not total:
        return None
    if stat == "Sum":
        return sum(value * count for value, count in found)
    rank, seen = math.ceil(float(stat.removeprefix("p")) / 100 * total), 0
    for value, count in found:
        seen += count
        if seen >= rank:
            return value
    return None


def is_on(stack: dict, stage: str, alarm: dict, told: list[Told]) -> bool:
    """Whether it goes off within its period, and somebody hears of it."""
    topics = ["${" + name + "}" for name, r in stack["Resources"].items() if r["Type"] == "AWS::SNS::Topic"]
    assert alarm["TreatMissingData"] == "notBreaching" and int(alarm["EvaluationPeriods"]) == 1
    if alarm.get("AlarmActions") != topics or alarm.get("ActionsEnabled", True) is not True:
        return False
    if "Metrics" in alarm:
        sums = {}
        for metric in (m for m in alarm["Metrics"] if "MetricStat" in m):
            stat = metric["MetricStat"]
            sums[metric["Id"]] = statistic(stack, stage, stat["Metric"], stat["Stat"], int(stat["Period"]), told) or 0
        (expression,) = [metric["Expression"] for metric in alarm["Metrics"] if metric.get("ReturnData") is True]
        value = eval(expression, {"__builtins__": {}, "IF": lambda condition, yes, no: yes if condition else no}, Lazy(sums))
    else:
        stat = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        value = statistic(stack, stage, alarm, stat, int(alarm["Period"]), told)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    return value is not None and value >= float(alarm["Threshold"])


class Lazy(dict):
    """Sums that a division by none of them survives: CloudWatch's IF chooses, Python's call reckons both."""

    def __getitem__(self, name):
        return Safe(super().__getitem__(name))


class Safe(float):
    def __add__(self, other):
        return Safe(float(self) + float(other))

    def __rmul__(self, other):
        return Safe(float(other) * float(self))

    def __truediv__(self, other):
        return Safe(float(self) / float(other)) if float(other) else Safe(0)


def on(stack: dict, settings: dict, told: list[Told], among: set[str] | None = None) -> set[str]:
    """The alarms that are on, by name."""
    prefix = f"till-{settings['Stage']}-"
    alarms = {alarm["AlarmName"].removeprefix(prefix): alarm for alarm in of_type(stack, "AWS::CloudWatch::Alarm")}
    return {name for name, alarm in alarms.items() if (among is None or name in among) and is_on(stack, settings["Stage"], alarm, told)}


def rollback(stack: dict, settings: dict) -> set[str]:
    """The alarms that send a canary back, by name."""
    (group,) = of_type(stack, "AWS::CodeDeploy::DeploymentGroup")
    alarms = {"${" + id + "}": r["Properties"] for id, r in stack["Resources"].items() if r["Type"] == "AWS::CloudWatch::Alarm"}
    listed = group.get("AlarmConfiguration", {}).get("Alarms", [])
    return {alarms[one["Name"]]["AlarmName"].removeprefix(f"till-{settings['Stage']}-") for one in listed}


# What strangers can send at the API's full rate, and the alarms that are there to tell of it.
PAYS, VOIDS, ELSEWHERE, CONFIGS = 20, 1, 10, 100  # a second: two routes, and the others; PaymentsPerSecond as it comes
MALFORMED = ("parameter_missing", "json_invalid", "body_too_large", "media_type_unsupported", "parameter_invalid")
FLOODS: dict[str, tuple[list[Told], set[str]]] = {
    "malformed bodies": ([told for code in MALFORMED for told in answered(PAYS / 5, "not_attempted", code)], set()),
    "malformed re-sends": (answered(PAYS, "unknown", "not_closed", status="503"), set()),
    "requests past CloudFront": (answered(PAYS, "not_attempted", "forbidden", status="403"), set()),
    "re-sends past CloudFront": (answered(PAYS, "unknown", "not_closed", status="503"), set()),
    "other paths": (answered(ELSEWHERE, "not_attempted", "path_unknown", status="404"), set()),
    "other totals": (answered(PAYS, "not_attempted", "total_changed", status="409"), set()),
    "made-up cards": (answered(PAYS, "not_attempted", "payment_method_invalid", 2), set()),
    "made-up old ids": (answered(PAYS, "not_attempted", "checkout_expired", 4, 1600, "410"), set()),
    "made-up ids, settled": (answered(PAYS, "unknown", "no_trace", 2, 800, "503") + answered(PAYS, "unknown", "not_settled", 2, 800, "503"), set()),
    "one id, many times at once": (answered(PAYS, "unknown", "in_use", 12, 7000, "503"), set()),
    "one PaymentIntent, many cards at once": (answered(PAYS, "unknown", "in_use", 6, 2400, "503"), set()),
    "cards of another integration's payments": (answered(PAYS, "unknown", "unmarked", 2, 800, "503"), set()),
    "cards that Stripe declines without a PaymentIntent": (answered(PAYS, "unknown", "decline_without_intent", 4, 1600, "503"), set()),
    "Stripe's rate used up": (
        answered(PAYS, "unknown", "rate_limited", 2, 800, "503") + answered(PAYS, "not_attempted", "rate_limited", 2, 800, "503"),
        set(),
    ),
    "one id, many cards that are none": (answered(PAYS, "unknown", "other_card", 3, 900, "503"), set()),
    "made-up PaymentIntents": (answered(PAYS, "not_attempted", "payment_intent_unknown", 11, 7000, "404"), set()),
    "voids": (answered(VOIDS, "not_attempted", "checkout_closed", 12, 7000, "410"), set()),
    "as many requests as one may make": (
        [t for code in ("in_use", "no_trace", "rate_limited") for t in answered(PAYS / 3, "unknown", code, 16, 6400, "503")],
        set(),
    ),
    "what the API turns away": (by_itself(UNLIMITED, "429") + by_itself(UNLIMITED, "404"), set()),
    "configurations": ([t for t in answered(CONFIGS, "paid", status="200") if not t.payment], set()),
    "what WAF blocks": (of_aws("AWS/WAFV2", "BlockedRequests", rate=UNLIMITED), {"blocked"}),
    "stolen cards": (answered(PAYS, "declined", "generic_decline", 1, 900, "402"), {"declines", "declined-cards"}),
    "more than Lambda has room for": (of_aws("AWS/Lambda", "Throttles", rate=UNLIMITED) + by_itself(UNLIMITED, "503"), {"throttles", "api-failures"}),
}
# What is wrong in truth, and the alarms that have to tell of it, whatever strangers send meanwhile.
TROUBLES: dict[str, tuple[list[Told], set[str]]] = {
    "a crash": (of_aws("AWS/Lambda", "Errors", times=1), {"errors"}),
    "Stripe is slow": (answered(0, "paid", "", 1, 12_000, "200", times=3), {"latency"}),
    "a wrong setting": (answered(0, "not_attempted", "service_unavailable", status="503", times=5), {"server-errors"}),
    "a key that Stripe refuses": (answered(0, "not_attempted", "service_unavailable", 2, status="503", times=5), {"server-errors"}),
    "a key without a permission": (answered(0, "not_attempted", "stripe_refused", 2, status="422", times=5), {"server-errors"}),
    "no secret": ([Told(times=5, payment={"event": "trouble", "where": "secret", "attempts": 0})], {"server-errors"}),
    "panics": ([Told(times=5, payment={"event": "trouble", "where": "handler", "attempts": 0})], {"server-errors"}),
    "payments are paused": (answered(0, "not_attempted", "paused", status="503", times=5), {"server-errors"}),
    "Stripe says nothing": (answered(0, "unknown", "no_reply", 4, 9000, "503", times=3), {"unknown"}),
    "Stripe says what no document foresees": (answered(0, "unknown", "unforeseen", 1, status="503", times=3), {"unknown"}),
    "a payment that is never done": (answered(0, "unknown", "pending", 2, status="503", times=3), {"unknown"}),
    "copied metadata": (answered(0, "unknown", "ambiguous", 2, status="503", times=3), {"unknown"}),
    "a checkout that cannot be closed": (answered(0, "unknown", "not_closed", 3, status="503", times=3), {"unknown"}),
    "the API may not call the function": (by_itself(0, "500", times=5), {"api-failures"}),
    "Lambda has no room": (of_aws("AWS/Lambda", "Throttles", times=1), {"throttles"}),
    "half of ten cards": (answered(0, "declined", "x", 1, times=5, status="402") + answered(0, "paid", "", 1, times=5, status="200"), {"declines"}),
    "a good day": (answered(0, "paid", "", 1, times=100_000, status="200") + answered(0, "declined", "x", 1, times=9, status="402"), set()),
    "cards among many sales": (
        answered(0, "declined", "x", 1, times=500, status="402") + answered(0, "paid", "", 1, times=1000, status="200"),
        {"declined-cards"},
    ),
}
# A percentile is hidden by whatever is fast, if it asks Stripe.
HIDES = {"latency"}


def driven_by_strangers(stack: dict, settings: dict) -> Iterator[str]:
    """A flood turns on the alarms that are for it and no other, and none that sends a canary back."""
    if settings["Alarms"] == "off":
        return
    for name, (told, wanted) in FLOODS.items():
        found = on(stack, settings, told)
        wanted = wanted - ({"blocked"} if settings["WebAcl"] == "off" else set())
        yield from (f"{name}: {alarm} is {'on' if alarm in found else 'off'}" for alarm in sorted(found ^ wanted))
        yield from (f"{name}: {alarm} sends a canary back" for alarm in sorted(found & rollback(stack, settings)))


def deaf_to_troubles(stack: dict, settings: dict) -> Iterator[str]:
    """A trouble is told of by its alarm, also in the midst of any flood."""
    if settings["Alarms"] == "off":
        return
    for name, (told, wanted) in TROUBLES.items():
        found = on(stack, settings, told)
        yield from (f"{name}: {alarm} is {'on' if alarm in found else 'off'}" for alarm in sorted(found ^ wanted))
        for flood, (more, _) in FLOODS.items():
            missed = wanted - HIDES - on(stack, settings, told + more, among=wanted)
            yield from (f"{name}, and {flood}: {alarm} is off" for alarm in sorted(missed))


def careless_rollback(stack: dict, settings: dict) -> Iterator[str]:
    """A canary is sent back by whatever a new version can do wrong; all at once by nothing."""
    wanted = {"errors", "latency", "server-errors", "unknown"} if settings["Deployment"] != "AllAtOnce" else set()
    if rollback(stack, settings) != wanted:
        yield f"a canary goes back on {sorted(rollback(stack, settings))}"
    if wanted:
        (group,) = of_type(stack, "AWS::CodeDeploy::DeploymentGroup")
        events = group["AutoRollbackConfiguration"]
        if not events["Enabled"] or "DEPLOYMENT_STOP_ON_ALARM" not in events["Events"] or not group["AlarmConfiguration"].get("Enabled", True):
            yield "an alarm stops nothing"


CHECKS = [driven_by_strangers, deaf_to_troubles, careless_rollback]
