"""Money, in Stripe's test mode: prices, a payment and its replay, a decline, a checkout that is closed."""

from typing import Any

from smoke.report import Report
from smoke.shop import Shop

# https://docs.stripe.com/testing
PAYS, DECLINES = "pm_card_visa", "pm_card_visa_chargeDeclined"
#: WAF lets one address send 20 POSTs to /api/payments in five minutes (PaymentsPerAddress), and all other checks together send 13.
#: So the price list is asked about in so many orders, over all currencies, and the function takes so many lines of one.
PROBES, LINES = 6, 20


def order(shop: Shop, items: list[dict[str, Any]], currency: str, card: str) -> dict[str, Any]:
    """One of each of the items of the catalogue, at the prices that shoppers see."""
    return {
        "payment_method": card,
        "items": [{"sku": item["sku"], "quantity": 1} for item in items],
        "currency": currency,
        "expected_total": sum(item["prices"][currency] for item in items),
        "publishable_key": shop.config["publishable_key"],
    }


def first_order(shop: Shop, card: str) -> dict[str, Any]:
    item = shop.catalog()[0]
    return order(shop, [item], next(iter(item["prices"])), card)


def prices(shop: Shop, report: Report) -> None:
    """the function's prices are those of the catalogue that shoppers see; another total is refused, uncharged"""
    catalog = shop.catalog()
    probes = max(1, PROBES // len(shop.config["currencies"]))
    for currency in shop.config["currencies"]:
        sold = [item for item in catalog if currency in item["prices"]]
        size = min(-(-len(sold) // probes), LINES)
        asked_about = sold[: size * probes]
        if len(sold) > len(asked_about):
            why = f"WAF lets one address send 20 POSTs in five minutes, and {len(asked_about)} prices fit"
            report.not_checked(f"{len(sold) - len(asked_about)} more prices, {currency}", why)
        for items in (asked_about[start : start + size] for start in range(0, len(asked_about), size)):
            # A cent too much, and a card that is refused: nothing can be charged, whatever the function makes of it.
            asked = order(shop, items, currency, DECLINES)
            total = asked["expected_total"]
            answer = shop.post("/api/payments", asked | {"expected_total": total + 1}, shop.checkout())
            what = f"{', '.join(item['sku'] for item in items)}, {currency}, with {total + 1} for the total"
            right = f"{answer.body.get('total')} {answer.body.get('currency')}"
            report.equal(what, f"409 not_attempted total_changed {total} {currency}", f"{answer.told} {right}")


def payment(shop: Shop, report: Report) -> None:
    """a card is charged once, what the page shows, however often the request is sent"""
    asked, checkout = first_order(shop, PAYS), shop.checkout()
    answer = shop.post("/api/payments", asked, checkout)
    shown = {"amount": asked["expected_total"], "currency": asked["currency"], "livemode": False, "items": asked["items"]}
    charged = {name: answer.body.get(name) for name in shown}
    report.equal("a payment", f"200 paid {shown}", f"{answer.told} {charged}")
    again = shop.post("/api/payments", asked, checkout, resend=True)
    paid = f"200 paid {answer.body.get('payment_intent')}"
    report.equal("its replay is the same PaymentIntent", paid, f"{again.told} {again.body.get('payment_intent')}")
    settled = shop.post("/api/payments", asked | {"settle": True}, checkout, resend=True)
    report.equal("a request that only finds out", paid, f"{settled.told} {settled.body.get('payment_intent')}")


def decline(shop: Shop, report: Report) -> None:
    """a card that is refused is told so, and nothing is charged"""
    checkout = shop.checkout()
    answer = shop.post("/api/payments", first_order(shop, DECLINES), checkout)
    report.equal("a card that is refused", "402 declined card_declined", answer.told)
    error = answer.body.get("error") or {}
    report.equal("its type and advice", "card_error contact_issuer", f"{error.get('type')} {error.get('advice')}")
    close(shop, report, checkout, "the checkout with the refused card")


def void(shop: Shop, report: Report) -> None:
    """a checkout that is closed cannot be paid"""
    checkout = shop.checkout()
    close(shop, report, checkout, "a checkout that nobody used")
    late = shop.post("/api/payments", first_order(shop, PAYS), checkout, resend=True)
    report.equal("a payment that comes after that", "410 not_attempted checkout_closed closed", f"{late.told} {late.checkout}")


def close(shop: Shop, report: Report, checkout: str, what: str) -> None:
    answer = shop.post("/api/payments/void", {"publishable_key": shop.config["publishable_key"]}, checkout, resend=True)
    report.equal(f"{what}, closed", "410 not_attempted checkout_closed closed", f"{answer.told} {answer.checkout}")
