"""The arm64 binary, run by ARM64: this machine's own processor, or qemu."""

import os

import pytest
from desk import Desk
from events import table


@pytest.mark.parametrize("name", ["config", "paid", "declined", "another-card", "void"])
def test_the_arm64_binary_answers(name):
    if not os.environ.get("ARM64"):
        pytest.skip("arm64 is left out: rustup target add aarch64-unknown-linux-gnu")
    event = table()[name]
    with Desk(os.environ["ARM64"].split()) as desk:
        assert desk.play(event).told == event.answer
