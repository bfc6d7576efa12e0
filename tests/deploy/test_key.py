"""Which account a key belongs to: infra/deploy and the function have one rule (functions/payments/tests/api/accounts.rs reads the same list)."""

import json
from pathlib import Path

import pytest
from deploy import key
from deploy.terminal import Stop

KEYS = [(entry["key"], entry["characters"], entry["account"]) for entry in json.loads((Path(__file__).parent / "keys.json").read_text())]


def filled(start: str, characters: int) -> str:
    """The key, with so many characters after its mode."""
    return start.ljust(len("sk_test_") + characters, "x")


@pytest.mark.parametrize(("start", "characters", "account"), KEYS)
def test_a_key_names_its_account_or_none(start, characters, account):
    assert key.account_of(filled(start, characters)) == account


def test_a_key_of_another_account_is_refused_where_both_name_one():
    publishable = filled("pk_test_51Account0000002", 99)
    with pytest.raises(Stop, match="another Stripe account"):
        key.check(filled("rk_test_51Account0000001", 41), publishable)
    key.check(filled("rk_test_51Account0000002", 41), publishable)
    # Too short to say.
    key.check(filled("rk_test_51Account0000001", 40), publishable)
