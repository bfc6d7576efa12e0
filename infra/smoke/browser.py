"""The page in a real Chromium: it takes a card, and nothing on it breaks the Content-Security-Policy."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, Page, expect, sync_playwright

from smoke.report import Report
from smoke.shop import Shop

WORDS = json.loads((Path(__file__).resolve().parents[2] / "static-site/words/en.json").read_text())
POLICY = "violations of the Content-Security-Policy in a browser"
WITHIN = 30_000.0  # ms
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
# Before any script of the page's, in its main frame alone: Stripe's frames have policies of their own.
WATCH = """
if (window === window.top) {
  document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sourceFile, lineNumber }) =>
    window.tillSmoke(`${effectiveDirective} ${blockedURI} (${sourceFile || 'the page'}:${lineNumber})`));
}
"""


def page(shop: Shop, report: Report) -> None:
    """the page pays in a browser, without a violation of the Content-Security-Policy"""
    chromium = os.environ.get("CHROMIUM")
    if not chromium:
        why = "no browser is at hand; install Chromium or Chrome, or set CHROMIUM to its path"
        report.not_checked(POLICY, why)
        report.not_checked("the page pays", why)
        return
    violations: list[str] = []
    paid = WORDS["paid.title"]
    with opened(chromium, violations) as tab:
        try:
            pay(tab, shop.target.site)
            outcome = tab.locator("h1").inner_text()
        except (Error, AssertionError) as error:
            outcome = str(error).strip().splitlines()[0]
        report.equal("the page pays", paid, outcome)
    if outcome == paid or violations:
        report.none(POLICY, violations)
    else:
        report.not_checked(POLICY, "the page did not get that far")


@contextmanager
def opened(chromium: str, violations: list[str]) -> Iterator[Page]:
    """An empty tab that writes down what the policy of its page has stopped."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        # Playwright ends the browser with the block, however it ends.
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET + as_root)
        tab = browser.new_page(locale="en-US")
        tab.set_default_timeout(WITHIN)
        tab.expose_function("tillSmoke", lambda violation: violations.append(violation))
        tab.add_init_script(WATCH)
        yield tab


def pay(tab: Page, url: str) -> None:
    """Types what a shopper types, into Stripe's own frames, and waits for the receipt."""
    tab.goto(f"{url}/?lang=en")
    tab.locator("#form").scroll_into_view_if_needed()  # the card fields come when it is in view
    button = tab.locator("#pay")
    expect(button).not_to_have_attribute("aria-disabled", "true", timeout=WITHIN)
    for name, value in {"email": "smoke@example.com", "name": "Smoke Test", "postal": "94103"}.items():
        tab.locator(f"#{name}").fill(value)
    for name, value in {"number": "4242424242424242", "expiry": "1234", "cvc": "123"}.items():
        tab.frame_locator(f"#card-{name} iframe").first.get_by_role("textbox").first.press_sequentially(value)
    button.click()
    expect(tab.locator("h1")).to_have_text(WORDS["paid.title"], timeout=WITHIN)
