"""API Gateway before a desk: HTTP requests become events (payload 2.0), and answers become responses.

cargo-lambda's emulator has URLs of its own, but answers 500 by itself to a body that is no text; API Gateway passes it on in base64.
"""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from desk import Desk


class Gateway:
    """Serves a desk on a free port of 127.0.0.1, at `url`."""

    def __init__(self, desk: Desk):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"desk": desk}))
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> "Gateway":
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    desk: Desk
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer is sent at once: in pieces, it would wait for the client's acknowledgement

    def __getattr__(self, name: str):
        # Any method is the function's to judge.
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self):
        returned = self.desk.post(json.dumps(self.event())).returned
        # As API Gateway tells that an invocation failed.
        body = returned.get("body", '{"message":"Internal Server Error"}').encode()
        self.send_response(returned.get("statusCode", 500))
        for name, value in returned.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def event(self) -> dict:
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            text, is_base64 = body.decode(), False
        except UnicodeDecodeError:
            text, is_base64 = base64.b64encode(body).decode(), True
        headers = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
        http = {"method": self.command, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "gateway"}
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": headers,
            "requestContext": {"apiId": "desk", "http": http, "requestId": "gateway", "stage": "$default", "timeEpoch": 0},
            **({"body": text} if text else {}),
            "isBase64Encoded": is_base64,
        }

    def log_message(self, *_):
        """Nothing: the function logs."""
