"""What the function says at its public address, asked as the page asks it."""

import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import urllib3

from deploy.terminal import Stop


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: dict = field(repr=False)

    @property
    def outcome(self) -> str:
        """One of the five; empty if it is no answer of the function's."""
        return str(self.body.get("outcome", ""))

    @property
    def code(self) -> str:
        error = self.body.get("error")
        return str(error.get("code", "")) if isinstance(error, dict) else ""

    @property
    def checkout(self) -> str:
        """`open` or `closed`, of a `not_attempted`."""
        return str(self.body.get("checkout", ""))

    @property
    def told(self) -> str:
        return " ".join(part for part in (str(self.status), self.outcome, self.code) if part)


def fields(data: bytes) -> dict:
    """Those of a JSON object; none if it is no such thing."""
    try:
        found = json.loads(data)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def checkout_id(now_ms: int) -> str:
    """A UUIDv7."""
    number = now_ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


class Function:
    """The function behind `url`, the shop's address."""

    def __init__(self, url: str):
        self.url = url.rstrip("/")
        self.http = urllib3.PoolManager(timeout=40, retries=False)

    def config(self) -> dict:
        answer = self._ask("GET", "/api/config")
        if answer.status != 200 or "publishable_key" not in answer.body:
            raise Stop(f"{self.url}/api/config answers {answer.told}; wanted is 200 with the configuration.")
        return answer.body

    def pay(self, body: dict, checkout: str, resend: bool = False) -> Answer:
        headers = {"Content-Type": "application/json", "Idempotency-Key": checkout}
        return self._ask("POST", "/api/payments", json.dumps(body), headers | ({"Till-Resend": "true"} if resend else {}))

    def catalog(self) -> dict:
        """The price list that shoppers see."""
        catalog = self._ask("GET", "/catalog.json").body
        if not catalog.get("items"):
            raise Stop(f"{self.url}/catalog.json is no price list: is the site uploaded?")
        return catalog

    def takes_payments(self) -> bool:
        """Tries to pay with a card that does not exist. That charges nothing in either mode; whether it gets as far as Stripe, and Stripe
        refuses the card, or is turned away before that, tells whether payments are taken."""
        config, item = self.config(), self.catalog()["items"][0]
        currency, total = next(iter(item["prices"].items()))
        body = {
            "payment_method": "pm_till_probe",
            "items": [{"sku": item["sku"], "quantity": 1}],
            "currency": currency,
            "expected_total": total,
            "publishable_key": config["publishable_key"],
        }
        checkout = checkout_id(config["now"])
        answer = self.pay(body, checkout)
        if answer.code == "total_changed":  # the function is compiled with another price list: its own total will do
            answer = self.pay(body | {"expected_total": answer.body["total"]}, checkout_id(config["now"]))
        match answer.status, answer.code:
            case 400, "payment_method_invalid":
                return True
            case 503, "service_unavailable":
                return False
            case 422, "stripe_refused":
                raise Stop("Stripe refuses a payment with this key (422 stripe_refused). Does the key have PaymentIntents: Write? Stripe's request log says why.")
        raise Stop(f"A payment with a card that does not exist is answered {answer.told}; see the function's log.")

    def _ask(self, method: str, path: str, body: str | None = None, headers: dict | None = None) -> Answer:
        try:
            answer = self.http.request(method, self.url + path, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError as error:
            raise Stop(f"{self.url}{path} could not be reached: {error}") from None
        return Answer(answer.status, answer.headers, fields(answer.data))
