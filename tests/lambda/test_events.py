"""Every event of events/, by `cargo lambda invoke --data-file`, and its answer."""

import time
import uuid

import pytest
from events import CHECKOUT, FOLDER, mint, table

EVENTS = table()


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_an_event_is_answered_as_its_row_says(desk_for, answer_to, event):
    desk, answer = desk_for(event), answer_to(event)
    assert answer.told == event.answer, answer.returned
    assert answer.body.get("checkout", "") == event.checkout
    if event.status != "error":
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "application/json"
    # The process lives, whatever came.
    assert desk.play(EVENTS["config"]).told[0] != "error"
    assert desk.function.poll() is None


def test_every_file_has_its_row():
    assert {file.stem for file in FOLDER.glob("*.json")} == set(EVENTS)
    assert len(EVENTS) >= 20


def test_a_checkout_is_minted_when_its_event_is_sent():
    minted = uuid.UUID(mint())
    assert (minted.version, minted.variant) == (7, uuid.RFC_4122)
    assert abs((minted.int >> 80) - time.time() * 1000) < 60_000
    assert len({mint() for _ in range(1000)}) == 1000
    assert CHECKOUT not in EVENTS["paid"].text(mint())


def test_a_file_sent_as_it_stands_is_a_checkout_of_1970(desk):
    assert desk.invoke((FOLDER / "paid.json").read_text()).told == ("410", "not_attempted", "checkout_expired")
