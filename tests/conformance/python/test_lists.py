"""Listing PaymentIntents: newest first, by pages, by time."""

import pytest
from conftest import payment


@pytest.fixture(scope="module")
def made(sandbox):
    intents = []
    for n in range(12):
        intents.insert(0, sandbox.client().v1.payment_intents.create(payment(amount=1000 + n)))
        sandbox.control("POST", "clock", {"advance_ms": 1000})
    return intents


def test_auto_paging(client, made):
    pages = client.v1.payment_intents.list({"limit": 5})
    assert pages.has_more
    assert [intent.id for intent in pages.auto_paging_iter()] == [intent.id for intent in made]


def test_created(client, made):
    newer, older = made[2].created, made[6].created
    page = client.v1.payment_intents.list({"created": {"gte": older, "lte": newer}, "limit": 100})
    assert ([intent.id for intent in page.data], page.has_more) == ([intent.id for intent in made[2:7]], False)
