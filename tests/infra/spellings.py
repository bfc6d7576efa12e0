"""The ways to write a path: those of a payment, of the configuration, and of a site's files."""

import re
from collections.abc import Iterator
from functools import cache
from posixpath import normpath
from urllib.parse import unquote

# The three routes' requests, as an honest client writes them: ids are letters, digits and `_`.
PAYMENTS = ["POST /api/payments", "POST /api/payments/pi_1/confirm", "POST /api/payments/void"]
# What reads a path on its way. WAF decodes it once, where it is told to. CloudFront chooses by the path that RFC 3986 makes of it, and sends it on as
# it came. An HTTP API decodes it, cuts it at a `?`, and decodes it again; by what it does with dots, slashes and the rest we do not know. So a path is
# held to be whatever any of these readings can make of it, in any order. The function takes what comes as it is, and compares: functions/payments/src/http.
# The HTTP API's captured: https://github.com/hotsock/voker/blob/main/vokerhttp/testdata/ingress-paths.json
READINGS = [
    unquote,
    lambda path: path.split("?")[0],
    lambda path: path.split("#")[0],
    lambda path: path.replace("\\", "/"),
    lambda path: re.sub(r";[^/]*", "", path),
    lambda path: re.sub("/+", "/", path),
    lambda path: re.sub(r"^/+", "/", normpath(path)),  # the two slashes that a path may begin with as well
    lambda path: path.rstrip("/"),
]
# Not among them: small letters. CloudFront's patterns and an HTTP API's routes know capitals, and so does the function: test_capitals_reach_no_payment.
PAYS = re.compile(r"/api/payments(/void|/[^/]*/confirm)?")  # as functions/payments/src/http/request.rs has it


def spellings() -> Iterator[str]:
    """The payment routes' paths in other writings: a character encoded up to three times, a slash that is none, more or less of them, dots that lead
    there and back, and what could end a path earlier. Few of them reach a route; which do is for `may_pay` to say."""
    again = lambda text: [text, *(text.replace("%", "%" + "25" * n) for n in (1, 2) if "%" in text)]  # noqa: E731
    for path in (line.split(" ")[1] for line in PAYMENTS):
        for at, char in enumerate(path):
            yield from (path[:at] + one + path[at + 1 :] for one in again(f"%{ord(char):02x}"))
        for at in (n for n, char in enumerate(path) if char == "/"):
            for slash in ("//", "/./", "/x/../", "/.//", "\\", "/\\", "/;/", "/.;/", "/x/..;/", "%2F", "%2f/", "%5C", "/%2e/", "/x/%2e%2e/", "/x%2F..%2F"):
                yield from (path[:at] + one + path[at + 1 :] for one in again(slash))
        for first in ("/", "/.", "/..", "/x/..", "\\", "/%2e", "/%2e%2e", "%2F", "/x%2F..", "/api/payments/..", "/api/payments%2F..", "/static/../", "/api/.."):
            yield from (one + path for one in again(first))
        ends = ["%3F", "%3F/..", "%3F%2F..", "%3F%2F..%2F..", "%3F/../../..", "%23/../..", "%3B/..", "%5C..", "%00"]
        for more in [*ends, "/.", "/", "//", "/x/..", ";x", ";/../..", "\\", "."]:
            yield from (path + one for one in again(more))
    yield from (f"/api/payments/{id}/confirm" for id in ("..", ".", "", "%2e%2e", "%252e%252e", "..%2F..", "..;", "%3F", "~", "pi_1;", "pi_1.", "é"))


@cache
def may_pay(path: str) -> bool:
    """Whether something that reads the path on its way could make a payment route of it."""
    found, news = {path}, {path}
    while news:
        news = {reading(one) for reading in READINGS for one in news} - found
        found |= news
    return any(PAYS.fullmatch(one) for one in found)


ODD = sorted({path for path in spellings() if may_pay(path)} - {line.split(" ")[1] for line in PAYMENTS})
# What a site's file may be called, and what an address ends with that somebody has copied.
FILES = ["/images/star%20map.svg", "/.well-known/security.txt", "/%E6%98%9F.svg", "/apis.html", "/words/en.json", "/a//b", "/%25"]
# Written so, CloudFront still sends it to the API; the API's throttle of it is 100 a second, and nothing in it asks Stripe.
WAYS_TO_CONFIG = [
    *("/api/%63onfig", "/api/%2563onfig", "/%61pi/config", "/api/config%3F%2F..%2F..", "/%61pi/config%3F%2F..%2F..", "/x/../%61pi/config%3F%2F..%2F.."),
    *("/./api/config%3F%2F..%2F..%2F..", "//api/config%3F%2F..%2F..", "/api%2Fconfig", "/api%3F", "/../api/config", "//api/config", "/api//config"),
]
