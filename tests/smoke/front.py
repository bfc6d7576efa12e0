"""What stands before a shop: a small reverse proxy on 127.0.0.1 that changes what passes through it."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import MSG_PEEK, socket
from typing import Any

import urllib3

TLS_HANDSHAKE = b"\x16"
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "keep-alive"}


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    is_encrypted: bool


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


Rule = Callable[[Request], Reply]


def pass_on(url: str) -> Rule:
    """Asks the server at `url`, which takes the request for one of its own page's."""
    http = urllib3.PoolManager(retries=False, maxsize=8)

    def ask(request: Request) -> Reply:
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP | {"host"}}
        if headers.get("Origin", "").startswith(("http://127.0.0.1:", "https://127.0.0.1:")):
            headers["Origin"] = url
        answer = http.request(request.method, url + request.path, body=request.body, headers=headers, redirect=False)
        kept = {name.title(): value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
        return Reply(answer.status, kept, answer.data)

    return ask


def changed(rule: Rule, path: str, change: Callable[[Reply], None]) -> Rule:
    """The rule, but for one path, or for all below it if it ends in *."""

    def ask(request: Request) -> Reply:
        reply, asked = rule(request), request.path.split("?")[0]
        if asked.startswith(path[:-1]) if path.endswith("*") else asked == path:
            change(reply)
        return reply

    return ask


class Front:
    """Answers by a rule, in plain HTTP, and over TLS if it is given a context: on one port, as a host has both."""

    def __init__(self, rule: Rule, tls: ssl.SSLContext | None = None):
        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                encrypted = isinstance(self.connection, ssl.SSLSocket)
                reply = rule(Request(self.command, self.path, dict(self.headers.items()), body, encrypted))
                self.send_response_only(reply.status)
                for name, value in {**reply.headers, "Content-Length": str(len(reply.body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def finish_request(self, request: socket, client_address: Any) -> None:  # type: ignore[override]
                if tls and request.recv(1, MSG_PEEK) == TLS_HANDSHAKE:
                    request = tls.wrap_socket(request, server_side=True)
                super().finish_request(request, client_address)

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.url = f"{'https' if tls else 'http'}://{self.address}"

    def __enter__(self) -> "Front":
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
