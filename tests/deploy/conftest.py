"""An AWS account on this machine, the verbs on it, and the shop that a stage would be: the binary that ships, behind one address."""

import json
import logging
import os
import platform
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path += [str(ROOT / "local/desk"), str(ROOT / "infra")]
os.environ.update(AWS_DEFAULT_REGION="us-east-1", AWS_REGION="us-east-1", AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local")
os.environ.pop("AWS_PROFILE", None)

from authorization import Gate  # noqa: E402
from cloudformation import teach  # noqa: E402
from desk import PUBLISHABLE_KEY, Desk  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402

# SAM alone builds for the computer that it runs on, and so do these tests.
ARCHITECTURE = "x86_64" if platform.machine() == "x86_64" else "arm64"
BOOTSTRAP = Path(os.environ.get("BOOTSTRAP", ROOT / f"target/lambda/{ARCHITECTURE}/payments/bootstrap"))
STAGE = "moto"
# The access key of the role that CI deploys with; any other may do everything.
DEPLOYER = "deployer"


@pytest.fixture(scope="session")
def aws() -> str:
    """AWS's address."""
    teach()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server.start()
    host, port = server.get_host_and_port()
    os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"
    yield os.environ["AWS_ENDPOINT_URL"]
    server.stop()


@pytest.fixture(scope="module")
def gate(aws, request) -> Gate:
    """What the deployer's policy lets through, from now on: that of the module's POLICY."""
    policy = (ROOT / "infra" / request.module.POLICY).read_text()
    gate = Gate.of(DEPLOYER, policy, account="123456789012", stage=STAGE)
    gate.close()
    return gate


@pytest.fixture(scope="session")
def settings_file():
    """A stage for these tests: alarms' mail and all else as the defaults have it."""
    file = ROOT / f"infra/stages/{STAGE}.json"
    file.write_text(json.dumps({"StripePublishableKey": PUBLISHABLE_KEY, "Architecture": ARCHITECTURE}))
    yield file
    file.unlink()


def run(
    verb: str, *arguments: str, stage: str = STAGE, typed: str = "", confirm: str = STAGE, access_key: str = "local"
) -> subprocess.CompletedProcess:
    """A verb, as make runs it; `typed` is its standard input. Whatever happens, no key is in what it says."""
    environment = {**os.environ, "PYTHONPATH": "infra", "CONFIRM": confirm}
    if "AWS_ACCESS_KEY_ID" in environment:
        environment["AWS_ACCESS_KEY_ID"] = access_key
    command = [sys.executable, "-m", f"deploy.{verb}", "--stage", stage, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=typed, capture_output=True, text=True, timeout=400)
    said = done.stdout + done.stderr
    assert not typed.strip() or typed.startswith("pk_") or typed.strip() not in said
    assert "Traceback" not in said, said
    return done


def said(verb: str, *arguments: str, **options) -> str:
    """What a verb says when it ends well."""
    done = run(verb, *arguments, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def at_a_terminal(verb: str, prompt: str, typed: str) -> str:
    """What a terminal shows while somebody answers a verb's prompt."""
    arguments = [sys.executable, "-m", f"deploy.{verb}", "--stage", STAGE]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "infra"), "CONFIRM": ""}
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(arguments[0], arguments, environment)
    shown = ""
    with suppress(OSError):  # the end of a terminal is an error
        while chunk := os.read(terminal, 4096).decode(errors="replace"):
            if prompt in shown + chunk and prompt not in shown:
                os.write(terminal, f"{typed}\n".encode())
            shown += chunk
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, shown
    return shown


class Shop:
    """CloudFront's part: the price list from static-site, and /api to the function, an event a request."""

    def __init__(self, open_desk: Callable[..., Desk]):
        self.open_desk = open_desk
        self.first = self.desk = open_desk()
        self.stripe = self.first.stripe
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"shop": self}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def renew(self) -> None:
        """From now on another environment of the function answers, before the same Stripe."""
        self.desk = self.open_desk(STRIPE_API_BASE=self.stripe)

    def answer(self, method: str, path: str, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], str]:
        if not path.startswith("/api/"):
            return 200, {"content-type": "application/json"}, (ROOT / "static-site/catalog.json").read_text()
        context = {"http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "test"}}
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {name.lower(): value for name, value in headers.items()},
            "requestContext": {"stage": "$default", "requestId": "test", "domainName": "shop", "timeEpoch": 0, **context},
            "body": body,
            "isBase64Encoded": False,
        }
        told = self.desk.post(json.dumps(event)).returned
        return told["statusCode"], told["headers"], told.get("body", "")


class Handler(BaseHTTPRequestHandler):
    shop: Shop

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        status, headers, text = self.shop.answer(self.command, self.path, dict(self.headers), body)
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    do_POST = do_GET

    def log_message(self, *_):
        pass
