"""make smoke against `cargo run`: it passes, and each thing that is broken on the way is found."""

import json
import os
import re
import subprocess
import sys

import pytest
from conftest import REPOSITORY
from front import Front, Reply, changed, pass_on
from smoke import browser, pages, payments, refusals

CHROMIUM = subprocess.run([REPOSITORY / "tools/chromium"], capture_output=True, text=True).stdout.strip()


def smoke(url: str, *arguments: str, chromium: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "smoke", "--url", url, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "infra"), "CHROMIUM": chromium}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=150)


def test_everything_passes_and_nothing_is_left_out_silently(till):
    before = len(till.charges())
    run = smoke(till.url, chromium=CHROMIUM)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("✓") >= 30 and "✗" not in run.stdout
    left_out = [line for line in run.stdout.splitlines() if line.startswith("–")]
    assert len(left_out) == 4 and all("not applicable: " in line for line in left_out), left_out
    assert run.stdout.rstrip().endswith("passed, 0 failed, 4 left out")
    assert [charge["amount"] for charge in till.charges()[before:]] == [1099, 1099], "one by the API, one by the page"


def test_without_a_browser_it_says_so(till):
    run = smoke(till.url)
    assert run.returncode == 0
    assert "– the page pays: not checked: no browser is at hand" in run.stdout


def test_a_failure_is_told_with_what_was_expected_and_seen_and_in_the_exit_code(till):
    with Front(changed(pass_on(till.url), "/", lambda reply: reply.headers.update({"X-Content-Type-Options": "sniff"}))) as front:
        run = smoke(front.url)
    assert run.returncode == 1
    assert "✗ / X-Content-Type-Options\n    expected: nosniff\n    seen:     sniff\n" in run.stdout
    assert " 1 failed" in run.stdout


@pytest.mark.parametrize("url", ["", "shop.example", "ftp://shop.example", "http://shop.example", "https://shop.example/page"])
def test_an_address_that_is_none_is_refused(url):
    run = smoke(url)
    assert (run.returncode, run.stdout) == (1, "")


def test_nobody_there():
    with Front(pass_on("http://127.0.0.1:9")) as front:
        url = front.url
    run = smoke(url)
    assert run.returncode == 1 and "does not answer" in run.stderr


@pytest.mark.parametrize(
    "config",
    [
        {"livemode": True, "publishable_key": "pk_live_1"},
        {"livemode": True, "publishable_key": "pk_test_1"},
        {"livemode": False, "publishable_key": "pk_live_1"},
    ],
)
def test_live_mode_is_refused_before_anything_is_sent(config):
    asked = []

    def live(request):
        asked.append((request.method, request.path))
        return Reply(200, {}, json.dumps({**config, "currencies": ["usd"], "now": 1}).encode())

    with Front(live) as front:
        run = smoke(front.url)
    assert run.returncode == 1 and "live mode" in run.stderr
    assert asked == [("GET", "/api/config")]


@pytest.mark.parametrize("name", pages.HEADERS)
@pytest.mark.parametrize("path", ["/", "/catalog.json"])
def test_a_header_that_is_gone(till, notes, name, path):
    with Front(changed(pass_on(till.url), path, lambda reply: reply.headers.pop(name))) as front:
        taken = notes(pages.headers, front.url)
    assert len(taken.failures) == 1 and name in taken.failures[0]


def test_a_policy_that_allows_more(till, notes):
    def loosen(reply: Reply) -> None:
        reply.headers["Content-Security-Policy"] += "; script-src-attr 'unsafe-inline'"

    with Front(changed(pass_on(till.url), "/", loosen)) as front:
        assert len(notes(pages.headers, front.url).failures) == 1


def test_a_file_that_is_not_the_one_here(till, notes):
    def edit(reply: Reply) -> None:
        reply.body += b"\n"

    with Front(changed(pass_on(till.url), "/app/payment.js", edit)) as front:
        assert "app/payment.js (200)" in notes(pages.files, front.url).failures[0]


@pytest.mark.parametrize("cents", [1, -1, 1000])
def test_a_price_that_the_function_does_not_know_charges_nobody(till, notes, cents):
    def reprice(reply: Reply) -> None:
        catalog = json.loads(reply.body)
        catalog["items"][0]["prices"]["cad"] += cents
        reply.body = json.dumps(catalog).encode()

    before = till.charges()
    with Front(changed(pass_on(till.url), "/catalog.json", reprice)) as front:
        failures = notes(payments.prices, front.url).failures
    assert len(failures) == 1 and "star-map, cad" in failures[0]
    assert till.charges() == before


@pytest.mark.parametrize(("length", "orders", "left_out"), [(6, 3, 0), (60, 3, 0), (100, 3, 40)])
def test_long_price_lists_are_asked_about_in_few_orders(till, notes, length, orders, left_out):
    catalog = json.loads((REPOSITORY / "static-site/catalog.json").read_text())["items"]
    many = [{**catalog[0], "sku": f"item-{number}"} for number in range(length)]
    asked = []

    def shop(request):
        if request.path == "/catalog.json":
            return Reply(200, {}, json.dumps({"items": many}).encode())
        if request.path.startswith("/api/payments"):
            asked.append([item["sku"] for item in json.loads(request.body)["items"]])
        return pass_on(till.url)(request)

    with Front(shop) as front:
        taken = notes(payments.prices, front.url)
    assert len(asked) == 2 * orders <= payments.PROBES and max(map(len, asked)) <= payments.LINES
    assert sorted(sku for order in asked for sku in order) == sorted(2 * [item["sku"] for item in many[: length - left_out]])
    said = [line for line in taken.lines if line.startswith("–")]
    assert len(said) == (2 if left_out else 0) and all(f"{left_out} more prices" in line for line in said)


# In one page, as a browser takes its time: what is planted, and the directive that stops it.
PLANTED = {
    "script-src": "<script>1</script>",
    "img-src": '<img alt="" src="https://elsewhere.example/pixel.gif">',
    "style-src": '<p style="color: red">red</p>',
}


def test_a_violation_of_the_policy(till, notes, monkeypatch):
    monkeypatch.setenv("CHROMIUM", CHROMIUM)

    def plant(reply: Reply) -> None:
        reply.body = reply.body.replace(b"</body>", "".join(PLANTED.values()).encode() + b"</body>")

    with Front(changed(pass_on(till.url), "/", plant)) as front:
        (failure,) = notes(browser.page, front.url).failures
    assert failure.startswith("✗ violations of the Content-Security-Policy")
    assert all(directive in failure for directive in PLANTED), failure


def test_a_page_that_cannot_pay(till, notes, monkeypatch):
    monkeypatch.setenv("CHROMIUM", CHROMIUM)
    monkeypatch.setattr(browser, "WITHIN", 8000.0)

    def shut(reply: Reply) -> None:
        reply.headers["Content-Security-Policy"] = re.sub("frame-src [^;]*", "frame-src 'none'", reply.headers["Content-Security-Policy"])

    with Front(changed(pass_on(till.url), "/", shut)) as front:
        taken = notes(browser.page, front.url)
    assert "✗ the page pays" in "\n".join(taken.failures) and "frame-src" in "\n".join(taken.failures)


def test_a_page_that_does_not_load_says_nothing_of_its_policy(till, notes, monkeypatch):
    monkeypatch.setenv("CHROMIUM", CHROMIUM)
    monkeypatch.setattr(browser, "WITHIN", 2000.0)

    def empty(reply: Reply) -> None:
        reply.body = b""

    with Front(changed(pass_on(till.url), "/", empty)) as front:
        taken = notes(browser.page, front.url)
    assert [line[0] for line in taken.lines] == ["✗", "–"] and "did not get that far" in taken.lines[1]


def set_outcome(reply: Reply, status: int, **fields: object) -> None:
    reply.status, reply.body = status, json.dumps({**json.loads(reply.body), **fields}).encode()


BROKEN = {
    "a payment of another amount": (payments.payment, lambda reply: set_outcome(reply, 200, amount=1)),
    "a payment with real money": (payments.payment, lambda reply: set_outcome(reply, 200, livemode=True)),
    "a replay that is another payment": (payments.payment, lambda reply: set_outcome(reply, 200, payment_intent=f"pi_{id(reply)}")),
    "a decline that is paid": (payments.decline, lambda reply: set_outcome(reply, 200, outcome="paid")),
    "a closed checkout that is paid": (payments.void, lambda reply: set_outcome(reply, 200, outcome="paid")),
    "a refusal without an outcome": (refusals.refusals, lambda reply: set_outcome(reply, reply.status, outcome="")),
    "a refusal that does not say whether its checkout is open": (refusals.refusals, lambda reply: set_outcome(reply, reply.status, checkout="")),
    "a changed total without its currency": (payments.prices, lambda reply: set_outcome(reply, reply.status, currency=None)),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_answer_that_is_wrong(till, notes, what):
    check, change = BROKEN[what]
    with Front(changed(pass_on(till.url), "/api/payments*", change)) as front:
        assert notes(check, front.url).failures


def test_an_answer_that_a_cache_may_keep(till, notes):
    def both(shop, report):
        refusals.refusals(shop, report)
        refusals.not_stored(shop, report)

    with Front(changed(pass_on(till.url), "/api/no-such-path", lambda reply: reply.headers.update({"Cache-Control": "max-age=60"}))) as front:
        failures = notes(both, front.url).failures
    assert len(failures) == 1 and "/api/no-such-path: max-age=60" in failures[0]


def test_a_lost_reply_is_settled_as_the_page_does(till, notes):
    lost = []

    def lose_the_first(request):
        reply = pass_on(till.url)(request)
        if request.path == "/api/payments" and not lost:
            lost.append(request)
            return Reply(504, {}, b"{}")
        return reply

    before = len(till.charges())
    with Front(lose_the_first) as front:
        assert notes(payments.payment, front.url).failures == []
    assert lost and len(till.charges()) == before + 1
