"""The site: its headers, its files, and the way to it over HTTP."""

import json
import re
from pathlib import Path

from smoke.report import Report
from smoke.shop import Shop

REPOSITORY = Path(__file__).resolve().parents[2]
SITE = REPOSITORY / "static-site"
HEADERS = {header["name"]: header["value"] for header in json.loads((REPOSITORY / "infra/headers.json").read_text())["headers"]}
# In the page and its headers `cargo run` puts the sandbox in the place of each, and changes nothing else: local/server/src/site.rs.
STRIPES_ORIGINS = ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com", "https://api.stripe.com")


def sandbox_of(shop: Shop) -> str | None:
    """The origin on this machine that a local page takes for Stripe's."""
    if not shop.target.is_local:
        return None
    script = re.search(rb'src="(http://127\.0\.0\.1:\d+)/[^"]*stripe\.js"', shop.page("/").body)
    return script[1].decode() if script else None


def as_served(text: str, sandbox: str | None) -> str:
    for origin in STRIPES_ORIGINS if sandbox else ():
        text = text.replace(origin, sandbox or "")
    return text


def headers(shop: Shop, report: Report) -> None:
    """the security headers are those of infra/headers.json"""
    sandbox = sandbox_of(shop)
    expected = {name: as_served(value, sandbox) for name, value in HEADERS.items()}
    sent = shop.page("/").headers
    for name, value in expected.items():
        report.equal(f"/ {name}", value, sent.get(name))
    others = ["/app/page.js", "/catalog.json", "/no-such-page"]
    if shop.target.is_local:
        report.not_applicable("/api/… security headers", "CloudFront adds them, and there is none before cargo run")
    else:
        others += ["/api/config", "/api/no-such-path"]
    for path in others:
        sent = shop.page(path).headers
        other = [f"{name}: {sent.get(name)}" for name, value in expected.items() if sent.get(name) != value]
        report.none(f"{path} security headers that differ from these", other)


def files(shop: Shop, report: Report) -> None:
    """the site is static-site as it stands here, byte for byte"""
    sandbox = sandbox_of(shop)
    paths = [path for path in sorted(SITE.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    different = []
    for path in paths:
        name = path.relative_to(SITE).as_posix()
        expected = path.read_bytes()
        if path.suffix == ".html":
            expected = as_served(expected.decode(), sandbox).encode()
        answer = shop.page("/" if name == "index.html" else f"/{name}")
        if answer.status != 200 or answer.body != expected:
            different.append(f"{name} ({answer.status})")
    report.none(f"files served otherwise than they are in static-site, of {len(paths)}", different)


def redirect(shop: Shop, report: Report) -> None:
    """who comes by HTTP is sent to HTTPS"""
    what = "HTTP is redirected to HTTPS"
    if shop.target.is_local:
        report.not_applicable(what, "cargo run has no HTTPS, and Stripe's test mode needs none on one's own machine")
        return
    for path in ("/", "/api/config"):
        answer = shop.fetch(shop.target.unencrypted + path)
        report.equal(f"{what}, {path}", f"301 {shop.target.site}{path}", f"{answer.status} {answer.headers.get('Location')}")
