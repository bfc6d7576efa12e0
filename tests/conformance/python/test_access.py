"""Keys and versions."""

import pytest
import stripe
from conftest import VERSION, payment


def test_an_unknown_key(sandbox):
    with pytest.raises(stripe.AuthenticationError) as refused:
        sandbox.client("sk_test_unknown").v1.payment_intents.create(payment())
    assert refused.value.http_status == 401


def test_the_publishable_key_charges_nothing(sandbox):
    with pytest.raises((stripe.AuthenticationError, stripe.PermissionError)) as refused:
        sandbox.client(sandbox.publishable_key).v1.payment_intents.create(payment())
    assert refused.value.error.code == "secret_key_required"


def test_the_flag_needs_payment_method_types(client):
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create(payment(payment_method_types=None))
    assert refused.value.param == "error_on_requires_action"


def test_the_pinned_version_takes_payment_method_types(sandbox):
    assert sandbox.client(version=VERSION).v1.payment_intents.create(payment()).status == "succeeded"


def test_the_sdks_own_version_does_not(sandbox):
    assert stripe.api_version.endswith(".endive")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sandbox.client(version=stripe.api_version).v1.payment_intents.create(payment())
    assert refused.value.code == "payment_method_types_no_longer_supported"


# Last: the module's sandbox has another key from here on.
def test_a_rolled_key(sandbox):
    old = sandbox.client()
    rolled = sandbox.control("POST", "keys/roll")
    with pytest.raises(stripe.AuthenticationError) as refused:
        old.v1.payment_intents.list()
    assert refused.value.error.code == "api_key_expired"
    assert sandbox.client(rolled["secret_key"]).v1.payment_intents.list().object == "list"
