"""Every way in which a limit can be neutered, with the check that has to notice it."""

import limits
from limits import CONFIRM, PAY, VOID
from safety import distribution, of_type


def rule(stack: dict, name: str) -> dict:
    (acl,) = of_type(stack, "AWS::WAFv2::WebACL")
    return next(rule for rule in acl["Rules"] if rule["Name"] == name)


def rate(stack: dict, name: str) -> dict:
    return rule(stack, name)["Statement"]["RateBasedStatement"]


def statements(stack: dict, name: str) -> list[dict]:
    statement = rule(stack, name)["Statement"]
    scope = statement.get("RateBasedStatement", {}).get("ScopeDownStatement", statement)
    return scope.get("AndStatement", {}).get("Statements", [scope])


def byte_matches(stack: dict, name: str) -> list[dict]:
    return [one["ByteMatchStatement"] for one in statements(stack, name) if "ByteMatchStatement" in one]


def path_match(stack: dict, name: str) -> dict:
    return next(one for one in byte_matches(stack, name) if "UriPath" in one["FieldToMatch"])


def method_match(stack: dict, name: str) -> dict:
    return next(one for one in byte_matches(stack, name) if "Method" in one["FieldToMatch"])


def negation(stack: dict) -> dict:
    return next(one for one in statements(stack, "malformed") if "NotStatement" in one)


def regex(stack: dict) -> dict:
    return negation(stack)["NotStatement"]["Statement"]["RegexMatchStatement"]


def odd_path(stack: dict) -> dict:
    return statements(stack, "odd-paths")[0]["RegexMatchStatement"]


def odd_sender(stack: dict) -> dict:
    return statements(stack, "odd-paths")[1]["OrStatement"]["Statements"][0]


def reads(stack: dict) -> dict:
    return odd_sender(stack)["NotStatement"]["Statement"]["RegexMatchStatement"]


def of_api(stack: dict) -> dict:
    return statements(stack, "odd-paths")[1]["OrStatement"]["Statements"][1]["RegexMatchStatement"]


def change_regex(old: str, new: str):
    """Another expression. What it has to replace is there."""

    def change(stack: dict) -> None:
        assert old in regex(stack)["RegexString"]
        regex(stack)["RegexString"] = regex(stack)["RegexString"].replace(old, new)

    return change


def without(stack: dict, name: str, wanted) -> None:
    """The rule without one of the things that it asks for."""
    statements(stack, name).remove(wanted)


def answer(stack: dict) -> dict:
    return rule(stack, "malformed")["Action"]["Block"]["CustomResponse"]


def bodies(stack: dict) -> dict:
    return of_type(stack, "AWS::WAFv2::WebACL")[0]["CustomResponseBodies"]


def acl_rules(stack: dict) -> list[dict]:
    return of_type(stack, "AWS::WAFv2::WebACL")[0]["Rules"]


def stage(stack: dict) -> dict:
    return of_type(stack, "AWS::ApiGatewayV2::Stage")[0]


def declines(stack: dict) -> dict:
    return next(a for a in of_type(stack, "AWS::CloudWatch::Alarm") if a["AlarmName"].endswith("-declines"))


def of_alarm(stack: dict, id: str) -> dict:
    return next(metric for metric in declines(stack)["Metrics"] if metric["Id"] == id)


ALLOW_ALL = {"Name": "all", "Priority": -1, "Action": {"Allow": {}}, "Statement": {}}
ADDRESS = ("requests-per-address", "payments-per-address")
HUGE = {"ThrottlingRateLimit": 100_000, "ThrottlingBurstLimit": 100_000}
# What is done to a control, and the check that has to notice.
NEUTERED = {
    **{f"{name} only counts": (limits.floods, lambda s, name=name: rule(s, name).update(Action={"Count": {}})) for name in ADDRESS},
    **{f"{name} is gone": (limits.floods, lambda s, name=name: acl_rules(s).remove(rule(s, name))) for name in ADDRESS},
    **{f"{name} allows two million": (limits.floods, lambda s, name=name: rate(s, name).update(Limit=2_000_000)) for name in ADDRESS},
    **{f"{name} counts all together": (limits.floods, lambda s, name=name: rate(s, name).update(AggregateKeyType="CONSTANT")) for name in ADDRESS},
    **{f"{name} counts a minute": (limits.floods, lambda s, name=name: rate(s, name).update(EvaluationWindowSec=60)) for name in ADDRESS},
    **{f"{name} looks elsewhere": (limits.floods, lambda s, name=name: path_match(s, name).update(SearchString="/other")) for name in ADDRESS},
    **{f"{name} reads no %70": (limits.behind, lambda s, name=name: path_match(s, name)["TextTransformations"].pop(0)) for name in ADDRESS},
    **{f"{name} reads no /./": (limits.behind, lambda s, name=name: path_match(s, name)["TextTransformations"].pop(1)) for name in ADDRESS},
    "payments-per-address knows void alone": (
        limits.floods,
        lambda s: path_match(s, "payments-per-address").update(SearchString="/api/payments/void"),
    ),
    "payments-per-address counts GETs": (limits.floods, lambda s: method_match(s, "payments-per-address").update(SearchString="GET")),
    **{
        f"odd-paths {what} ({check.__name__})": (check, neuter)
        for what, neuter in {
            "only counts": lambda s: rule(s, "odd-paths").update(Action={"Count": {}}),
            "is gone": lambda s: acl_rules(s).remove(rule(s, "odd-paths")),
            "knows no %": lambda s: odd_path(s).update(RegexString="//|/\\."),
            "looks for % alone, decoded": lambda s: odd_path(s).update(RegexString="%", TextTransformations=[{"Priority": 0, "Type": "URL_DECODE"}]),
            "looks at the method": lambda s: odd_path(s).update(FieldToMatch={"Method": {}}),
            "knows GET alone": lambda s: odd_sender(s).update(odd_sender(s).pop("NotStatement")["Statement"]),
        }.items()
        for check in (limits.uncounted, limits.encodings)
    },
    "odd-paths knows % alone": (limits.uncounted, lambda s: odd_path(s).update(RegexString="%")),
    "odd-paths knows no leading dot": (limits.uncounted, lambda s: odd_path(s).update(RegexString="[^A-Za-z0-9_/.-]|//")),
    "odd-paths knows no empty segment": (limits.encodings, lambda s: odd_path(s).update(RegexString="[^A-Za-z0-9_/.-]|/\\.")),
    "odd-paths knows no backslash": (limits.uncounted, lambda s: odd_path(s).update(RegexString=r"[^A-Za-z0-9_/.\\-]|//|/\.")),
    "odd-paths knows no semicolon": (limits.uncounted, lambda s: odd_path(s).update(RegexString=r"[^A-Za-z0-9_/.;-]|//|/\.")),
    "odd-paths reads the path decoded": (limits.encodings, lambda s: odd_path(s)["TextTransformations"].append({"Priority": 1, "Type": "URL_DECODE"})),
    "odd-paths reads the path in order": (
        limits.encodings,
        lambda s: odd_path(s)["TextTransformations"].append({"Priority": 1, "Type": "NORMALIZE_PATH"}),
    ),
    "odd-paths comes after the limits": (limits.encodings, lambda s: rule(s, "odd-paths").update(Priority=9)),
    "odd-paths comes after one of them": (limits.encodings, lambda s: rule(s, "requests-per-address").update(Priority=-1)),
    "odd-paths lets POST through": (limits.encodings, lambda s: reads(s).update(RegexString="^GET$|^HEAD$|^POST$")),
    "odd-paths lets PUT through": (limits.encodings, lambda s: reads(s).update(RegexString="^GET$|^HEAD$|^PUT$")),
    "odd-paths lets HEAD of files not through": (limits.encodings, lambda s: reads(s).update(RegexString="^GET$")),
    "odd-paths blocks files": (limits.encodings, lambda s: without(s, "odd-paths", {"OrStatement": statements(s, "odd-paths")[1]["OrStatement"]})),
    "odd-paths lets GET of the API through": (limits.encodings, lambda s: of_api(s).update(RegexString="^/other")),
    "odd-paths knows the API by its first letters": (limits.encodings, lambda s: of_api(s).update(RegexString="^/api")),
    "odd-paths knows the API with a slash alone": (limits.encodings, lambda s: of_api(s).update(RegexString="/api/")),
    "odd-paths knows the API undecoded": (limits.encodings, lambda s: of_api(s).update(TextTransformations=[{"Priority": 0, "Type": "NONE"}])),
    "odd-paths blocks the checkout": (limits.turned_away, lambda s: odd_path(s).update(RegexString="[^A-Za-z0-9/.-]|//|/\\.")),
    "odd-paths has an answer of its own": (
        limits.encodings,
        lambda s: rule(s, "odd-paths").update(Action={"Block": {"CustomResponse": {"ResponseCode": 503}}}),
    ),
    "malformed only counts": (limits.malformed, lambda s: rule(s, "malformed").update(Action={"Count": {}})),
    "malformed is gone": (limits.malformed, lambda s: acl_rules(s).remove(rule(s, "malformed"))),
    "malformed comes before the limits": (limits.malformed, lambda s: rule(s, "malformed").update(Priority=-1)),
    "malformed comes between the limits": (limits.malformed, lambda s: rule(s, "payments-per-address").update(Priority=9)),
    "malformed looks elsewhere": (limits.malformed, lambda s: path_match(s, "malformed").update(SearchString="/other")),
    "malformed knows void alone": (limits.malformed, lambda s: path_match(s, "malformed").update(SearchString="/api/payments/void")),
    "malformed reads no %70": (limits.behind, lambda s: path_match(s, "malformed")["TextTransformations"].pop(0)),
    "malformed reads no /./": (limits.behind, lambda s: path_match(s, "malformed")["TextTransformations"].pop(1)),
    "malformed blocks GETs": (limits.malformed, lambda s: method_match(s, "malformed").update(SearchString="GET")),
    "malformed blocks whatever method": (limits.floods, lambda s: without(s, "malformed", {"ByteMatchStatement": method_match(s, "malformed")})),
    "malformed blocks whatever path": (limits.floods, lambda s: without(s, "malformed", {"ByteMatchStatement": path_match(s, "malformed")})),
    "malformed blocks whatever key": (limits.turned_away, lambda s: without(s, "malformed", negation(s))),
    "malformed blocks the ids": (limits.turned_away, lambda s: negation(s).update(negation(s).pop("NotStatement")["Statement"])),
    "malformed looks at another header": (limits.turned_away, lambda s: regex(s).update(FieldToMatch={"SingleHeader": {"Name": "x-key"}})),
    "malformed lets a missing key through": (
        limits.malformed,
        lambda s: statements(s, "malformed").append({"RegexMatchStatement": {**regex(s), "RegexString": ""}}),
    ),
    "malformed lets every key through": (limits.malformed, lambda s: regex(s).update(RegexString="^.*$")),
    "malformed lets every UUID through": (limits.malformed, change_regex("-7[0-9a-f]{3}-[89ab][0-9a-f]{3}", "-[0-9a-f]{4}-[0-9a-f]{4}")),
    "malformed lets every variant through": (limits.malformed, change_regex("[89ab]", "[0-9a-f]")),
    "malformed lets every version through": (limits.malformed, change_regex("-7[0-9a-f]{3}", "-[0-9a-f]{4}")),
    "malformed lets capitals through": (limits.malformed, lambda s: regex(s).update(TextTransformations=[{"Priority": 0, "Type": "LOWERCASE"}])),
    "malformed lets no hyphens through": (limits.malformed, change_regex("}-", "}-?")),
    "malformed lets more before it through": (limits.malformed, change_regex("^", "")),
    "malformed lets more after it through": (limits.malformed, change_regex("$", "")),
    "malformed wants another version": (limits.turned_away, change_regex("-7", "-4")),
    "malformed wants one variant": (limits.turned_away, change_regex("[89ab]", "8")),
    "malformed wants capitals": (limits.turned_away, change_regex("a-f", "A-F")),
    "malformed wants digits": (limits.turned_away, change_regex("{12}", "{12}(?<=[0-9])")),
    "malformed wants one more": (limits.turned_away, change_regex("{12}", "{13}")),
    "malformed wants no space before it": (limits.turned_away, change_regex(r"^\s*", "^")),
    "malformed wants no space after it": (limits.turned_away, change_regex(r"\s*$", "$")),
    "malformed gets a 403 without an outcome": (limits.untrue_answers, lambda s: rule(s, "malformed")["Action"].update(Block={})),
    "malformed gets a 400": (limits.untrue_answers, lambda s: answer(s).update(ResponseCode=400)),
    "malformed is told that nothing was charged": (
        limits.untrue_answers,
        lambda s: bodies(s)["unknown"].update(Content='{"outcome":"not_attempted","checkout":"closed","error":{"code":"parameter_missing"}}'),
    ),
    "malformed gets another text": (
        limits.untrue_answers,
        lambda s: bodies(s)["unknown"].update(Content=bodies(s)["unknown"]["Content"].replace("very same", "same")),
    ),
    "malformed gets no text": (limits.untrue_answers, lambda s: answer(s).pop("CustomResponseBodyKey")),
    "malformed gets JSON that says it is text": (limits.untrue_answers, lambda s: bodies(s)["unknown"].update(ContentType="TEXT_PLAIN")),
    "malformed gets an answer that may be kept": (limits.untrue_answers, lambda s: answer(s)["ResponseHeaders"].pop(0)),
    "malformed gets no time to come again": (limits.untrue_answers, lambda s: answer(s)["ResponseHeaders"].pop(1)),
    "malformed gets an answer whose type is guessed": (limits.untrue_answers, lambda s: answer(s)["ResponseHeaders"].pop(2)),
    **{f"one machine has a /64 of addresses, {on!r}": (limits.floods, lambda s, on=on: distribution(s).update(IPV6Enabled=on)) for on in (True, "true")},
    "a machine with a /64 is as fast as it likes": (limits.out_of_order, lambda s: distribution(s).update(IPV6Enabled=True)),
    "a rule before them allows everything": (limits.floods, lambda s: acl_rules(s).append(ALLOW_ALL)),
    "the distribution has no web ACL": (limits.floods, lambda s: distribution(s).pop("WebACLId")),
    **{
        f"{route} has 100,000 a second": (limits.unthrottled, lambda s, route=route: stage(s)["RouteSettings"].update({route: HUGE}))
        for route in (limits.CONFIG, PAY, CONFIRM, VOID, limits.OTHER)
    },
    "the default is 100,000 a second": (limits.unthrottled, lambda s: stage(s)["DefaultRouteSettings"].update(HUGE)),
    "the default has no throttle": (limits.unthrottled, lambda s: stage(s).update(DefaultRouteSettings={})),
    "void has the default": (limits.unthrottled, lambda s: stage(s)["RouteSettings"].pop(VOID)),
    "void has no burst": (limits.unthrottled, lambda s: stage(s)["RouteSettings"][VOID].pop("ThrottlingBurstLimit")),
    "void's throttle is text": (limits.text_for_numbers, lambda s: stage(s)["RouteSettings"][VOID].update(ThrottlingRateLimit="1")),
    "void as fast as paying": (limits.out_of_order, lambda s: stage(s)["RouteSettings"][VOID].update(ThrottlingRateLimit=10)),
    "an address as fast as void": (limits.out_of_order, lambda s: [rate(s, name).update(Limit=300) for name in ADDRESS]),
    "paying faster than Stripe": (limits.out_of_order, lambda s: stage(s)["RouteSettings"].update({PAY: {"ThrottlingRateLimit": 26}})),
    "the alarm at 101 %": (limits.deaf_to_declines, lambda s: declines(s).update(Threshold=101)),
    "the alarm at 51 %": (limits.deaf_to_declines, lambda s: declines(s).update(Threshold=51)),
    "the alarm at 0 %": (limits.deaf_to_declines, lambda s: declines(s).update(Threshold=0)),
    "the alarm the other way": (limits.deaf_to_declines, lambda s: declines(s).update(ComparisonOperator="LessThanThreshold")),
    "the alarm from a thousand cards": (
        limits.deaf_to_declines,
        lambda s: of_alarm(s, "expr_1").update(Expression=of_alarm(s, "expr_1")["Expression"].replace("10,", "1000,")),
    ),
    "the alarm on another metric": (
        limits.deaf_to_declines,
        lambda s: of_alarm(s, "declined")["MetricStat"]["Metric"].update(MetricName="Paid"),
    ),
    "the alarm on a minute": (limits.deaf_to_declines, lambda s: of_alarm(s, "declined")["MetricStat"].update(Period=60)),
    "the alarm without a listener": (limits.deaf_to_declines, lambda s: declines(s).pop("AlarmActions")),
    "the alarm switched off": (limits.deaf_to_declines, lambda s: declines(s).update(ActionsEnabled=False)),
}
