"""The role that deploys from CI: its policy, who may take it, and the workflow that does."""

import copy
import json
import re

import pytest
from deployer import UNUSED, faults, handlers, listed
from expansion import ROOT, load
from samtranslator.yaml_helper import yaml_parse

POLICY, TRUST = load(ROOT / "infra/deployer-policy.json"), load(ROOT / "infra/deployer-trust.json")
CDK_POLICY = load(ROOT / "infra/deployer-policy-cdk.json")
WORKFLOW = (ROOT / ".github/workflows/deploy.yml").read_text()
# Their names are AWS's own, or not known beforehand.
OF_NO_STAGE = {
    "SamTransform": "AWS's transform, the same for everybody.",
    "SamBucketByName": "The bucket's stack, of all stages.",
    "Distribution": "CloudFront names them.",
    "Api": "API Gateway names them.",
    "CreatesSecrets": "CloudFormation names them after the template alone.",
    "ChangesSecrets": "The stage stands in the condition.",
    "ReadsOriginVerify": "The stage stands in the condition.",
    "TakesNoArn": "Takes none.",
}
OF_AWS = ("global/managedruleset/", "deploymentconfig:CodeDeployDefault.")


@pytest.fixture
def kinds(stacks) -> set[str]:
    """The resource types of every case of the SAM template."""
    return {part["Type"] for (tool, _), stack in stacks.items() if tool == "sam" for part in stack["Resources"].values()}


def test_the_policy_is_enough_and_no_more(kinds):
    assert list(faults(POLICY, kinds)) == []


def test_every_action_is_for_something(kinds):
    """An action is there for a resource's life, or it is one that the verbs themselves use."""
    verbs = re.compile(
        r"cloudformation:.*|s3:(Get|Put|Delete)Object(Version)?|cloudfront:(Create|Get)Invalidation|lambda:ListTags|lambda:GetPolicy"
        r"|logs:(Create|Delete|Get|List|Update)LogDeliver(y|ies)|iam:.*"
    )
    needed = {action.lower() for kind in kinds for action in handlers()[kind]}
    granted = [action for statement in POLICY["Statement"] for action in listed(statement["Action"])]
    assert [action for action in granted if action.lower() not in needed and not verbs.fullmatch(action)] == []


def test_another_stage_is_out_of_reach():
    for statement in POLICY["Statement"]:
        if statement["Sid"] not in OF_NO_STAGE:
            arns = [arn for arn in listed(statement["Resource"]) if not any(part in arn for part in OF_AWS)]
            assert all("till-STAGE" in arn for arn in arns), statement["Sid"]
    assert set(OF_NO_STAGE) <= {statement["Sid"] for statement in POLICY["Statement"]}


def test_the_policy_beside_the_cdks_roles_is_as_narrow():
    """That it is enough, and no more, tests/deploy/test_cdk.py shows."""
    assert list(faults(CDK_POLICY, kinds=set())) == []
    of_no_stage = {statement["Sid"] for statement in CDK_POLICY["Statement"] if "till-STAGE" not in json.dumps(statement["Resource"])}
    assert of_no_stage == {"RolesOfTheCdk", "BootstrapByName", "Invalidation", "WhetherStripesKeyIsStored"}


def reach_of_stripes_key(policy: dict) -> list[str]:
    """What in a policy reads or writes a secret's value, beside reading those that CloudFront shows."""
    ours = ["arn:aws:secretsmanager:us-east-1:ACCOUNT_ID:secret:OriginVerify*"]
    reads = [s["Sid"] for s in policy["Statement"] if "secretsmanager:GetSecretValue" in listed(s["Action"]) and listed(s["Resource"]) != ours]
    return reads + [s["Sid"] for s in policy["Statement"] if "secretsmanager:PutSecretValue" in listed(s["Action"])]


def test_stripes_key_cannot_be_read():
    """Whoever deploys has no use for it."""
    assert reach_of_stripes_key(POLICY) == []


def test_roles_go_to_the_function_and_to_the_canary_alone():
    passes = [statement for statement in POLICY["Statement"] if "iam:PassRole" in listed(statement["Action"])]
    assert [statement["Condition"]["StringEquals"]["iam:PassedToService"] for statement in passes] == [
        ["lambda.amazonaws.com", "codedeploy.amazonaws.com"]
    ]


def change(sid, **parts):
    policy = copy.deepcopy(POLICY)
    next(statement for statement in policy["Statement"] if statement["Sid"] == sid).update(parts)
    return policy


BROKEN = {
    "an action with a wildcard": (change("Function", Action="lambda:*"), "is no action"),
    "an action that does not exist": (change("Function", Action="lambda:MakeFunction"), "is no action"),
    "every resource": (change("SiteFiles", Resource="*"), "takes an ARN"),
    "every resource among others": (change("SiteFiles", Resource=["*", "arn:aws:s3:::till-STAGE-sitebucket-*/*"]), "is everything"),
    "an ARN that does not count": (change("Alarms", Action="secretsmanager:GetRandomPassword"), "does not take an ARN"),
    "a resource that cannot be made": (change("WebAcl", Action="wafv2:GetWebACL"), "AWS::WAFv2::WebACL needs wafv2:CreateWebACL"),
    "all but": (change("WebAcl", NotAction="iam:*"), "leaving out"),
    "too long": (change("SiteFiles", Resource=["arn:aws:s3:::" + "a" * 5000]), "characters"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_check_notices(kinds, what):
    policy, told = BROKEN[what]
    assert any(told in fault for fault in faults(policy, kinds))


@pytest.mark.parametrize("reason", UNUSED)
def test_no_excuse_without_use(kinds, reason):
    assert any(re.fullmatch(UNUSED[reason], action) for kind in kinds for action in handlers()[kind])


def wide_trust(trust: dict) -> list[str]:
    """Who may take the role beside one environment of one repository."""
    (statement,) = trust["Statement"]
    wanted = {
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": "arn:aws:iam::ACCOUNT_ID:oidc-provider/token.actions.githubusercontent.com"},
        "Condition": {
            "StringEquals": {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:OWNER/REPOSITORY:environment:STAGE",
            }
        },
    }
    return [name for name, value in wanted.items() if statement.get(name) != value]


def test_one_repository_and_one_environment_may_take_the_role():
    assert wide_trust(TRUST) == []


def trust(**conditions: dict) -> dict:
    changed = copy.deepcopy(TRUST)
    changed["Statement"][0]["Condition"] = conditions
    return changed


def test_another_trust_or_a_key_that_can_be_read_is_noticed():
    subject, audience = "token.actions.githubusercontent.com:sub", {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
    for like in ("repo:OWNER/*", "repo:OWNER/REPOSITORY:*", "repo:OWNER/REPOSITORY:ref:refs/heads/*"):
        assert wide_trust(trust(StringEquals=audience, StringLike={subject: like}))
    assert wide_trust(trust(StringEquals=audience)) and wide_trust(trust())
    assert reach_of_stripes_key(change("ReadsOriginVerify", Resource="arn:aws:secretsmanager:us-east-1:ACCOUNT_ID:secret:*"))
    assert reach_of_stripes_key(change("ChangesSecrets", Action=["secretsmanager:PutSecretValue"]))
    assert reach_of_stripes_key(change("ChangesSecrets", Action="secretsmanager:GetSecretValue"))


def test_the_workflow_stores_no_key_and_asks_for_no_more_than_it_needs():
    workflow = yaml_parse(WORKFLOW)
    job = workflow["jobs"]["deploy"]
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["environment"] == "${{ inputs.stage }}" and "refs/heads/main" in job["if"]
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert "secrets." not in WORKFLOW and "access-key" not in WORKFLOW
    (lends,) = [step for step in job["steps"] if "configure-aws-credentials" in step.get("uses", "")]
    assert set(lends["with"]) == {"aws-region", "role-to-assume"}


@pytest.mark.parametrize("path", sorted((ROOT / ".github/workflows").glob("*.yml")), ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit(path):
    used = re.findall(r"uses: *(.+)", path.read_text())
    assert used and all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used), used


def test_the_workflow_calls_verbs_that_there_are():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = set(re.findall(r"^ +(?:- )?(?:run: )?make ([a-z-]+)", WORKFLOW, re.MULTILINE))
    assert {"package", "deploy", "smoke"} == called <= targets
