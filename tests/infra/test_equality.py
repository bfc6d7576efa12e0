"""Whoever deploys with SAM gets what one gets who deploys with the CDK."""

import copy
from fnmatch import fnmatchcase

import pytest
from allowed import ALLOWED
from cases import CASES
from expansion import expand_sam, resolved, resolver, sam_source
from projection import differences, project


def is_allowed(line: str, used: set | None = None) -> bool:
    path, _, values = line.partition(": ")
    sam, _, cdk = values.partition(" ≠ ")
    for pattern, sams, cdks, _ in ALLOWED:
        if all(fnmatchcase(text, glob) for text, glob in ((path, pattern), (sam, sams), (cdk, cdks))):
            if used is not None:
                used.add(pattern)
            return True
    return False


def not_allowed(sam: dict, cdk: dict) -> list[str]:
    return [line for line in differences(project(sam), project(cdk)) if not is_allowed(line)]


@pytest.mark.parametrize("case", CASES)
def test_both_create_the_same(stacks, case):
    assert not_allowed(stacks["sam", case], stacks["cdk", case]) == []


def test_every_allowed_difference_is_there_and_has_a_reason(stacks):
    used: set[str] = set()
    for case in CASES:
        for line in differences(project(stacks["sam", case]), project(stacks["cdk", case])):
            is_allowed(line, used)
    assert used == {pattern for pattern, *_ in ALLOWED}
    assert all(reason.endswith(".") for *_, reason in ALLOWED)


def test_the_cases_take_every_branch():
    source = sam_source()
    taken = {name: {resolver(source, values).holds(name) for values in CASES.values()} for name in source["Conditions"]}
    assert taken.pop("Never") == {False}
    assert {name for name, ways in taken.items() if ways != {True, False}} == set()


def find(stack: dict, kind: str, **properties) -> dict:
    """The properties of the resource of that type that has these among them."""
    for resource in stack["Resources"].values():
        found = resource.get("Properties", {})
        if resource["Type"] == kind and all(found.get(k) == v for k, v in properties.items()):
            return found
    raise LookupError(kind)


def config(stack):
    return find(stack, "AWS::CloudFront::Distribution")["DistributionConfig"]


def rules(stack):
    return find(stack, "AWS::WAFv2::WebACL")["Rules"]


def policy(stack):
    return find(stack, "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]["Statement"]


def function(stack):
    return find(stack, "AWS::Lambda::Function")


# One deliberate change a thing that matters.
CHANGES = {
    "a route": lambda s: find(s, "AWS::ApiGatewayV2::Route", RouteKey="POST /api/payments/void").update(RouteKey="PUT /api/payments/void"),
    "a throttle": lambda s: find(s, "AWS::ApiGatewayV2::Stage")["RouteSettings"]["POST /api/payments/void"].update(ThrottlingRateLimit=2),
    "a throttle that is text": lambda s: find(s, "AWS::ApiGatewayV2::Stage")["RouteSettings"]["GET /api/config"].update(ThrottlingRateLimit="100"),
    "the throttle of the payment routes": lambda s: find(s, "AWS::ApiGatewayV2::Stage")["DefaultRouteSettings"].update(ThrottlingRateLimit=11),
    "an origin": lambda s: next(o for o in config(s)["Origins"] if "CustomOriginConfig" in o)["CustomOriginConfig"].update(OriginReadTimeout=30),
    "a behaviour": lambda s: config(s)["CacheBehaviors"][0].update(ViewerProtocolPolicy="allow-all"),
    "a header": lambda s: find(s, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]["CustomHeadersConfig"]["Items"].pop(),
    "a WAF rule": lambda s: next(rule for rule in rules(s) if rule["Name"] == "requests-per-address")["Statement"]["RateBasedStatement"].update(Limit=99),
    "WAF's expression": lambda s: next(rule for rule in rules(s) if rule["Name"] == "malformed")["Statement"]["AndStatement"]["Statements"].pop(),
    "WAF's answer": lambda s: find(s, "AWS::WAFv2::WebACL")["CustomResponseBodies"]["unknown"].update(Content='{"outcome":"paid"}'),
    "an IAM statement": lambda s: policy(s)[0].update(Action="secretsmanager:*"),
    "a setting of the function": lambda s: function(s).update(Timeout=24),
    "the environment": lambda s: function(s)["Environment"]["Variables"].update(CARD_AUTHENTICATION="handle"),
    "an alarm": lambda s: find(s, "AWS::CloudWatch::Alarm", AlarmName="till-test-unknown").update(Threshold=4),
    "a dashboard widget": lambda s: find(s, "AWS::CloudWatch::Dashboard").update(
        DashboardBody=find(s, "AWS::CloudWatch::Dashboard")["DashboardBody"].replace("Declined", "Refused")
    ),
    "a retention": lambda s: find(s, "AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/till-test-api").update(RetentionInDays=91),
    "an output": lambda s: s["Outputs"].pop("StripeSecretArn"),
    "a deletion policy": lambda s: next(r for r in s["Resources"].values() if r["Type"] == "AWS::S3::Bucket").update(DeletionPolicy="Retain"),
    "a resource": lambda s: s["Resources"].pop(next(k for k, r in s["Resources"].items() if r["Type"] == "AWS::SNS::TopicPolicy")),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_a_change_of_one_template_is_noticed(stacks, tool, change):
    both = {name: copy.deepcopy(stacks[name, "plain"]) for name in ("sam", "cdk")}
    CHANGES[change](both[tool])
    assert not_allowed(both["sam"], both["cdk"])


def test_a_change_of_the_source_is_noticed(stacks):
    source = sam_source()
    source["Resources"]["PaymentsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0]["Resource"] = "*"
    sam = resolved(expand_sam(source, CASES["plain"]), CASES["plain"])
    found = not_allowed(sam, stacks["cdk", "plain"])
    assert found and all("AWS::IAM::Role lambda.amazonaws.com" in line for line in found)
