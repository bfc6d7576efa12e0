"""A stage from its first deployment to its end, with SAM, on an AWS on this machine. In the order of its life."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from argparse import Namespace
from contextlib import ExitStack

import boto3
import pytest
from conftest import ARCHITECTURE, BOOTSTRAP, DEPLOYER, ROOT, STAGE, Shop, at_a_terminal, run, said
from deploy import rotate, switch
from deploy.function import Function, checkout_id
from deploy.terminal import Stop
from desk import ACCOUNT, PUBLISHABLE_KEY, SECRET_KEY, Desk
from smoke.target import Target

POLICY = "deployer-policy.json"
SITE = ROOT / "static-site"
CODE = BOOTSTRAP.with_name("bootstrap.zip")


def stack() -> dict:
    return boto3.client("cloudformation").describe_stacks(StackName=f"till-{STAGE}")["Stacks"][0]


def outputs() -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack()["Outputs"]}


def served() -> dict:
    return boto3.client("lambda").get_function_configuration(FunctionName=outputs()["FunctionName"], Qualifier="live")


def objects() -> dict[str, dict]:
    """What is in the site's bucket: type, caching and bytes by path."""
    s3, bucket = boto3.client("s3"), outputs()["SiteBucketName"]
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    got = {key: s3.get_object(Bucket=bucket, Key=key) for key in keys}
    return {key: {"type": one["ContentType"], "cache": one["CacheControl"], "bytes": one["Body"].read()} for key, one in got.items()}


def invalidated() -> list[str]:
    cloudfront, distribution = boto3.client("cloudfront"), outputs()["DistributionId"]
    ids = [one["Id"] for one in cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])]
    batches = [cloudfront.get_invalidation(DistributionId=distribution, Id=one)["Invalidation"]["InvalidationBatch"] for one in ids]
    newest = max(batches, key=lambda batch: batch["CallerReference"])
    return sorted(newest["Paths"]["Items"])


@pytest.fixture(scope="module", autouse=True)
def account(aws, settings_file):
    if not BOOTSTRAP.is_file():
        pytest.fail(f"{BOOTSTRAP} is missing: make package")
    return aws


def test_nothing_happens_without_a_yes():
    done = run("release", "--tool", "sam", "--code", str(CODE), confirm="")
    assert done.returncode == 1
    assert f"Nobody is here to be asked. To say yes beforehand: CONFIRM={STAGE}" in done.stderr
    assert "+ Payments (AWS::Lambda::Function)" in done.stdout
    waiting = boto3.client("cloudformation").list_change_sets(StackName=f"till-{STAGE}")["Summaries"]
    assert [one for one in waiting if one["ExecutionStatus"] == "AVAILABLE"] == []
    assert boto3.client("lambda").list_functions()["Functions"] == []


def test_the_deployer_who_gets_no_yes_leaves_a_name_and_nothing_behind_it(gate):
    """It may not remove a stack, not even an empty one; the next deployment fills it."""
    done = run("release", "--tool", "sam", "--code", str(CODE), confirm="no", access_key=DEPLOYER)
    assert (done.returncode, done.stderr) == (1, "Nothing was changed.\n")
    assert stack()["StackStatus"] == "REVIEW_IN_PROGRESS"
    assert {action for action, _ in gate.refused} == {"cloudformation:DeleteStack"}


def test_the_first_deployment(gate):
    text = said("release", "--tool", "sam", "--code", str(CODE), access_key=DEPLOYER)
    assert outputs()["SiteUrl"] in text
    assert text.splitlines()[-1] == f"Next      make secret STAGE={STAGE}"


def test_the_function_is_what_was_packaged_and_set():
    function = served()
    assert function["Runtime"] == "provided.al2023" and function["Handler"] == "bootstrap" and function["Architectures"] == [ARCHITECTURE]
    assert function["MemorySize"] == 256 and function["Timeout"] == 25
    settings = function["Environment"]["Variables"]
    assert settings["STRIPE_PUBLISHABLE_KEY"] == PUBLISHABLE_KEY and settings["STAGE"] == STAGE
    assert settings["STRIPE_SECRET_ID"] == outputs()["StripeSecretArn"] and settings["SITE_ORIGIN"] == outputs()["SiteUrl"]
    location = boto3.client("lambda").get_function(FunctionName=function["FunctionName"])["Code"]
    assert location["RepositoryType"] == "S3"
    zips = {hashlib.sha256(body).hexdigest() for body in packages()}
    assert hashlib.sha256(CODE.read_bytes()).hexdigest() in zips


def packages() -> list[bytes]:
    """What SAM uploaded for the stage."""
    s3 = boto3.client("s3")
    bucket = next(one["Name"] for one in s3.list_buckets()["Buckets"] if one["Name"].startswith("aws-sam-cli"))
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix=f"till-{STAGE}/").get("Contents", [])]
    return [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys]


def test_the_bucket_is_encrypted():
    """Moto leaves out that it is private: `make smoke` asks a real one."""
    bucket = outputs()["SiteBucketName"]
    rule = boto3.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_the_role_reads_one_secret():
    iam = boto3.client("iam")
    role = served()["Role"].split("/")[-1]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    statements = (ast.literal_eval(document) if isinstance(document, str) else document)["Statement"]  # moto hands out Python's text
    reads = [one for one in statements if "secretsmanager:GetSecretValue" in one["Action"]]
    assert [one["Resource"] for one in reads] == [outputs()["StripeSecretArn"]]


def test_logs_are_kept_ninety_days():
    groups = boto3.client("logs").describe_log_groups()["logGroups"]
    kept = {group["logGroupName"]: group.get("retentionInDays") for group in groups}
    assert kept == {f"/aws/lambda/till-{STAGE}-payments": 90, f"/aws/vendedlogs/till-{STAGE}-api": 90}


def test_the_site_is_in_the_bucket_as_it_is():
    there = objects()
    files = {path.relative_to(SITE).as_posix(): path for path in SITE.rglob("*") if path.is_file()}
    assert {key: one["bytes"] for key, one in there.items()} == {key: path.read_bytes() for key, path in files.items()}
    fresh = "public, max-age=0, s-maxage=31536000, must-revalidate"
    told = {key: (one["type"], one["cache"]) for key, one in there.items()}
    assert told["index.html"] == ("text/html; charset=utf-8", fresh)
    assert told["app/page.js"] == ("text/javascript; charset=utf-8", fresh)
    assert told["style.css"] == ("text/css; charset=utf-8", fresh)
    assert told["catalog.json"] == ("application/json", fresh)
    assert told["images/mark.svg"] == ("image/svg+xml", "public, max-age=86400, s-maxage=31536000")
    assert invalidated() == ["/*"]


def test_deploying_the_same_changes_nothing(gate):
    """By make, with the package that it makes: nothing is compiled again, and not a byte differs."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": DEPLOYER, "CONFIRM": ""}
    command = ["make", "deploy", f"STAGE={STAGE}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no change" in done.stdout and "0 of" in done.stdout


@pytest.fixture
def shop(account):
    """The stage's shop, Stripe's sandbox behind it; `shop.renew()` lets another environment of the function serve it, which has read nothing yet."""
    settings = {"AWS_ENDPOINT_URL": account, "STRIPE_SECRET_ID": outputs()["StripeSecretArn"], "SITE_ORIGIN": None}
    with ExitStack() as opened:
        shop = Shop(lambda **more: opened.enter_context(Desk([BOOTSTRAP], settings | more)))
        client, name = boto3.client("lambda"), outputs()["FunctionName"]
        variables = {**served()["Environment"]["Variables"], "STRIPE_API_BASE": shop.stripe}
        client.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        version = client.publish_version(FunctionName=name)["Version"]
        client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
        yield shop


def secret() -> dict:
    return json.loads(boto3.client("secretsmanager").get_secret_value(SecretId=outputs()["StripeSecretArn"])["SecretString"])


def pay(shop: Shop) -> str:
    """A payment's outcome."""
    function = Function(shop.url)
    config, item = function.config(), function.catalog()["items"][0]
    order = {"items": [{"sku": item["sku"], "quantity": 1}], "currency": "usd", "expected_total": item["prices"]["usd"]}
    body = {**order, "payment_method": "pm_card_visa", "publishable_key": config["publishable_key"]}
    return function.pay(body, checkout_id(config["now"])).outcome


def test_a_wrong_key_is_not_stored(shop):
    for typed, why in [
        (PUBLISHABLE_KEY, "a publishable key, which is public"),
        ("hunter2hunter2", "no secret key of Stripe's"),
        (f"sk_live_{ACCOUNT}secret", "of live mode, but the stage's publishable key is of test mode"),
        (f"sk_test_{ACCOUNT}wrong", "Stripe does not know this key"),
    ]:
        done = run("secret", typed=typed + "\n")
        assert done.returncode == 1 and why in done.stderr, done.stderr
    with pytest.raises(boto3.client("secretsmanager").exceptions.ResourceNotFoundException):
        secret()


def test_the_binary_that_ships_lives_by_the_secret(shop, monkeypatch):
    """It fetches what `make secret` has put, pauses and resumes, and takes a rotated key."""
    boto3.client("secretsmanager").put_secret_value(SecretId=outputs()["StripeSecretArn"], SecretString='{"note": "kept"}')
    shown = at_a_terminal("secret", "it is not shown): ", SECRET_KEY)
    assert SECRET_KEY not in shown and "restricted" in shown and shown.splitlines()[-1].endswith(f"make smoke STAGE={STAGE}")
    assert secret() == {"note": "kept", "secret_key": SECRET_KEY}
    assert "Nothing was changed" in said("secret", typed=SECRET_KEY + "\n")
    shop.renew()
    assert pay(shop) == "paid"

    text = said("switch", "--to", "pause", "--url", shop.url)  # with its true minute: the same environment learns of it
    assert "It holds: the function refuses payments" in text
    assert secret() == {"note": "kept", "secret_key": SECRET_KEY, "payments": "paused"}
    assert pay(shop) == "not_attempted"
    assert run("rotate", "--url", shop.url, typed="\n").stderr.startswith("Payments are paused")

    for verb in (switch, rotate):
        monkeypatch.setattr(verb, "wait", lambda *_: shop.renew())
    switch.main(Namespace(stage=STAGE, to="resume", url=shop.url))
    assert secret() == {"note": "kept", "secret_key": SECRET_KEY}
    assert pay(shop) == "paid"

    new = shop.first.control("POST", "keys/roll")["secret_key"]
    monkeypatch.setattr(rotate, "ask_secret", lambda _: new)
    monkeypatch.setattr(rotate, "wait", lambda *_: shop.renew() or shop.first.control("PUT", "faults", [{"fault": "forbidden"}]))
    with pytest.raises(Stop, match="The old one is back in its place"):
        rotate.main(Namespace(stage=STAGE, url=shop.url))
    assert secret() == {"note": "kept", "secret_key": SECRET_KEY}

    monkeypatch.setattr(rotate, "wait", lambda *_: shop.renew())
    shop.first.control("DELETE", "faults")
    rotate.main(Namespace(stage=STAGE, url=shop.url))
    assert secret() == {"note": "kept", "secret_key": new}
    assert pay(shop) == "paid"


def test_a_second_deployment_with_another_price(tmp_path):
    site, code = tmp_path / "site", tmp_path / "bootstrap.zip"
    shutil.copytree(SITE, site)
    catalog = json.loads((site / "catalog.json").read_text())
    catalog["items"][0]["prices"]["usd"] += 100
    (site / "catalog.json").write_text(json.dumps(catalog))
    (site / "images/mark.svg").rename(site / "images/another.svg")
    shutil.copy(CODE, code)
    with zipfile.ZipFile(code, "a") as package:  # stands for the function that is compiled with the new price
        package.writestr("price", "another")
    before, was = served(), objects()

    text = said("release", "--tool", "sam", "--code", str(code), "--site", str(site), access_key=DEPLOYER)

    assert "~ Payments (AWS::Lambda::Function)" in text and "- SiteBucket" not in text
    assert served()["Version"] != before["Version"] and served()["CodeSha256"] != before["CodeSha256"]
    now = objects()
    assert json.loads(now["catalog.json"]["bytes"]) == catalog
    assert "images/mark.svg" not in now and now["images/another.svg"]["bytes"] == was["images/mark.svg"]["bytes"]
    assert invalidated() == ["/", "/catalog.json", "/images/another.svg", "/images/mark.svg"]
    assert "2 of" in text and "1 removed" in text


@pytest.mark.parametrize("verb", [["secret"], ["rotate"], ["switch", "--to", "pause"], ["destroy"]], ids=lambda verb: verb[0])
def test_what_is_a_persons_is_refused_to_the_deployer(gate, verb):
    before = secret(), objects()
    done = run(*verb, typed=f"{SECRET_KEY}\n", access_key=DEPLOYER)
    assert done.returncode == 1 and done.stderr.startswith("AWS refused ") and "AccessDenied" in done.stderr, done.stderr
    assert (secret(), objects()) == before


def test_the_deployer_may_make_no_call_that_nobody_makes(gate):
    """Of the verbs' own and SAM's calls; what CloudFormation needs besides is in tests/infra/test_deployer.py."""
    of_calls = ("Stack", "SamTransform", "SamBucketByName", "SamPackages", "SiteFiles")
    assert gate.idle(*of_calls) == {
        "cloudformation:DescribeStackEvents",  # after a failure
        "s3:GetObjectVersion",  # CloudFormation and Lambda read the package
    }


def test_smoke_learns_the_addresses_as_the_deployer(gate, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", DEPLOYER)
    assert Target.of_stage(STAGE).site == outputs()["SiteUrl"]


def test_the_other_tool_is_refused():
    done = run("release", "--tool", "cdk", "--code", str(CODE))
    assert done.returncode == 1 and f"was created by SAM: make deploy STAGE={STAGE}" in done.stderr


def test_destroy_asks_and_leaves_nothing():
    done = run("destroy", confirm="")
    assert done.returncode == 1 and f"CONFIRM={STAGE}" in done.stderr
    assert run("destroy", confirm="yes").stderr.strip() == "Nothing was changed."
    assert objects()

    text = said("destroy")

    assert "What stays" in text and "Stripe's Dashboard" in text
    assert boto3.client("lambda").list_functions()["Functions"] == []
    assert boto3.client("iam").list_roles()["Roles"] == []
    assert boto3.client("logs").describe_log_groups()["logGroups"] == []
    assert boto3.client("secretsmanager").list_secrets()["SecretList"] == []
    assert "Items" not in boto3.client("cloudfront").list_distributions()["DistributionList"]
    assert boto3.client("apigatewayv2").get_apis()["Items"] == []
    assert [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"] if not one["Name"].startswith("aws-sam-cli")] == []
    assert packages() == []
    assert run("destroy").stderr.startswith(f"There is no stack till-{STAGE}")
