"""What strangers can send, handed to the function's own binary: its log has no line that an alarm counts. What is wrong in truth has."""

import json
import re
import secrets
import sys
import time
import uuid

import pytest
from documents import ROOT
from function import ACCOUNT, Function, control, uuid7

sys.path.append(str(ROOT / "tests/infra"))
from filters import matches  # noqa: E402

PATTERNS = re.findall(r"LogGroupName: !Ref PaymentsLogs\n +FilterPattern: '(.+)'", (ROOT / "infra/sam/template.yaml").read_text())
PUBLISHABLE_KEY = f"pk_test_{ACCOUNT}publishable"
SHOWN = {"x-origin-verify": "shown"}
RESEND = {"till-resend": "true"}
PAY, VOID, CONFIRM = "/api/payments", "/api/payments/void", "/api/payments/pi_madeup1234567890/confirm"


def old(hours: float) -> str:
    """A checkout's id, minted some hours ago."""
    ms, bits = int((time.time() - hours * 3600) * 1000), secrets.randbits(74)
    return str(uuid.UUID(int=ms << 80 | 7 << 76 | bits >> 62 << 64 | 2 << 62 | bits & 2**62 - 1))


def order(card: str = "pm_madeup1234567890", **changed: object) -> dict:
    items = [{"sku": "star-map", "quantity": 1}]
    return {"payment_method": card, "items": items, "currency": "usd", "expected_total": 1099, "publishable_key": PUBLISHABLE_KEY} | changed


def send(function: Function, path: str, body: object, checkout: str = "", headers: dict[str, str] = SHOWN, method: str = "POST") -> str:
    """An event; the answer's outcome."""
    http = {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "stranger"}
    function.events.put({
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "idempotency-key": checkout or uuid7(), **headers},
        "requestContext": {"http": http, "stage": "$default", "requestId": "gateway", "accountId": "1", "apiId": "a", "timeEpoch": 0},
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    })
    return json.loads(function.answers.get(timeout=40)["body"])["outcome"]


def as_strangers_do(function: Function) -> list[str]:
    """Each request twice and as a re-send, so that what the first leaves is met by the next."""
    told = []
    bodies = ["{}", "hello", "[]", "x" * 9000, "\0", order(expected_total=1), order(settle=True), order(), order("pm_another1234567")]
    for headers in ({}, SHOWN):
        for resend in ({}, RESEND):
            told += [send(function, path, body, headers=headers | resend) for path in (PAY, VOID, CONFIRM, "/api/other") for body in bodies]
    for checkout in (uuid7(), old(2), old(23.5), old(25), old(24 * 80), "no-id"):
        for headers in (SHOWN, SHOWN, SHOWN | RESEND, SHOWN | RESEND):
            for path, body in ((PAY, order()), (PAY, order(settle=True)), (PAY, order("pm_another1234567")), (CONFIRM, {"currency": "usd", "expected_total": 1099})):
                told.append(send(function, path, body, checkout, headers))
            told.append(send(function, VOID, {"publishable_key": PUBLISHABLE_KEY}, checkout, headers))
            told.append(send(function, VOID, {}, checkout, headers))
    return told


def counted(function: Function) -> list[dict]:
    time.sleep(0.2)  # the last line is printed after its answer
    lines = [json.loads(line) for line in function.printed.splitlines() if line.startswith("{")]
    return [line for line in lines if any(matches(pattern, line) for pattern in PATTERNS)]


def test_nothing_that_strangers_send_is_counted(sandbox):
    with Function(sandbox, {"ORIGIN_VERIFY": "shown"}) as shop:
        told = as_strangers_do(shop)
        assert len(PATTERNS) == 2 and len(told) > 250 and told.count("unknown") > 50
        assert counted(shop) == []


TROUBLES = {
    "Stripe says nothing": {"fault": "cut_after"},
    "Stripe refuses the key": {"fault": "key_expired"},
    "there is no secret": {"match": {"path": "secretsmanager"}, "fault": "secret_missing"},
    "payments are paused": {"match": {"path": "secretsmanager"}, "fault": "payments_paused"},
}


@pytest.mark.parametrize("what", TROUBLES)
def test_what_is_wrong_in_truth_is_counted(sandbox, what):
    # Before the function starts, as it reads the secret at once.
    control(sandbox, "PUT", "faults", [TROUBLES[what]])
    try:
        with Function(sandbox, {"ORIGIN_VERIFY": "shown"}) as shop:
            assert send(shop, PAY, order("pm_card_visa")) in ("unknown", "not_attempted")
            assert counted(shop)
    finally:
        control(sandbox, "DELETE", "faults")
