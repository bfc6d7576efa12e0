"""make smoke STAGE=…: the addresses come from the stage's stack."""

import json

import boto3
import pytest
from deploy.terminal import Stop
from moto import mock_aws
from smoke.target import Target

OUTPUTS = {
    "SiteUrl": "https://d111111abcdef8.cloudfront.net",
    "ApiUrl": "https://a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
    "SiteBucketName": "till-test-sitebucket-1x2y3z",
}
BUCKET = "https://till-test-sitebucket-1x2y3z.s3.us-east-1.amazonaws.com"


@pytest.fixture(autouse=True)
def stack(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "local")
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        template = {
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
            "Outputs": {name: {"Value": value} for name, value in OUTPUTS.items()},
        }
        boto3.client("cloudformation", "us-east-1").create_stack(StackName="till-test", TemplateBody=json.dumps(template))
        yield


def test_all_three_are_the_stacks():
    assert Target.of_stage("test") == Target(OUTPUTS["SiteUrl"], OUTPUTS["ApiUrl"], BUCKET)


def test_another_address_of_the_same_shop():
    assert Target.of_stage("test", "https://shop.example") == Target("https://shop.example", OUTPUTS["ApiUrl"], BUCKET)


def test_no_such_stage():
    with pytest.raises(Stop, match="till-live"):
        Target.of_stage("live")
