"""make smoke: checks a running test-mode shop from outside, and pays there. One line a check; it fails if any of them does."""

import sys
from argparse import Namespace

from deploy.terminal import Stop, verb

from smoke import browser, doors, pages, payments, refusals
from smoke.report import Report
from smoke.shop import Shop
from smoke.target import Target

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
    if shop.was_blocked:
        report.say("Something before the function answered 403. WAF does after 20 POSTs in five minutes (PaymentsPerAddress): try again after five.")


def main(options: Namespace) -> None:
    site = options.url.rstrip("/")
    if options.stage:
        target = Target.of_stage(options.stage, site)
    elif site:
        target = Target(site, options.api_url, options.bucket_url)
    else:
        raise Stop("Which shop? STAGE=test, or URL=https://shop.example without a stage.")
    report = Report()
    smoke(target, report)
    print(report.summary())
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    verb(
        main,
        __doc__,
        url={"default": "", "help": "the shop's address, if it is not the stage's"},
        api_url={"help": "without a stage: the API's own address, past CloudFront"},
        bucket_url={"help": "without a stage: the bucket's own address, past CloudFront"},
    )
