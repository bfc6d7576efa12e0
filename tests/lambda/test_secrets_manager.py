"""The key comes from a Secrets Manager that is not ours: moto's, over the real SDK's wire."""

import json

import boto3
import pytest
from desk import SECRET_KEY, Desk
from events import table
from moto.server import ThreadedMotoServer

EVENTS = table()


@pytest.fixture(scope="module")
def moto():
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    yield "http://{}:{}".format(*server.get_host_and_port())
    server.stop()


@pytest.fixture
def manager(moto):
    """A client of an empty Secrets Manager."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    client = boto3.client("secretsmanager", endpoint_url=moto, region_name="us-east-1", **keys)
    for secret in client.list_secrets(IncludePlannedDeletion=True)["SecretList"]:
        client.delete_secret(SecretId=secret["ARN"], ForceDeleteWithoutRecovery=True)
    return client


def secret(key: str) -> str:
    return json.dumps({"secret_key": key})


def desk_with(command, moto, secret_id) -> Desk:
    return Desk(command, {"AWS_ENDPOINT_URL": moto, "STRIPE_SECRET_ID": secret_id})


@pytest.mark.parametrize("by", ["Name", "ARN"])
def test_the_key_is_read_and_a_rotation_during_use_fails_no_payment(command, moto, manager, by):
    created = manager.create_secret(Name="till/stripe", SecretString=secret(SECRET_KEY))
    with desk_with(command, moto, created[by]) as desk:
        assert desk.play(EVENTS["paid"]).told == EVENTS["paid"].answer
        # Stripe rolls the key, and a new AWSCURRENT says so.
        rolled = desk.control("POST", "keys/roll")["secret_key"]
        assert rolled != SECRET_KEY
        manager.put_secret_value(SecretId="till/stripe", SecretString=secret(rolled))
        for name in ("paid", "declined", "another-card", "void"):
            assert desk.play(EVENTS[name]).told == EVENTS[name].answer, desk.logged()
        told = [line for line in desk.logged() if line["event"] == "payment"]
        # The first payment under the dead key meets a 401, reads the secret, and goes on.
        assert [line["attempts"] for line in told[:3]] == [1, 2, 1]
        assert not any(key in json.dumps(desk.logged()) for key in (SECRET_KEY, rolled))


@pytest.mark.parametrize("state", ["missing", "without a value", "binary", "about to be deleted", "of live mode", "no JSON"])
def test_a_secret_that_will_not_do_stops_payments_and_says_why(command, moto, manager, state):
    if state != "missing":
        value = {
            "without a value": {},
            "binary": {"SecretBinary": secret(SECRET_KEY).encode()},
            "of live mode": {"SecretString": secret(SECRET_KEY.replace("test", "live"))},
            "no JSON": {"SecretString": SECRET_KEY},
        }
        manager.create_secret(Name="till/stripe", **value.get(state, {"SecretString": secret(SECRET_KEY)}))
    if state == "about to be deleted":
        manager.delete_secret(SecretId="till/stripe", RecoveryWindowInDays=7)
    with desk_with(command, moto, "till/stripe") as desk:
        assert desk.play(EVENTS["paid"]).told == EVENTS["service-unavailable"].answer
        assert desk.play(EVENTS["paid-again"]).told == EVENTS["unknown"].answer
        trouble = [line["message"] for line in desk.logged() if line["event"] == "trouble"]
        assert trouble and all(message.startswith("the secret") for message in trouble), trouble
        assert SECRET_KEY not in json.dumps(desk.logged())
        # Put right, it is used by the next payment.
        if state == "missing":
            manager.create_secret(Name="till/stripe", SecretString=secret(SECRET_KEY))
        elif state == "about to be deleted":
            manager.restore_secret(SecretId="till/stripe")
        else:
            manager.put_secret_value(SecretId="till/stripe", SecretString=secret(SECRET_KEY))
        assert desk.play(EVENTS["paid"]).told == EVENTS["paid"].answer
