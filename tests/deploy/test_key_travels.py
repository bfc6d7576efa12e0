"""A secret key travels to Stripe encrypted, or not at all."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from deploy import key
from deploy.key import prove
from deploy.terminal import Stop

KEY = "sk_test_51TillDeployTests"


@pytest.fixture
def asked():
    """What reaches a listener on this machine: it answers 200, and hears keys and forwarded requests alike."""
    heard: list[tuple[str, str | None]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append((self.path, self.headers["Authorization"]))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    heard.append(server.server_port)
    yield heard
    server.shutdown()


PLAIN = [
    "http://api.stripe.com",
    "HTTP://api.stripe.com",
    "http://localhost.example.com:{port}",
    "http://127.0.0.1.example.com:{port}",
    "http://127.0.0.1:{port}@example.com",
    "http://example.com#@127.0.0.1:{port}",
    "http://0.0.0.0:{port}",
    "ftp://127.0.0.1:{port}",
    "127.0.0.1:{port}",
    "",
]


@pytest.mark.parametrize("base", PLAIN)
def test_a_key_does_not_travel_over_plain_http(asked, base, monkeypatch):
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{asked[0]}")
    with pytest.raises(Stop, match="https") as stopped:
        prove(KEY, base.format(port=asked[0]))
    assert asked[1:] == [] and KEY not in str(stopped.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_sandbox_on_this_machine_is_asked_and_no_proxy(asked, host, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    prove(KEY, f"http://{host}:{asked[0]}")
    assert asked[1:] == [("/v1/payment_intents?limit=1", f"Bearer {KEY}")]


def test_without_its_rule_a_key_would_travel(asked, monkeypatch):
    """What the tests above hold is held by the rule, and by nothing else."""
    monkeypatch.setattr(key, "keeps_a_key", lambda _: True)
    prove(KEY, f"http://0.0.0.0:{asked[0]}")
    assert asked[1:] == [("/v1/payment_intents?limit=1", f"Bearer {KEY}")]
