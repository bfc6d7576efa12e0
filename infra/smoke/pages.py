"""The site: its headers, its files, and the way to it over HTTP."""

import json
import re
from pathlib import Path

from deploy import upload

from smoke.report import Report
from smoke.shop import Shop

INFRA = Path(__file__).resolve().parents[1]
HEADERS = {header["name"]: header["value"] for header in json.loads((INFRA / "headers.json").read_text())["headers"]}
# In the page and its headers `cargo run` puts the sandbox in the place of each, and changes nothing else: local/server/src/site.rs.
STRIPES_ORIGINS = ("https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com", "https://api.stripe.com")


def sandbox_of(shop: Shop) -> str | None:
    """The origin on this machine that a local page takes for Stripe's."""
    if not shop.target.is_local:
        return None
    link = re.search(rb'href="(http://127\.0\.0\.1:\d+)/[^"]*stripe\.js"', shop.page("/").data)
    return link[1].decode() if link else None


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
    """the site is static-site as it stands here, with the types and the caching that make deploy gives it"""
    sandbox = sandbox_of(shop)
    site = upload.files()
    different = []
    for file in site:
        page = file.key.endswith(".html")
        expected = as_served(file.body.decode(), sandbox).encode() if page else file.body
        answer = shop.page("/" if file.key == "index.html" else f"/{file.key}")
        headers = {"Content-Type": file.type} | ({} if shop.target.is_local else {"Cache-Control": file.cache})
        if answer.status != 200 or answer.data != expected:
            different.append(f"{file.key} ({answer.status})")
        different += [f"{file.key} ({name}: {answer.headers.get(name)})" for name, value in headers.items() if answer.headers.get(name) != value]
    report.none(f"files served otherwise than make deploy uploads them, of {len(site)}", different)


def redirect(shop: Shop, report: Report) -> None:
    """who comes by HTTP is sent to HTTPS"""
    what = "HTTP is redirected to HTTPS"
    if shop.target.is_local:
        report.not_applicable(what, "cargo run has no HTTPS, and Stripe's test mode needs none on one's own machine")
        return
    for path in ("/", "/api/config"):
        answer = shop.fetch(shop.target.unencrypted + path)
        report.equal(f"{what}, {path}", f"301 {shop.target.site}{path}", f"{answer.status} {answer.headers.get('Location')}")
