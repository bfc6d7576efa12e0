"""python -m smoke URL: every check, one after the other."""

import argparse
import sys

import urllib3
from smoke import browser, doors, pages, payments, refusals
from smoke.report import Report
from smoke.shop import Shop
from smoke.target import Refused, Target

CHECKS = (
    pages.headers,
    pages.files,
    pages.redirect,
    doors.bucket,
    doors.api,
    payments.prices,
    refusals.refusals,
    payments.payment,
    payments.decline,
    payments.void,
    refusals.not_stored,
    browser.page,
)


def smoke(target: Target, report: Report) -> None:
    """All checks; one that breaks off has failed, and the next begins."""
    shop = Shop(target)
    report.say(f"{target.site}, Stripe's account of {shop.config['publishable_key'][:20]}…, test mode")
    for check in CHECKS:
        try:
            check(shop, report)
        except Exception as error:  # whatever it is, the other checks still have something to say
            report.fail(check.__name__, check.__doc__, f"{type(error).__name__}: {error}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="smoke", description=__doc__)
    parser.add_argument("url", help="the shop's address")
    parser.add_argument("--api-url", help="the API's own address, past CloudFront")
    parser.add_argument("--bucket-url", help="the bucket's own address, past CloudFront")
    options = parser.parse_args()
    report = Report()
    try:
        smoke(Target(options.url.rstrip("/"), options.api_url, options.bucket_url), report)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 2
    except urllib3.exceptions.HTTPError as error:
        print(f"{options.url} does not answer: {error}", file=sys.stderr)
        return 2
    print(report.summary())
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
