"""Neither template lets through what safety.py checks, and each check notices what it is there for."""

import copy
import json
import re

import pytest
import safety
from cases import CASES
from expansion import ROOT

TOOLS = ["sam", "cdk"]


@pytest.mark.parametrize("check", safety.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_stack_is_safe(stacks, tool, case, check):
    assert check(stacks[tool, case]) == []


def one(stack: dict, kind: str) -> dict:
    return safety.of_type(stack, kind)[0]


def role(stack):
    return one(stack, "AWS::IAM::Role")["Policies"][0]["PolicyDocument"]["Statement"]


def bucket_policy(stack):
    return one(stack, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]


def stripe_secret(stack):
    return next(s for s in safety.of_type(stack, "AWS::SecretsManager::Secret") if "Stripe" in s["Description"])


def headers(stack):
    return one(stack, "AWS::CloudFront::ResponseHeadersPolicy")["ResponseHeadersPolicyConfig"]


def environment(stack):
    return one(stack, "AWS::Lambda::Function")["Environment"]["Variables"]


BROKEN = [
    (safety.unlisted_wildcards, lambda s: role(s)[1].update(Resource="*")),
    (safety.unlisted_wildcards, lambda s: role(s)[1].update(Action="logs:*")),
    (safety.unlisted_wildcards, lambda s: one(s, "AWS::IAM::Role").update(ManagedPolicyArns=["arn:aws:iam::aws:policy/AdministratorAccess"])),
    (safety.secrets_read_beside_the_one, lambda s: role(s)[0].update(Resource=["${Another}", role(s)[0]["Resource"]])),
    (safety.public_bucket, lambda s: one(s, "AWS::S3::Bucket")["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False)),
    (safety.public_bucket, lambda s: one(s, "AWS::S3::Bucket").pop("PublicAccessBlockConfiguration")),
    (safety.public_bucket, lambda s: one(s, "AWS::S3::Bucket").update(WebsiteConfiguration={"IndexDocument": "index.html"})),
    (safety.public_bucket, lambda s: next(x for x in bucket_policy(s) if x["Effect"] == "Allow").update(Principal="*")),
    (safety.secret_values, lambda s: stripe_secret(s).update(SecretString="{}")),
    (safety.secret_values, lambda s: stripe_secret(s).update(GenerateSecretString={})),
    (safety.secret_values, lambda s: environment(s).update(STRIPE_SECRET_KEY="sk_" + "test_123")),
    (safety.secret_values, lambda s: environment(s).update(ORIGIN_VERIFY="in-the-open")),
    (safety.unkept_logs, lambda s: one(s, "AWS::Logs::LogGroup").pop("RetentionInDays")),
    (safety.unkept_logs, lambda s: one(s, "AWS::Lambda::Function").pop("LoggingConfig")),
    (safety.logged_too_much, lambda s: one(s, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"].update(Format='{"ip":"$context.identity.sourceIp"}')),
    (safety.other_headers, lambda s: headers(s)["SecurityHeadersConfig"]["ReferrerPolicy"].update(ReferrerPolicy="no-referrer")),
    (safety.other_headers, lambda s: headers(s)["CustomHeadersConfig"]["Items"].pop()),
    (safety.other_headers, lambda s: safety.distribution(s)["CacheBehaviors"][0].pop("ResponseHeadersPolicyId")),
    (safety.ladder_out_of_order, lambda s: one(s, "AWS::Lambda::Function").update(Timeout=30)),
    (safety.ladder_out_of_order, lambda s: one(s, "AWS::Lambda::Function").update(Timeout=20)),
    (safety.careless_distribution, lambda s: safety.distribution(s).update(CustomErrorResponses=[{"ErrorCode": 404}])),
    (safety.careless_distribution, lambda s: safety.distribution(s)["CacheBehaviors"][0].pop("OriginRequestPolicyId")),
]


@pytest.mark.parametrize(("check", "breaks"), BROKEN, ids=lambda value: getattr(value, "__name__", "") if value in safety.CHECKS else "")
@pytest.mark.parametrize("tool", TOOLS)
def test_a_check_notices(stacks, tool, check, breaks):
    stack = copy.deepcopy(stacks[tool, "plain"])
    breaks(stack)
    assert check(stack)


def test_every_check_is_seen_to_notice():
    assert {check for check, _ in BROKEN} == {*safety.CHECKS}


@pytest.mark.parametrize("tool", TOOLS)
def test_another_region_is_refused(sam, cdk, tool):
    assertion = {"sam": sam, "cdk": cdk}[tool]["plain"]["Rules"]["Region"]["Assertions"][0]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


@pytest.mark.parametrize("tool", TOOLS)
def test_throttled_routes_are_there_before_the_stage(sam, cdk, tool):
    resources = {"sam": sam, "cdk": cdk}[tool]["plain"]["Resources"]
    (stage,) = [r for r in resources.values() if r["Type"] == "AWS::ApiGatewayV2::Stage"]
    before = {resources[name]["Properties"].get("RouteKey") for name in stage["DependsOn"]}
    assert {*stage["Properties"]["RouteSettings"]} <= before


@pytest.mark.parametrize("tool", TOOLS)
def test_the_function_is_given_the_settings_that_it_reads(stacks, tool):
    source = (ROOT / "functions/payments/src/settings.rs").read_text()
    reads = set(re.findall(r'read\.(?:required|optional)\(\s*"([A-Z_]+)"', source))
    of_the_machine = {name for name in reads if name.startswith("AWS_")} | {"SSL_CERT_FILE"}
    assert {*environment(stacks[tool, "plain"])} == reads - of_the_machine


@pytest.mark.parametrize("tool", TOOLS)
def test_the_dashboard_shows_every_metric_of_the_function_and_the_alarms_know_no_other(stacks, tool):
    source = (ROOT / "functions/payments/src/telemetry/mod.rs").read_text()
    metrics = set(re.findall(r'\("([A-Za-z]+)", "(?:Count|Milliseconds)"\)', source))
    stack = stacks[tool, "plain"]
    widgets = json.loads(one(stack, "AWS::CloudWatch::Dashboard")["DashboardBody"])["widgets"]
    shown = [metric for widget in widgets for metric in widget["properties"]["metrics"]]
    assert {name for namespace, name, *_ in shown if namespace == "Till"} == metrics
    assert all(rest[:2] == ["Stage", "test"] for namespace, _, *rest in shown if namespace == "Till")

    alarms = safety.of_type(stack, "AWS::CloudWatch::Alarm")
    watched = [*alarms, *(m["MetricStat"]["Metric"] for alarm in alarms for m in alarm.get("Metrics", []) if "MetricStat" in m)]
    ours = [metric for metric in watched if metric.get("Namespace") == "Till"]
    assert {metric["MetricName"] for metric in ours} == {"Declined", "Paid", "Unknown"} <= metrics
    assert all(metric["Dimensions"] == [{"Name": "Stage", "Value": "test"}] for metric in ours)


@pytest.mark.parametrize("tool", TOOLS)
def test_stages_fit_beside_each_other(stacks, tool):
    """What has a name of its own has the stage in it; the rest is named by CloudFormation."""
    plain = stacks[tool, "plain"]["Resources"].values()
    keys = ("Name", "FunctionName", "LogGroupName", "AlarmName", "DashboardName", "RoleName", "BucketName", "TopicName")
    nested = ("OriginAccessControlConfig", "ResponseHeadersPolicyConfig")
    places = [p for r in plain for p in (r["Properties"], *(r["Properties"].get(key, {}) for key in nested))]
    own = {value for place in places for key in keys if (value := place.get(key)) and value not in ("live", "$default")}
    own = {name for name in own if not name.startswith("${")}
    assert own and all("till-test" in name for name in own), own
