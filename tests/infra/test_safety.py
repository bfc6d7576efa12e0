"""Neither template lets through what safety.py checks, and each check notices what it is there for."""

import copy
import json
import re
from urllib.parse import urlsplit

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


def forwards(stack):
    return one(stack, "AWS::CloudFront::OriginRequestPolicy")["OriginRequestPolicyConfig"]


def forwarded(stack):
    return forwards(stack)["HeadersConfig"]["Headers"]


def environment(stack):
    return one(stack, "AWS::Lambda::Function")["Environment"]["Variables"]


def resource(stack, kind, name="Added", **properties):
    stack["Resources"][name] = {"Type": kind, "Properties": properties}


def csp(stack, old, new):
    place = headers(stack)["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    assert old in place["ContentSecurityPolicy"]
    place["ContentSecurityPolicy"] = place["ContentSecurityPolicy"].replace(old, new)


def allows(stack):
    return next(s for s in bucket_policy(stack) if s["Effect"] == "Allow")


def denies(stack):
    return next(s for s in bucket_policy(stack) if s["Effect"] == "Deny")


def access(stack):
    return one(stack, "AWS::CloudFront::OriginAccessControl")["OriginAccessControlConfig"]


def api_origin(stack):
    return next(o for o in safety.distribution(stack)["Origins"] if "CustomOriginConfig" in o)


def permits(stack):
    return one(stack, "AWS::Lambda::Permission")


def trusts(stack):
    return one(stack, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]


def log_format(stack, field):
    one(stack, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"].update(Format=json.dumps({"field": field}))


def stage_of(stack):
    return next(r for r in stack["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Stage")


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
    (safety.forwarded_otherwise, lambda s: safety.distribution(s)["CacheBehaviors"][0].pop("OriginRequestPolicyId")),
    # AllViewerExceptHostHeader, by AWS
    (safety.forwarded_otherwise, lambda s: safety.distribution(s)["CacheBehaviors"][0].update(OriginRequestPolicyId="b689b0a8-53d0-40ab-baf2-68738e2966ac")),
    # ── Neutered: everything is still there, and does nothing. ──
    (safety.open_doors, lambda s: resource(s, "AWS::Lambda::Url", AuthType="NONE")),
    (safety.open_doors, lambda s: resource(s, "AWS::SecretsManager::ResourcePolicy", ResourcePolicy={})),
    (safety.open_doors, lambda s: permits(s).update(Principal="*")),
    (safety.open_doors, lambda s: permits(s).pop("SourceArn")),
    (safety.open_doors, lambda s: permits(s).update(SourceArn="arn:aws:execute-api:us-east-1:123456789012:*")),
    (safety.open_doors, lambda s: one(s, "AWS::ApiGatewayV2::Api").update(CorsConfiguration={"AllowOrigins": ["*"]})),
    (safety.open_doors, lambda s: trusts(s)[0].update(Principal={"AWS": "*"})),
    (safety.open_doors, lambda s: trusts(s)[0].update(Principal="*")),
    (safety.open_doors, lambda s: trusts(s)[0]["Principal"].update(AWS="arn:aws:iam::999999999999:root")),
    (safety.open_doors, lambda s: trusts(s)[0].update(Principal={"Service": "ec2.amazonaws.com"})),
    (safety.other_readers, lambda s: one(s, "AWS::S3::Bucket").update(BucketName="till-test-site")),
    (safety.other_readers, lambda s: allows(s).pop("Condition")),
    (safety.other_readers, lambda s: allows(s).update(Condition={"StringLike": {"AWS:SourceArn": "*"}})),
    (safety.other_readers, lambda s: allows(s)["Condition"]["StringEquals"].update({"AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/*"})),
    (safety.other_readers, lambda s: bucket_policy(s).append({**allows(s), "Principal": {"AWS": "arn:aws:iam::999999999999:root"}})),
    (safety.other_readers, lambda s: bucket_policy(s).remove(denies(s))),
    (safety.other_readers, lambda s: denies(s).update(Condition={"Bool": {"aws:SecureTransport": "true"}})),
    (safety.other_readers, lambda s: denies(s).update(Action="s3:ListBucket")),
    (safety.other_readers, lambda s: access(s).update(SigningBehavior="never")),
    (safety.weak_headers, lambda s: csp(s, "script-src 'self'", "script-src 'self' 'unsafe-inline'")),
    (safety.weak_headers, lambda s: csp(s, "script-src 'self'", "script-src 'self' https:")),
    (safety.weak_headers, lambda s: csp(s, "https://*.js.stripe.com", "https://*.stripe.com")),
    (safety.weak_headers, lambda s: csp(s, "connect-src 'self'", "connect-src *")),
    (safety.weak_headers, lambda s: csp(s, "img-src 'self'", "img-src 'self' https:")),
    (safety.weak_headers, lambda s: csp(s, "form-action 'self'", "form-action *")),
    (safety.weak_headers, lambda s: csp(s, "form-action 'self'; ", "")),
    (safety.weak_headers, lambda s: csp(s, "frame-ancestors 'none'", "frame-ancestors *")),
    (safety.weak_headers, lambda s: csp(s, "; frame-ancestors 'none'", "")),
    (safety.weak_headers, lambda s: csp(s, "base-uri 'none'; ", "")),
    (safety.weak_headers, lambda s: csp(s, "default-src 'none'", "default-src 'self'")),
    (safety.weak_headers, lambda s: csp(s, "default-src 'none'", "object-src *; default-src 'none'")),
    (safety.weak_headers, lambda s: headers(s)["SecurityHeadersConfig"]["StrictTransportSecurity"].update(AccessControlMaxAgeSec=60)),
    (safety.weak_headers, lambda s: headers(s)["SecurityHeadersConfig"].pop("ContentTypeOptions")),
    (safety.weak_headers, lambda s: headers(s)["CustomHeadersConfig"]["Items"][0].update(Value="camera=(self)")),
    (safety.weak_headers, lambda s: headers(s)["CustomHeadersConfig"]["Items"][1].update(Value="unsafe-none")),
    (safety.other_headers, lambda s: headers(s)["SecurityHeadersConfig"]["ContentSecurityPolicy"].update(Override=False)),
    (safety.other_headers, lambda s: safety.distribution(s)["DefaultCacheBehavior"].pop("ResponseHeadersPolicyId")),
    (safety.other_headers, lambda s: safety.distribution(s)["CacheBehaviors"][0].update(ResponseHeadersPolicyId="67f7725c-6f97-4210-82d7-5512b31e9d03")),
    (safety.other_headers, lambda s: csp(s, "'none'", "'self'")),
    (safety.other_origins, lambda s: environment(s).update(SITE_ORIGIN="https://shop.example")),
    (safety.other_origins, lambda s: environment(s).update(SITE_ORIGIN="")),
    (safety.other_origins, lambda s: environment(s).pop("SITE_ORIGIN")),
    (safety.names_without_stage, lambda s: one(s, "AWS::Lambda::Function").update(FunctionName="till-payments")),
    (safety.names_without_stage, lambda s: one(s, "AWS::S3::Bucket").update(BucketName="the-shop")),
    (safety.names_without_stage, lambda s: access(s).update(Name="till-live")),
    (safety.names_without_stage, lambda s: forwards(s).update(Name="till-api")),
    *(
        (safety.forwarded_otherwise, lambda s, more=more: forwarded(s).append(more))
        for more in ("Host", "Cookie", "X-Origin-Verify", "X-Forwarded-For", "CloudFront-Viewer-Address")
    ),
    *(
        (safety.forwarded_otherwise, lambda s, name=name: forwarded(s).remove(name))
        for name in ("content-type", "idempotency-key", "origin", "till-resend")
    ),
    *(
        (safety.forwarded_otherwise, lambda s, mode=mode: forwards(s)["HeadersConfig"].update(HeaderBehavior=mode))
        for mode in ("none", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept")
    ),
    *((safety.forwarded_otherwise, lambda s, mode=mode: forwards(s)["CookiesConfig"].update(CookieBehavior=mode)) for mode in ("all", "allExcept")),
    *((safety.forwarded_otherwise, lambda s, mode=mode: forwards(s)["QueryStringsConfig"].update(QueryStringBehavior=mode)) for mode in ("all", "whitelist")),
    (safety.throttles_before_routes, lambda s: stage_of(s).pop("DependsOn")),
    (safety.throttles_before_routes, lambda s: stage_of(s).update(DependsOn=stage_of(s)["DependsOn"][:1])),
    (safety.throttles_before_routes, lambda s: stage_of(s)["Properties"]["RouteSettings"].update({"POST /api/void": {}})),
    (safety.unlisted_wildcards, lambda s: role(s)[0].update(Resource="*")),
    (safety.unlisted_wildcards, lambda s: role(s).append({**role(s)[0], "Action": "secretsmanage?:GetSecretValue"})),
    (safety.unlisted_wildcards, lambda s: role(s)[0].update(Action=["secretsmanager:GetSecretValue", "secretsmanager:*"])),
    (safety.unlisted_wildcards, lambda s: role(s).append({"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::*"})),
    (safety.secrets_read_beside_the_one, lambda s: role(s).append({**role(s)[0]})),
    (safety.secrets_read_beside_the_one, lambda s: role(s)[0].update(Resource="${OriginVerifyA}")),
    (safety.secrets_read_beside_the_one, lambda s: role(s).append({**role(s)[0], "Action": "secretsmanager:BatchGetSecretValue"})),
    (safety.secrets_read_beside_the_one, lambda s: role(s).append({**role(s)[0], "Action": "SecretsManager:getsecretvalue", "Resource": "${OriginVerifyA}"})),
    (safety.secrets_read_beside_the_one, lambda s: role(s)[0].update(Action=["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"])),
    (safety.public_bucket, lambda s: one(s, "AWS::S3::Bucket").update(AccessControl="PublicRead")),
    *(
        (safety.public_bucket, lambda s, flag=flag: one(s, "AWS::S3::Bucket")["PublicAccessBlockConfiguration"].update({flag: "false"}))
        for flag in ("BlockPublicAcls", "IgnorePublicAcls", "RestrictPublicBuckets")
    ),
    (safety.public_bucket, lambda s: allows(s).update(Principal={"AWS": ["*"]})),
    (safety.secret_values, lambda s: api_origin(s)["OriginCustomHeaders"][0].update(HeaderValue="guess")),
    (safety.secret_values, lambda s: environment(s).update(ORIGIN_VERIFY="")),
    (safety.secret_values, lambda s: environment(s).update(STATEMENT_DESCRIPTOR_SUFFIX="rk_" + "live_123")),
    (safety.unkept_logs, lambda s: one(s, "AWS::Logs::LogGroup").update(RetentionInDays=0)),
    (safety.unkept_logs, lambda s: one(s, "AWS::Lambda::Function")["LoggingConfig"].update(LogGroup="/aws/lambda/elsewhere")),
    *(
        (safety.logged_too_much, lambda s, field=field: log_format(s, field))
        for field in ("$context.identity.userAgent", "$context.path", "$context.authorizer.claims", "$request.header.cookie", "$input.body")
    ),
    (safety.ladder_out_of_order, lambda s: one(s, "AWS::ApiGatewayV2::Integration").update(TimeoutInMillis=25_000)),
    (safety.ladder_out_of_order, lambda s: api_origin(s)["CustomOriginConfig"].update(OriginReadTimeout=29)),
    (safety.careless_distribution, lambda s: safety.distribution(s)["CacheBehaviors"][0].update(CachePolicyId="658327ea-f89d-4fab-a63d-7e88639e58f6")),
    (safety.careless_distribution, lambda s: safety.distribution(s)["CacheBehaviors"][0].update(ViewerProtocolPolicy="allow-all")),
    (safety.careless_distribution, lambda s: safety.distribution(s)["DefaultCacheBehavior"].update(ViewerProtocolPolicy="allow-all")),
    (safety.careless_distribution, lambda s: api_origin(s)["CustomOriginConfig"].update(OriginProtocolPolicy="http-only")),
    (safety.careless_distribution, lambda s: api_origin(s)["CustomOriginConfig"].update(OriginSSLProtocols=["TLSv1"])),
    (safety.careless_distribution, lambda s: api_origin(s).pop("OriginCustomHeaders")),
    (safety.careless_distribution, lambda s: next(o for o in safety.distribution(s)["Origins"] if "S3OriginConfig" in o).pop("OriginAccessControlId")),
    (safety.careless_distribution, lambda s: safety.distribution(s).update(ViewerCertificate={"MinimumProtocolVersion": "TLSv1"})),
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
def test_throttled_routes_are_there_before_the_stage(stacks, tool):
    for case in CASES:
        assert safety.throttles_before_routes(stacks[tool, case]) == []


@pytest.mark.parametrize("tool", TOOLS)
def test_the_function_is_given_the_settings_that_it_reads(stacks, tool):
    source = (ROOT / "functions/payments/src/settings.rs").read_text()
    reads = set(re.findall(r'read\.(?:required|optional)\(\s*"([A-Z_]+)"', source))
    of_the_machine = {name for name in reads if name.startswith("AWS_")} | {"SSL_CERT_FILE"}
    assert {*environment(stacks[tool, "plain"])} == reads - of_the_machine


def test_the_headers_that_the_function_reads_are_those_of_the_contract_and_of_the_page():
    """Beside what every browser sends by itself, and what CloudFront writes. What is read is told from the sources."""
    contract = re.findall(r"name: ([\w-]+)\n\s+in: header", (ROOT / "docs/openapi.yaml").read_text())
    page = re.findall(r"'([A-Z][\w-]+)': ", (ROOT / "static-site/app/api.js").read_text())
    read = safety.read_by_the_function()
    assert {name.lower() for name in [*contract, *page]} == read - {"origin", "x-origin-verify"} and {"origin", "x-origin-verify"} <= read
    assert {"Idempotency-Key", "Till-Resend"} <= {*contract} and "Content-Type" in page


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
    assert {metric["MetricName"] for metric in ours} == {"Declined", "Paid", "StripeLatency"} <= metrics
    assert all(metric["Dimensions"] == [{"Name": "Stage", "Value": "test"}] for metric in ours)
    made = {one["MetricName"] for filter in safety.of_type(stack, "AWS::Logs::MetricFilter") for one in filter["MetricTransformations"]}
    assert {metric["MetricName"] for metric in watched if metric.get("Namespace") == "Till/test"} == made


@pytest.mark.parametrize("tool", TOOLS)
def test_stages_fit_beside_each_other(stacks, tool):
    for case in CASES:
        assert safety.names_without_stage(stacks[tool, case]) == []
    assert "till-test" in json.dumps(stacks[tool, "plain"]) and "till-test" not in json.dumps(stacks[tool, "own-domain"])


# Where a changed page might send what was typed, by what, and whether the policy lets it. A host is let whole, whosever account there it is for.
SENT = {
    ("connect-src", "https://evil.example"): False,
    ("img-src", "https://evil.example"): False,
    ("form-action", "https://evil.example"): False,
    ("frame-src", "https://evil.example"): False,
    ("script-src", "https://evil.example"): False,
    ("style-src", "https://evil.example"): False,
    ("img-src", "https://api.stripe.com"): False,
    ("form-action", "https://api.stripe.com"): False,
    ("connect-src", "https://api.stripe.com"): True,  # Stripe.js needs it; POST /v1/payment_methods takes any account's publishable key
}


@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_typed_leaves_for_stripe_alone_and_the_threat_model_says_so(stacks, tool):
    policy = headers(stacks[tool, "plain"])["SecurityHeadersConfig"]["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    directives = {name: {*values} for name, *values in map(str.split, policy.split(";"))}
    assert {(name, host): not directives[name].isdisjoint({host, "https:", "*"}) for name, host in SENT} == SENT
    hosts = [urlsplit(value).hostname for values in directives.values() for value in values if "://" in value]
    assert hosts and all(host.endswith(".stripe.com") for host in hosts)
    page = (ROOT / "docs/threat-model.md").read_text()
    section = page.split("## Account takeover of the bucket")[1].split("\n## ")[0]
    (row,) = re.findall(r"^\| the security headers come from .*$", section, re.MULTILINE)
    remains = section.split("*What remains*")[1]
    assert "the shop and Stripe" in row
    assert [host for (_, host), leaves in SENT.items() if leaves and host not in remains] == []
    assert "account" in remains and "publishable key" in remains
