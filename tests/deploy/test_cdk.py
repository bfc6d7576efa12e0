"""The other tool: the CDK's own program deploys the same stage, on an AWS on this machine."""

import json

import boto3
import pytest
from conftest import BOOTSTRAP, DEPLOYER, STAGE, run, said

POLICY = "deployer-policy-cdk.json"
CODE = str(BOOTSTRAP.with_name("bootstrap.zip"))
# The parts of `cdk bootstrap` that a deployment looks for.
BUCKET = "cdk-hnb659fds-assets-123456789012-us-east-1"
TOOLKIT = {
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": BUCKET}},
        "Version": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/cdk-bootstrap/hnb659fds/version", "Type": "String", "Value": "30"}},
    },
    "Outputs": {"BucketName": {"Value": BUCKET}},
}


@pytest.fixture(scope="module", autouse=True)
def account(aws, settings_file):
    if not BOOTSTRAP.is_file():
        pytest.fail(f"{BOOTSTRAP} is missing: make package")


def test_an_account_without_the_cdk_is_told_what_to_do():
    done = run("release", "--tool", "cdk", "--code", CODE)
    assert done.returncode == 1 and "npx cdk bootstrap aws://123456789012/us-east-1" in done.stderr, done.stderr


def test_it_deploys_and_is_destroyed(gate):
    boto3.client("cloudformation").create_stack(StackName="CDKToolkit", TemplateBody=json.dumps(TOOLKIT))

    text = said("release", "--tool", "cdk", "--code", CODE, access_key=DEPLOYER)

    assert "(AWS::Lambda::Function)" in text and text.splitlines()[-1] == f"Next      make secret STAGE={STAGE}"
    function = boto3.client("lambda").get_function_configuration(FunctionName=f"till-{STAGE}-payments", Qualifier="live")
    assert function["Runtime"] == "provided.al2023" and function["Environment"]["Variables"]["STAGE"] == STAGE
    bucket = next(one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"] if one["Name"].startswith(f"till-{STAGE}-"))
    assert boto3.client("s3").head_object(Bucket=bucket, Key="index.html")["ContentType"] == "text/html; charset=utf-8"
    done = run("release", "--tool", "sam", "--code", CODE, access_key=DEPLOYER)
    assert done.returncode == 1 and f"was created by CDK: make deploy-cdk STAGE={STAGE}" in done.stderr
    assert gate.refused == set()
    assert gate.idle(*(statement["Sid"] for statement in gate.policy["Statement"])) == {
        "cloudformation:DeleteChangeSet",  # after a no
        "cloudformation:DescribeStackEvents",  # after a failure
        "s3:DeleteObject",  # of a file that is gone from the site
        "s3:GetObject",  # of one that is in the bucket already
    }

    said("destroy")

    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"] if one["Name"].startswith("till-")] == []
    # For the next module: the account as it was.
    boto3.client("s3").delete_objects(Bucket=BUCKET, Delete={"Objects": objects()})
    boto3.client("cloudformation").delete_stack(StackName="CDKToolkit")


def objects() -> list[dict]:
    return [{"Key": one["Key"]} for one in boto3.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
