"""The function's own binary, run as Lambda runs it: cargo-lambda's emulator before it, the Stripe sandbox behind it, all on 127.0.0.1."""

import json
import os
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import events

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
# The account of events/: the same keys at every start, so that a file can name the publishable one.
ACCOUNT = "51TillDesk00000"
SECRET_KEY, PUBLISHABLE_KEY = f"sk_test_{ACCOUNT}secret", f"pk_test_{ACCOUNT}publishable"
SITE_ORIGIN = "https://shop.example"
CARD = {"type": "card", "card[exp_month]": "12", "card[exp_year]": "2040", "card[cvc]": "123"}
FUNCTION = "_"  # the emulator's name for a function that it did not build itself


@dataclass(frozen=True)
class Answer:
    """What an invocation returned: an API Gateway response, or Lambda's own error (`errorType`, `errorMessage`)."""

    returned: dict

    @classmethod
    def read(cls, text: str | bytes) -> "Answer":
        """From what the Invoke API has sent."""
        return cls(json.loads(text))

    @cached_property
    def body(self) -> dict:
        return json.loads(self.returned.get("body") or "{}")

    @property
    def headers(self) -> dict[str, str]:
        return self.returned.get("headers", {})

    @property
    def told(self) -> tuple[str, str, str]:
        """Status, outcome and code, as the table of events has them."""
        status = str(self.returned.get("statusCode", "error"))
        return status, self.body.get("outcome", ""), self.body.get("error", {}).get("code", "")


def function_settings(stripe: str) -> dict[str, str]:
    """The function's environment before the sandbox at `stripe`."""
    return {
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "desk",
        "AWS_SECRET_ACCESS_KEY": "desk",
        "AWS_ENDPOINT_URL": stripe,
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_ID": "till/stripe",
        "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
        "SITE_ORIGIN": SITE_ORIGIN,
        "STAGE": "desk",
    }


class Desk:
    """Sandbox, emulator and function. `settings` change the function's; None takes one away."""

    invocations = f"/2015-03-31/functions/{FUNCTION}/invocations"

    def __init__(self, command: list, settings: dict[str, str | None] | None = None, faults: list[dict] | None = None):
        self.command, self.settings, self.faults = command, settings or {}, faults or []
        self.processes: list[subprocess.Popen] = []

    @classmethod
    def for_event(cls, command: list, event: events.Event) -> "Desk":
        """As the event needs it."""
        return cls(command, event.settings, [rule(step) for step in event.first if step.startswith("secret ")])

    def __enter__(self) -> "Desk":
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The function first: an emulator that outlives its function's open request for the next event would lose that event.
        for process in reversed(self.processes):
            process.terminate()
            process.wait(10)

    def _start(self):
        self.stripe = self._start_sandbox()
        self.control("PUT", "faults", self.faults)
        self.port = free_port()
        emulator = ["cargo", "lambda", "watch", "--only-lambda-apis", *self._address, "--disable-cors", "--quiet"]
        self._run(emulator, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: listens(self.port), "cargo-lambda's emulator did not start: is it installed (make install)?")
        self.log = tempfile.TemporaryFile("w+")  # not a pipe: nobody reads while the function runs
        self.function = self._run(self.command, env=self._environment(), stdout=self.log, stderr=self.log)
        wait_until(lambda: any(line["event"] == "start" for line in self.logged()), "the function did not start")

    def _start_sandbox(self) -> str:
        command = [TARGET / "debug/sandbox", "--port", "0", "--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY]
        sandbox = self._run(command, stdout=subprocess.PIPE, text=True)
        for line in sandbox.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+", line):
                return found[0]
        raise RuntimeError("the sandbox did not start")

    @property
    def _address(self) -> list[str]:
        return ["--invoke-address", "127.0.0.1", "--invoke-port", str(self.port)]

    def _environment(self) -> dict[str, str]:
        lambdas = {
            # With its scheme: the runtime panics on a value that has a path and no scheme.
            "AWS_LAMBDA_RUNTIME_API": f"http://127.0.0.1:{self.port}/.rt",
            "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
        }
        variables = {**lambdas, **function_settings(self.stripe), **self.settings}
        return {name: value for name, value in variables.items() if value is not None}

    def _run(self, command: list, **options) -> subprocess.Popen:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def control(self, method: str, path: str, body: list | dict | bytes | None = None):
        """One of the sandbox's controls, by its path under /_sandbox/; a form is given as bytes."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.stripe}/_sandbox/{path}", method=method, data=data)
        request.add_header("Authorization", f"Bearer {PUBLISHABLE_KEY}")
        with urllib.request.urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def logged(self) -> list[dict]:
        """The lines that the function has logged so far."""
        self.log.seek(0)
        return [json.loads(line) for line in self.log if line.startswith("{")]

    def play(self, event: events.Event) -> Answer:
        """Does what comes first, sends the event and gives the answer."""
        self.control("POST", "reset")
        rules, checkout, before, card = list(self.faults), events.mint(), {}, events.PAYMENT_METHOD
        self.control("PUT", "faults", rules)
        for step in event.first:
            match step.split(" "):
                case ["bank", result]:
                    form = urllib.parse.urlencode({"client_secret": before["client_secret"], "result": result})
                    self.control("POST", f"3ds/{before['payment_intent']}", form.encode())
                case ["card", number]:
                    card = self.stripe_post("payment_methods", {**CARD, "card[number]": number})["id"]
                case ["refund", amount]:
                    self.stripe_post("refunds", {"payment_intent": before["payment_intent"], "amount": amount})
                case ["fault", *_]:
                    rules.append(rule(step))
                    self.control("PUT", "faults", rules)
                case [name] if name in events.table():
                    before = self.invoke(self._text(name, checkout, before, card)).body
        return self.invoke(self._text(event.name, checkout, before, card))

    @staticmethod
    def _text(name: str, checkout: str, before: dict, card: str) -> str:
        return events.table()[name].text(checkout, before.get("payment_intent", events.PAYMENT_INTENT), card)

    def stripe_post(self, path: str, form: dict[str, str]) -> dict:
        """A request to the sandbox as Stripe, with the secret key."""
        request = urllib.request.Request(f"{self.stripe}/v1/{path}", data=urllib.parse.urlencode(form).encode())
        request.add_header("Authorization", f"Bearer {SECRET_KEY}")
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.loads(response.read())

    def invoke(self, text: str) -> Answer:
        """Sends an event as it stands, by `cargo lambda invoke --data-file`."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(text)
            file.flush()
            command = ["cargo", "lambda", "invoke", *self._address, "--output-format", "json", "--data-file", file.name, FUNCTION]
            run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)
        return Answer.read(run.stdout) if run.returncode == 0 else Answer({"errorMessage": run.stderr.strip()})

    def post(self, text: str) -> Answer:
        """The same, straight to the emulator's Invoke API: many a second."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.invocations}", data=text.encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return Answer.read(response.read())
        except urllib.error.HTTPError as error:
            return Answer.read(error.read())


def rule(step: str) -> dict:
    """A fault of the table as the sandbox takes it."""
    kind, fault, *more = step.split()
    match = {"path": "secretsmanager"} if kind == "secret" else {"times": 1} if "once" in more else {}
    return {"match": match, "fault": fault, "should_retry": False if "-retry" in more else None}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def listens(port: int) -> bool:
    """Whether somebody listens."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(ready: Callable[[], bool], otherwise: str, seconds: int = 30):
    """Waits for something, for so long at most."""
    for _ in range(50 * seconds):
        if ready():
            return
        time.sleep(0.02)
    raise RuntimeError(otherwise)
