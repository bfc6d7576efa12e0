"""One key, one execution."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe
from conftest import payment


@pytest.fixture
def key():
    return str(uuid.uuid4())


def create(client, key, **changes):
    return client.v1.payment_intents.create(payment(**changes), {"idempotency_key": key})


def delay(sandbox, milliseconds):
    next_post = {"method": "POST", "path": "/v1/payment_intents*", "times": 1}
    sandbox.control("PUT", "faults", [{"match": next_post, "fault": {"delay": {"ms": milliseconds}}}])


def test_replay(client, key):
    first, second = create(client, key), create(client, key)
    assert second.to_dict() == first.to_dict()
    assert "idempotent-replayed" not in first.last_response.headers
    assert second.last_response.headers["idempotent-replayed"] == "true"


def test_replayed_decline(client, key):
    bodies = []
    for replayed in (None, "true"):
        with pytest.raises(stripe.CardError) as declined:
            create(client, key, payment_method="pm_card_visa_chargeDeclined")
        assert declined.value.headers.get("idempotent-replayed") == replayed
        bodies.append(declined.value.http_body)
    assert bodies[0] == bodies[1]


def test_mismatch(client, key):
    create(client, key)
    with pytest.raises(stripe.IdempotencyError) as refused:
        create(client, key, amount=2099)
    assert (refused.value.http_status, refused.value.error.type) == (400, "idempotency_error")


def test_validation_errors_are_not_kept(client, key):
    with pytest.raises(stripe.InvalidRequestError):
        create(client, key, amount=None)
    assert create(client, key).status == "succeeded"


def test_in_use(sandbox, client, key):
    delay(sandbox, 1500)
    with ThreadPoolExecutor(2) as pool:
        attempts = [pool.submit(create, sandbox.client(), key) for _ in range(2)]
    errors = [attempt.exception() for attempt in attempts if attempt.exception()]
    charged = [attempt.result() for attempt in attempts if not attempt.exception()]
    assert [intent.status for intent in charged] == ["succeeded"]
    assert [(error.http_status, error.error.code) for error in errors] == [(409, "idempotency_key_in_use")]


def test_the_sdk_retries_until_the_key_is_free(sandbox, client, key):
    delay(sandbox, 700)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: create(sandbox.client(retries=5), key), range(2))
    assert one.id == other.id


# Last: from here on, the sandbox's clock is more than a day ahead.
def test_a_key_is_kept_for_24_hours(sandbox, client, key):
    hour = 3_600_000
    first = create(client, key)
    sandbox.control("POST", "clock", {"advance_ms": 24 * hour - 60_000})
    assert create(client, key).id == first.id
    sandbox.control("POST", "clock", {"advance_ms": 120_000})
    assert create(client, key).id != first.id
