"""The doors behind CloudFront. Both are reachable from everywhere, and have to be shut."""

import json

from smoke.report import Report
from smoke.shop import Shop

LOCAL = "cargo run has neither bucket nor API Gateway"
UNKNOWN = "its address is not known: give STAGE, with AWS credentials, or {}"


def bucket(shop: Shop, report: Report) -> None:
    """the bucket is not public"""
    address = shop.target.bucket
    if address is None:
        left_out(shop, report, "the bucket is not public", "BUCKET_URL")
        return
    for what, path in {"a file": "/index.html", "its list": "/?list-type=2"}.items():
        report.equal(f"the bucket refuses {what} to everybody", 403, shop.fetch(address + path).status)


def api(shop: Shop, report: Report) -> None:
    """execute-api refuses what did not come through CloudFront"""
    address = shop.target.api
    if address is None:
        left_out(shop, report, "execute-api refuses what did not come through CloudFront", "API_URL")
        return
    refused = "403 not_attempted forbidden"
    report.equal("execute-api refuses /api/config", refused, shop.fetch(f"{address}/api/config").told)
    # Not a payment, whoever takes it: no card, no order. A guess at CloudFront's secret is none.
    for header in ({}, {"X-Origin-Verify": ""}, {"X-Origin-Verify": "a guess"}):
        headers = {"Content-Type": "application/json", "Idempotency-Key": shop.checkout(), **header}
        answer = shop.fetch(f"{address}/api/payments", "POST", json.dumps({}).encode(), headers)
        report.equal(f"execute-api refuses /api/payments with {header or 'no X-Origin-Verify'}", refused, answer.told)


def left_out(shop: Shop, report: Report, what: str, option: str) -> None:
    if shop.target.is_local:
        report.not_applicable(what, LOCAL)
    else:
        report.not_checked(what, UNKNOWN.format(option))
