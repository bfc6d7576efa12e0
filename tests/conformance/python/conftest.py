"""The sandbox as a process of its own, and Stripe's Python SDK as its client."""

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path

import pytest
import stripe

VERSION = "2026-07-29.dahlia"
HERE = Path(__file__).resolve().parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parents[2] / "target"))
CARDS = json.loads((HERE.parent / "fixtures/cards.json").read_text())


class Sandbox:
    """A running sandbox: its address and keys, as it printed them."""

    def __init__(self):
        program = TARGET / "debug" / "sandbox"
        if not program.exists():
            pytest.fail(f"{program} is missing: make build")
        self.process = subprocess.Popen([program, "--port", "0"], stdout=subprocess.PIPE, text=True)
        wanted = {"url": r"http://127\.0\.0\.1:\d+", "secret_key": r"sk_test_\w+", "publishable_key": r"pk_test_\w+"}
        printed = ""
        while not all(re.search(pattern, printed) for pattern in wanted.values()):
            line = self.process.stdout.readline()
            if not line:
                pytest.fail(f"{program} ended, having said: {printed}")
            printed += line
        for name, pattern in wanted.items():
            setattr(self, name, re.search(pattern, printed)[0])

    def client(self, key=None, version=VERSION, retries=0):
        """Stripe's own client; without retries, so that each answer is seen."""
        return stripe.StripeClient(
            key or self.secret_key,
            base_addresses={"api": self.url},
            stripe_version=version,
            max_network_retries=retries,
            http_client=stripe.RequestsClient(timeout=10),
        )

    def control(self, method, path, body=None):
        """One of the sandbox's own controls, by its path under /_sandbox/."""
        request = urllib.request.Request(
            f"{self.url}/_sandbox/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def sandbox():
    running = Sandbox()
    yield running
    running.stop()


@pytest.fixture
def client(sandbox):
    return sandbox.client()


def payment(**changes):
    """The guide's request: create and confirm in one call, authentication declined. None leaves a parameter out."""
    parameters = {
        "amount": 1099,
        "currency": "usd",
        "payment_method": "pm_card_visa",
        "payment_method_types": ["card"],
        "confirm": True,
        "error_on_requires_action": True,
        **changes,
    }
    return {name: value for name, value in parameters.items() if value is not None}
