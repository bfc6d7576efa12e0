"""The sandbox that the questions are put to."""

import pytest
from sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def stripe(sandbox):
    return sandbox.stripe()
