"""What is wrong with a deployer's policy: held against AWS's own list of actions, and CloudFormation's of what each resource needs.

Both come with cfn-lint: the service authorization reference, and the handlers of the resource schemas."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cfnlint

DATA = Path(cfnlint.__file__).parent / "data"
# How many characters the inline policies of a role may have, white space left out.
LARGEST = 10_240
# What CloudFormation's handlers may do for properties that the templates do not have.
UNUSED = {
    "a bucket's other features": r"s3:(Create|Update)BucketMetadata.*|s3:GetBucketMetadata.*|s3:DeleteBucket(Metadata|Website).*|s3:GetBucketAbac"
    r"|s3:Put(Accelerate|Analytics|IntelligentTiering|Inventory|Lifecycle|Metrics|Replication)Configuration"
    r"|s3:PutBucket(Abac|Acl|CORS|Logging|Notification|ObjectLockConfiguration|Versioning|Website)|s3:PutObjectAcl|s3tables:.*",
    "an API that is imported from a file": r"s3:getObject",
    "a function in a network, with layers, signed, or with an own key": r"ec2:.*|elasticfilesystem:.*|s3files:.*|kms:.*"
    r"|lambda:GetLayerVersion|lambda:PassCapacityProvider|lambda:(Delete|Put)FunctionCodeSigningConfig|lambda:GetCodeSigningConfig"
    r"|lambda:PutFunction(Recursion|Scaling)Config|lambda:PutRuntimeManagementConfig|lambda:(Delete|Put)ProvisionedConcurrencyConfig",
    "log groups with own keys, policies or protection": r"firehose:.*|logs:(Associate|Disassociate)KmsKey|logs:(Delete|Put)IndexPolicy"
    r"|logs:(Delete|Put)DataProtectionPolicy|logs:DeleteResourcePolicy|logs:PutBearerTokenAuthentication|logs:PutLogGroupDeletionProtection",
    "topics with data protection": r"sns:PutDataProtectionPolicy",
    "secrets in several regions": r"secretsmanager:.*Replicat.*",
    "distributions in several parts": r"cloudfront:(Create|Get)ConnectionGroup|cloudfront:GetVpcOrigin|cloudfront:UpdateDistributionWithStagingConfig",
    "roles with a boundary": r"iam:(Delete|Put)RolePermissionsBoundary",
    "servers of one's own": r"codedeploy:RegisterOnPremisesInstance",
}


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@cache
def reference() -> dict[str, dict[str, dict]]:
    """Service → action in small letters → its resource types, if it takes any."""
    services = json.loads((DATA / "AdditionalSpecs/Policies.json").read_text())
    return {name: service["Actions"] for name, service in services.items() if "Actions" in service}


@cache
def handlers() -> dict[str, set[str]]:
    """Resource type → what CloudFormation asks for on its way through that resource's life."""
    found = {}
    for path in (DATA / "schemas/resources").glob("*.json"):
        schema = json.loads(path.read_text())
        steps = schema.get("handlers", {})
        lives = (permission for step in ("create", "read", "update", "delete") for permission in steps.get(step, {}).get("permissions", []))
        found.setdefault(schema["typeName"], set()).update(lives)
    return found


def known(action: str) -> dict | None:
    service, _, name = action.partition(":")
    return reference().get(service, {}).get(name.lower())


def faults(policy: dict, kinds: set[str]) -> Iterator[str]:
    """Everything wrong with a policy that should be enough for resources of these kinds, and no more."""
    granted = set()
    for statement in policy["Statement"]:
        sid, everywhere = statement["Sid"], listed(statement["Resource"]) == ["*"]
        if statement["Effect"] != "Allow" or {"NotAction", "NotResource"} & statement.keys():
            yield f"{sid} allows by leaving out"
        for action in listed(statement["Action"]):
            granted.add(action.lower())
            entry = known(action)
            if "*" in action or entry is None:
                yield f"{sid}: {action} is no action"
            elif everywhere == bool(entry.get("Resources")):
                yield f"{sid}: {action} {'takes' if everywhere else 'does not take'} an ARN"
        if not everywhere:
            yield from (f"{sid}: {arn} is everything" for arn in listed(statement["Resource"]) if not re.fullmatch(r"arn:aws:[a-z0-9]+:.+", arn))
    unused = re.compile("|".join(UNUSED.values()))
    for kind in sorted(kinds):
        if not handlers().get(kind):
            yield f"{kind} is not known to cfn-lint"
        needed = {action for action in handlers().get(kind, set()) if known(action) is not None and not unused.fullmatch(action)}
        yield from (f"{kind} needs {action}" for action in sorted(needed) if action.lower() not in granted)
    size = len("".join(json.dumps(policy).split()))
    if size > LARGEST:
        yield f"{size} characters, of {LARGEST}"
