"""The storefront of `cargo run`, and `make smoke` before it."""

import json
import os
import re
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from smoke.report import Report
from smoke.shop import Shop
from smoke.target import Target

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))


@dataclass
class Till:
    """A running storefront and its sandbox, by their addresses."""

    url: str
    sandbox: str

    def charges(self) -> list[dict[str, Any]]:
        """Of all cards that were charged."""
        with urllib.request.urlopen(f"{self.sandbox}/_sandbox/ledger", timeout=10) as ledger:
            return [charge for charge in json.load(ledger)["charges"] if charge["paid"]]


@pytest.fixture(scope="session")
def till() -> Iterator[Till]:
    program = TARGET / "debug/till"
    if not program.exists():
        pytest.fail(f"{program} is missing: make build")
    process = subprocess.Popen([program, "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    found: dict[str, str] = {}
    while len(found) < 2:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"{program} ended")
        if match := re.match(r"(Storefront|Sandbox) +(http://\S+)", line):
            found[match[1]] = match[2]
    yield Till(found["Storefront"], found["Sandbox"])
    process.terminate()
    process.wait(10)


class Notes(Report):
    """A report that keeps its lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        super().__init__(self.lines.append)

    @property
    def failures(self) -> list[str]:
        return [line for line in self.lines if line.startswith("✗")]


@pytest.fixture
def notes() -> Callable[..., Notes]:
    """Runs one check against a shop, and gives what it noted."""

    def run(check: Callable[[Shop, Report], None], url: str, **addresses: str) -> Notes:
        taken = Notes()
        check(Shop(Target(url, **addresses)), taken)
        return taken

    return run
