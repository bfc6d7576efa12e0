"""A start with wrong settings: told once, all of them by name; a 503 to every caller while it lasts; no restart."""

import socketserver
import threading
from typing import ClassVar

import pytest
from desk import PUBLISHABLE_KEY, Desk
from events import mint, table

EVENTS = table()
LIVE = "pk_live_51TillDesk00000publishable"

WRONG = {
    "one is missing": ({"STRIPE_SECRET_ID": None}, ["STRIPE_SECRET_ID"]),
    "two are wrong": (
        {"STRIPE_PUBLISHABLE_KEY": "sk_test_in_the_wrong_place", "CARD_AUTHENTICATION": "perhaps"},
        ["STRIPE_PUBLISHABLE_KEY", "CARD_AUTHENTICATION"],
    ),
    "wrong and missing": (
        {"STRIPE_SECRET_ID": None, "STRIPE_PUBLISHABLE_KEY": "", "STRIPE_API_BASE": "http://api.stripe.com", "STAGE": "a b"},
        ["STRIPE_SECRET_ID", "STRIPE_PUBLISHABLE_KEY", "STRIPE_API_BASE", "STAGE"],
    ),
}


@pytest.mark.parametrize("settings, names", WRONG.values(), ids=WRONG)
def test_wrong_settings_are_told_at_once_and_nobody_is_charged(command, settings, names):
    with Desk(command, settings) as desk:
        for name in ("paid", "declined", "config", "json-malformed"):
            assert desk.play(EVENTS[name]).told == EVENTS["service-unavailable"].answer, name
        for name in ("paid-again", "void", "another-card"):
            assert desk.play(EVENTS[name]).told == EVENTS["unknown"].answer, name
        told_once(desk, lambda message: all(name in message for name in names))
        assert not desk.control("GET", "ledger")["requests"]


def test_a_live_publishable_key_beside_a_test_key_charges_nobody(command):
    with Desk(command, {"STRIPE_PUBLISHABLE_KEY": LIVE}) as desk:
        told_once(desk, lambda message: "test mode beside a live publishable key" in message)
        for name, answer in (("paid", "service-unavailable"), ("paid-again", "unknown"), ("void", "unknown")):
            text = EVENTS[name].text(mint()).replace(PUBLISHABLE_KEY, LIVE)
            assert desk.post(text).told == EVENTS[answer].answer, name
        # A page that still has the test key is outdated.
        assert desk.play(EVENTS["paid"]).told == EVENTS["page-outdated"].answer
        assert not desk.control("GET", "ledger")["requests"]


def told_once(desk, fits):
    """One line of trouble in the log of the start, and no other start after it."""
    events = [line["event"] for line in desk.logged()]
    at_start = desk.logged()[: events.index("start")]
    assert len(at_start) == 1 and fits(at_start[0]["message"]), at_start
    assert events.count("start") == 1
    assert desk.function.poll() is None


def test_a_key_for_this_machine_passes_no_proxy(command):
    with socketserver.TCPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.server_address[1]}"
        with Desk(command, {name: address for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY")}) as desk:
            assert desk.play(EVENTS["paid"]).told == EVENTS["paid"].answer
        proxy.shutdown()
    assert not Proxy.seen


class Proxy(socketserver.BaseRequestHandler):
    """Takes down that it was asked for anything, and answers nothing."""

    seen: ClassVar[list[bytes]] = []

    def handle(self):
        self.seen.append(self.request.recv(1000))
