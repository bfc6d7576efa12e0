"""The function's binary under Lambda's runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html)."""

import json
import queue
import secrets
import threading
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from program import Program

ACCOUNT = "51TillDocs00000"
KEYS = ["--secret-key", f"sk_test_{ACCOUNT}secret", "--publishable-key", f"pk_test_{ACCOUNT}publishable"]
# In every request, in the environment, or in Stripe's answers; and in no line.
CANARIES = ["canary@example.com", "canary-header", "canary-session-token", "canary-access-key", "_secret_", "sk_test_"]


def uuid7() -> str:
    """A checkout's id, minted now."""
    bits = secrets.randbits(74)
    return str(uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | bits >> 62 << 64 | 2 << 62 | bits & 2**62 - 1))


def control(sandbox: str, method: str, path: str, body: object = None) -> None:
    """Turns a switch of the sandbox."""
    data = None if body is None else json.dumps(body).encode()
    urllib.request.urlopen(urllib.request.Request(f"{sandbox}/_sandbox/{path}", data, method=method)).close()


class Function:
    """Hands events to the binary, one after the other, and keeps what it prints."""

    def __init__(self, sandbox: str, settings: dict[str, str]):
        self.sandbox = sandbox
        self.events: queue.Queue[dict] = queue.Queue()
        self.answers: queue.Queue[dict] = queue.Queue()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), runtime_api(self.events, self.answers))
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        env = {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self.server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": "till",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "canary-access-key",
            "AWS_SECRET_ACCESS_KEY": "canary-access-key",
            "AWS_SESSION_TOKEN": "canary-session-token",
            "AWS_ENDPOINT_URL": sandbox,
            "STRIPE_API_BASE": sandbox,
            "STRIPE_SECRET_ID": "till/stripe",
            "STRIPE_PUBLISHABLE_KEY": f"pk_test_{ACCOUNT}publishable",
            "STAGE": "test",
        }
        self.program = Program("payments", env=env | settings)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.program.__exit__(*error)
        self.server.shutdown()

    @property
    def printed(self) -> str:
        return self.program.printed

    def pay(self, card: str, **changed: object) -> dict:
        """One send of a new checkout; the answer's body."""
        body = {
            "payment_method": card,
            "items": [{"sku": "star-map", "quantity": 1}],
            "currency": "usd",
            "expected_total": 1099,
            "publishable_key": f"pk_test_{ACCOUNT}publishable",
            "receipt_email": "canary@example.com",
        } | changed
        headers = {"content-type": "application/json", "idempotency-key": uuid7(), "x-forwarded-for": "canary-header"}
        http = {"method": "POST", "path": "/api/payments", "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "canary-header"}
        context = {"http": http, "stage": "$default", "requestId": "gateway", "accountId": "123456789012", "apiId": "a", "timeEpoch": 0}
        self.events.put({
            "version": "2.0",
            "routeKey": "POST /api/payments",
            "rawPath": "/api/payments",
            "rawQueryString": "",
            "headers": headers,
            "requestContext": context,
            "body": json.dumps(body),
            "isBase64Encoded": False,
        })
        return json.loads(self.answers.get(timeout=40)["body"])


def runtime_api(events: queue.Queue, answers: queue.Queue) -> type[BaseHTTPRequestHandler]:
    class RuntimeApi(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):  # noqa: N802
            event = json.dumps(events.get()).encode()
            self.send_response(200)
            self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
            self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 5000))
            self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:till")
            self.send_header("Content-Length", str(len(event)))
            self.end_headers()
            self.wfile.write(event)

        def do_POST(self):  # noqa: N802
            answers.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    return RuntimeApi
