"""make destroy: removes a stage, and names what stays."""

from argparse import Namespace

from botocore.exceptions import WaiterError

from deploy.stage import Stage
from deploy.terminal import Stop, confirm, say, verb

SAM_BUCKET_STACK = "aws-sam-cli-managed-default"
STAYS = """\
What stays, and what to do with it:
  - Stripe's key: Secrets Manager keeps {secret}
    for 30 days, costs nothing for it, and nobody can read it meanwhile. At once: aws secretsmanager delete-secret --force-delete-without-recovery
    --secret-id {secret}. The key itself lives on: delete it in Stripe's Dashboard.
  - Payments, and everything about them, in Stripe.
  - CloudWatch's metrics, for 15 months; they cost nothing.
  - What the tools use for all stages of the account: SAM's bucket (stack {sam}), the CDK's (stack CDKToolkit) with old zips in it.
  - A DNS record and a certificate, if the shop had a domain of its own.
  - infra/stages/{stage}.json in this repository."""


def main(options: Namespace) -> None:
    stage = Stage(options.stage)
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stage.stack.get("Outputs", [])}
    bucket = outputs.get("SiteBucketName")
    say(f"Account {stage.account}, stack {stage.stack_name}, {stage.stack['StackStatus']}.")
    question = f"The shop at {outputs.get('SiteUrl', '(no address yet)')}, its logs, alarms and site are removed, and cannot be brought back."
    confirm(question, stage.name)

    s3 = stage.client("s3")
    if bucket:
        empty(s3, bucket)
    packages = sam_bucket(stage)
    if packages:
        empty(s3, packages, prefix=f"{stage.stack_name}/")
    say("CloudFormation removes the stack; CloudFront takes some minutes for its part …")
    cloudformation = stage.client("cloudformation")
    cloudformation.delete_stack(StackName=stage.stack["StackId"])
    try:
        waiter = cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=stage.stack["StackId"], WaiterConfig={"Delay": 10, "MaxAttempts": 180})
    except WaiterError:
        raise Stop("\n".join(["The stack could not be removed whole:", *failures(cloudformation, stage), "Remove that by hand, and say it again."])) from None
    say(f"{stage.stack_name} is removed.", STAYS.format(secret=outputs.get("StripeSecretArn", "the secret"), sam=SAM_BUCKET_STACK, stage=stage.name))


def empty(s3, bucket: str, prefix: str = "") -> None:
    """Removes every object below the prefix, in every version of it."""
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
        found = [{"Key": part["Key"], "VersionId": part["VersionId"]} for part in page.get("Versions", []) + page.get("DeleteMarkers", [])]
        if found:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
            count += len(found)
    say(f"Bucket {bucket}{f', {prefix}' if prefix else ''}: {count} objects removed.")


def sam_bucket(stage: Stage) -> str | None:
    """Where SAM keeps zips, if it was ever used in this account."""
    found = stage.find_stack(SAM_BUCKET_STACK) or {}
    return next((output["OutputValue"] for output in found.get("Outputs", []) if output["OutputKey"] == "SourceBucket"), None)


def failures(cloudformation, stage: Stage) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=stage.stack["StackId"])["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"] == "DELETE_FAILED"]
    return [f"  - {event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}" for event in failed]


if __name__ == "__main__":
    verb(main, __doc__)
