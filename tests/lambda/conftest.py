"""The binary that ships, at a desk: cargo-lambda's emulator before it, the Stripe sandbox behind it."""

import os
from pathlib import Path

import pytest
from desk import Answer, Desk


@pytest.fixture(scope="session")
def command() -> list[Path]:
    """How the binary is run: BOOTSTRAP, which `make package` builds."""
    program = Path(os.environ.get("BOOTSTRAP", "BOOTSTRAP"))
    if not program.exists():
        pytest.fail(f"{program} is missing: make package")
    return [program]


@pytest.fixture(scope="module")
def desk(command):
    """A desk for every test of a module that changes nothing at it."""
    with Desk(command) as running:
        yield running


@pytest.fixture(scope="session")
def desk_for(command):
    """Desks by what the function is set to: events that need the same are sent to the same process, one after the other."""
    desks = {}

    def find(event) -> Desk:
        wanted = tuple(step for step in event.first if "=" in step or step.startswith("secret "))
        if wanted not in desks:
            desks[wanted] = Desk.for_event(command, event).__enter__()
        return desks[wanted]

    yield find
    for desk in desks.values():
        desk.__exit__()


@pytest.fixture(scope="session")
def answer_to(desk_for):
    """The answer to an event, which is sent once."""
    answers = {}

    def find(event) -> Answer:
        if event.name not in answers:
            answers[event.name] = desk_for(event).play(event)
        return answers[event.name]

    return find
