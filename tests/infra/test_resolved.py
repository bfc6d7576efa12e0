"""Whatever becomes of both templates at once is seen: both come to what infra/resolved.yaml says, and to nothing else."""

import copy

import expansion
import pytest
import resolved
from cases import CASES
from safety import distribution, of_type
from test_equality import find, function, not_allowed, policy, rules


def test_the_templates_come_to_what_is_written_down(stacks):
    """SAM's; the CDK's is equal to it, but for what allowed.py has (test_equality.py)."""
    assert resolved.changes({case: stacks["sam", case] for case in CASES}) == [], f"review it, then: {resolved.COMMAND}"


def secret(stack: dict) -> dict:
    return next(s for s in of_type(stack, "AWS::SecretsManager::Secret") if "Stripe" in s["Description"])


def origin(stack: dict, kind: str) -> dict:
    return next(o for o in distribution(stack)["Origins"] if kind in o)


def behaviours(stack: dict) -> list[dict]:
    return [distribution(stack)["DefaultCacheBehavior"], *distribution(stack)["CacheBehaviors"]]


def adds(stack: dict, kind: str, **properties) -> None:
    stack["Resources"]["Added"] = {"Type": kind, "Properties": properties}


def allows(stack: dict, action: str, resource: str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:another") -> None:
    policy(stack).append({"Effect": "Allow", "Action": action, "Resource": resource})


def another_way(stack: dict) -> None:
    """An origin more, which the API's behaviour names; the API's own stays in the list, and comes after it by any order."""
    another = {**copy.deepcopy(origin(stack, "CustomOriginConfig")), "Id": "another", "DomainName": "api.example"}
    another["CustomOriginConfig"]["OriginKeepaliveTimeout"] = 1
    distribution(stack)["Origins"].append(another)
    distribution(stack)["CacheBehaviors"][0].update(TargetOriginId="another")


def common(stack: dict) -> dict:
    return next(rule for rule in rules(stack) if rule["Name"] == "common")


def log(stack: dict) -> dict:
    return find(stack, "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]


FOREIGN = "arn:aws:lambda:us-east-1:999999999999"
# What no check of safety.py, limits.py and alarms.py is about, or not in these words. The list is to show, not to be complete: anything else is seen likewise.
CHANGES = {
    "the role reads secrets by the dozen": lambda s: policy(s)[0].update(Action=["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"]),
    "the role reads every secret, in other letters": lambda s: allows(s, "SecretsManager:getsecretvalue", "*"),
    "the role reads another secret, in other letters": lambda s: allows(s, "SecretsManager:getsecretvalue"),
    "the role writes a secret": lambda s: allows(s, "secretsmanager:PutSecretValue"),
    "others rotate the secret": lambda s: adds(s, "AWS::SecretsManager::RotationSchedule", RotationLambdaARN=f"{FOREIGN}:function:rotate"),
    "the secret is copied to another region": lambda s: secret(s).update(ReplicaRegions=[{"Region": "eu-west-1"}]),
    "the function has a layer of others": lambda s: function(s).update(Layers=[f"{FOREIGN}:layer:helper:1"]),
    "the function has another start": lambda s: function(s)["Environment"]["Variables"].update(AWS_LAMBDA_EXEC_WRAPPER="/opt/wrapper"),
    "other security headers": lambda s: [b.update(ResponseHeadersPolicyId="67f7725c-6f97-4210-82d7-5512b31e9d03") for b in behaviours(s)],
    "the site is another bucket": lambda s: origin(s, "S3OriginConfig").update(DomainName="another.s3.us-east-1.amazonaws.com"),
    "the API is another host": lambda s: origin(s, "CustomOriginConfig").update(DomainName="api.example"),
    "the API is another origin": another_way,
    "paying goes elsewhere": lambda s: find(s, "AWS::ApiGatewayV2::Route", RouteKey="POST /api/payments").update(Target="integrations/another"),
    "the API calls another function": lambda s: find(s, "AWS::ApiGatewayV2::Integration").update(IntegrationUri=f"{FOREIGN}:function:payments"),
    "a function of CloudFront's on the way": lambda s: behaviours(s)[1].update(
        FunctionAssociations=[{"EventType": "viewer-request", "FunctionARN": "arn:aws:cloudfront::999999999999:function/reads"}]
    ),
    "Lambda@Edge reads what is sent": lambda s: behaviours(s)[1].update(
        LambdaFunctionAssociations=[{"EventType": "viewer-request", "LambdaFunctionARN": f"{FOREIGN}:function:reads:1", "IncludeBody": True}]
    ),
    "every path leads to the API": lambda s: behaviours(s)[0].update(TargetOriginId=origin(s, "CustomOriginConfig")["Id"]),
    "the bucket is copied to another one": lambda s: find(s, "AWS::S3::Bucket").update(
        ReplicationConfiguration={"Role": "arn:aws:iam::999999999999:role/copies", "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::another"}}]}
    ),
    "others hear the alarms": lambda s: find(s, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"].append(
        {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": ["sns:Publish", "sns:Subscribe"], "Resource": "arn:aws:sns:us-east-1:123456789012:till"}
    ),
    "anybody publishes to the topic": lambda s: find(s, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"][0].update(Principal="*"),
    "WAF's common rules count alone": lambda s: common(s).update(OverrideAction={"Count": {}}),
    "WAF's common rules are gone": lambda s: rules(s).remove(common(s)),
    "the API's log has addresses, twice under one name": lambda s: log(s).update(Format=log(s)["Format"].replace("{", '{"ms": "$context.identity.sourceIp", ', 1)),
    "another attribute of a resource": lambda s: next(iter(s["Resources"].values())).update(CreationPolicy={"ResourceSignal": {}}),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_a_change_of_both_templates_is_noticed(stacks, tool, change):
    """By the file, whatever the CDK's has; and one that the CDK's alone has by the comparison of the two."""
    changed = {case: copy.deepcopy(stacks[tool, case]) for case in CASES}
    CHANGES[change](changed["plain"])
    assert resolved.changes(changed) if tool == "sam" else not_allowed(stacks["sam", "plain"], changed["plain"])


@pytest.mark.parametrize("case", CASES)
def test_a_change_of_any_case_is_noticed(stacks, case):
    """Also if it is behind a condition that holds in no other."""
    changed = {name: copy.deepcopy(stacks["sam", name]) for name in CASES}
    policy(changed[case])[0].update(Action="secretsmanager:BatchGetSecretValue")
    assert any("BatchGetSecretValue" in line for line in resolved.changes(changed))


@pytest.fixture
def edited(monkeypatch, tmp_path):
    """What is noticed of a SAM template in which one place is written otherwise."""

    def edit(old: str, new: str) -> list[str]:
        template = expansion.SAM_TEMPLATE.read_text()
        assert template.count(old) == 1
        (tmp_path / "template.yaml").write_text(template.replace(old, new))
        monkeypatch.setattr(expansion, "SAM_TEMPLATE", tmp_path / "template.yaml")
        return resolved.changes(resolved.now())

    return edit


def test_a_comment_is_no_change(edited):
    assert edited("Alarms. Their messages", "Alarms. The messages") == []


EDITS = {
    "the code of others": ("CodeUri: ../../functions/payments", "CodeUri: s3://another/code"),
    "a layer for every function": ("\nResources:\n", f"\nGlobals: {{ Function: {{ Layers: ['{FOREIGN}:layer:helper:1'] }} }}\n\nResources:\n"),
    "the name of a stage for every stage": ("DisplayName: !Sub till-${Stage}", "DisplayName: till-test"),
    "a condition that holds in one case": ("TimeoutInMillis: 29000", "TimeoutInMillis: !If [HasBoth, 29001, 29000]"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_the_source_is_noticed(edited, edit):
    assert edited(*EDITS[edit])


REFUSED = {
    "a second one of a kind": ("  SiteAccess:\n", "  Another:\n    Type: AWS::S3::Bucket\n  SiteAccess:\n"),
    "a macro": ("Transform: AWS::Serverless-2016-10-31", "Transform: [AWS::Serverless-2016-10-31, Another]"),
    "a macro in a resource": ("ProtocolType: HTTP", "ProtocolType: HTTP\n      Fn::Transform: { Name: Another }"),
    "a section": ("\nResources:\n", "\nMappings: { Another: { a: { b: c } } }\n\nResources:\n"),
}


@pytest.mark.parametrize("edit", REFUSED)
def test_what_is_not_known_here_is_refused(edited, edit):
    """What the file could not show fails, until somebody decides how it is shown."""
    with pytest.raises(ValueError, match="here yet|told apart"):
        edited(*REFUSED[edit])
