"""The sandbox as a process of its own, on a free port of 127.0.0.1."""

import json
import os
import re
import subprocess
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from client import Stripe

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).resolve().parents[2] / "target"))
PRINTED = {
    "url": r"http://127\.0\.0\.1:\d+",
    "secret_key": r"sk_test_\w+",
    "restricted_key": r"rk_test_\w+",
    "publishable_key": r"pk_test_\w+",
}


class Sandbox:
    """A running sandbox: its address and keys as it printed them, and its controls."""

    def __init__(self):
        program = TARGET / "debug/sandbox"
        if not program.is_file():
            raise FileNotFoundError(f"{program} is missing: make build")
        self.process = subprocess.Popen([program, "--port", "0"], stdout=subprocess.PIPE, text=True)
        printed = ""
        while not all(re.search(pattern, printed) for pattern in PRINTED.values()):
            line = self.process.stdout.readline()
            if not line:
                raise OSError(f"{program} ended, having said: {printed}")
            printed += line
        for name, pattern in PRINTED.items():
            setattr(self, name, re.search(pattern, printed)[0])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()

    def stripe(self, client: type[Stripe] = Stripe, *, patience: float = 10) -> Stripe:
        keys = {"restricted_key": self.restricted_key, "publishable_key": self.publishable_key}
        return client(self.url, self.secret_key, **keys, patience=patience, sandbox=self)

    def control(self, method: str, path: str, body: object = None, form: dict | None = None):
        """One of the sandbox's own controls, by its path under /_sandbox/."""
        data = urlencode(form) if form else json.dumps(body) if body is not None else ""
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data.encode() or None, method=method)
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    @contextmanager
    def behaving(self, **switches):
        """With these switches turned, and turned back afterwards."""
        before = self.control("GET", "behaviour")
        self.control("PUT", "behaviour", switches)
        try:
            yield
        finally:
            self.control("PUT", "behaviour", {name: before[name] for name in switches})

    @contextmanager
    def failing(self, fault, **match):
        """With a fault on what `match` names."""
        self.control("PUT", "faults", [{"match": match, "fault": fault}])
        try:
            yield
        finally:
            self.control("DELETE", "faults")

    def pass_hours(self, hours: float) -> None:
        self.control("POST", "clock", {"advance_ms": int(hours * 3_600_000)})

    def challenge(self, intent: dict, result: str) -> None:
        """What Stripe.js does once the shopper has ended the bank's challenge: complete, fail or cancel."""
        self.control("POST", f"3ds/{intent['id']}", form={"client_secret": intent["client_secret"], "result": result})
