"""A thin client of Stripe's API: it asks as the function asks, and an answer says in a few words what it is."""

import copy
import http.client
import json
import re
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode, urlsplit

FUNCTION = Path(__file__).resolve().parents[2] / "functions/payments/src"
VERSION = re.search(r'API_VERSION: &str = "(.+)"', (FUNCTION / "stripe/client.rs").read_text())[1]

STRIPE = "https://api.stripe.com"
INTENTS = "/v1/payment_intents"
VISA = "pm_card_visa"
DECLINED = "pm_card_visa_chargeDeclined"
ASKING = "pm_card_authenticationRequired"

# What functions/payments/src/checkout/writes.rs sends.
PAYMENT = {
    "amount": 1099,
    "currency": "usd",
    "payment_method_types[]": "card",
    "confirm": "true",
    "description": "A question of make probe",
    "error_on_requires_action": "true",
}
HANDLING = {"error_on_requires_action": None, "confirmation_method": "manual", "use_stripe_sdk": "true"}
TOMBSTONE = {"amount": 100, "currency": "usd", "payment_method_types[]": "card", "metadata[till_void]": "true"}

MOST_RATE_LIMITS = 5
FINAL = ("succeeded", "canceled")


class Unasked(Exception):
    """Why a question cannot be put to this Stripe, with this key."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer of Stripe's."""

    status: int
    headers: dict[str, str]
    body: dict

    def __getitem__(self, field: str):
        return self.body[field]

    @property
    def error(self) -> dict:
        return self.body.get("error") or {}

    @property
    def code(self) -> str:
        """The error's shortest name, with the bank's reason where there is one; of a success the object's status."""
        if self.status < 400:
            return self.body.get("status") or self.body["object"]
        name = self.error.get("code") or self.error["type"]
        reason = self.error.get("decline_code") or name
        return name if reason == name else f"{name}/{reason}"

    @property
    def intent(self) -> dict:
        """The PaymentIntent that was answered, or that is in the error."""
        return self.body if self.body.get("object") == "payment_intent" else self.error.get("payment_intent") or {}

    @property
    def replayed(self) -> bool:
        return self.headers.get("idempotent-replayed") == "true"

    @property
    def at(self) -> str:
        """The answer with the parameter that it is about."""
        return f"{self} at {self.error.get('param')}"

    def __str__(self) -> str:
        return f"{self.status} {self.code}" + (", replayed" if self.replayed else "")


class Stripe:
    """Stripe's test mode, or the sandbox in its place."""

    def __init__(self, base: str, key: str, *, restricted_key: str = "", publishable_key: str = "", patience: float = 120, sandbox=None):
        self.base, self.key, self.sandbox = base, key, sandbox
        self.other_keys = {"restricted": restricted_key, "publishable": publishable_key}
        self.patience = patience  # seconds for what Stripe shows later
        self.is_main = True
        self.made: dict[str, str] = {}  # PaymentIntents and their latest status
        self.run = uuid.uuid4().hex
        self.shared: dict[Callable, object] = {}

    # Requests

    def ask(self, method: str, path: str, params: dict | None = None, *, key: str | None = None, version: str = VERSION) -> Answer:
        """Sends a request, under the idempotency key `key`; again only where Stripe has too many requests."""
        form = urlencode({name: value for name, value in (params or {}).items() if value is not None})
        headers = {"Authorization": f"Bearer {self.key}", "User-Agent": "Till-probe", "Stripe-Version": version}
        if method == "POST":
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Idempotency-Key": key or new_key()}
        for _ in range(MOST_RATE_LIMITS):
            answer = self.send(method, path if method == "POST" or not form else f"{path}?{form}", form if method == "POST" else "", headers)
            if answer.status != 429 or answer.code == "lock_timeout":
                break
            time.sleep(min(1, self.patience / 20))
        self._note(answer)
        if self.is_main and answer.status == 403:
            raise Unasked("this key may not do that: a secret key (sk_test_…) may")
        if self.sandbox and (answer.error.get("code") == "sandbox_unsupported" or "Unrecognized request URL" in answer.error.get("message", "")):
            raise Unasked("the sandbox does not know this part of Stripe")
        return answer

    def send(self, method: str, path: str, body: str, headers: dict[str, str]) -> Answer:
        """One request. It follows no redirect and uses no proxy: the key goes to Stripe and nowhere else."""
        base = urlsplit(self.base)
        connect = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
        connection = connect(base.hostname, base.port, timeout=60)
        try:
            connection.request(method, path, body.encode() or None, headers)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, json.loads(response.read()))
        except (http.client.HTTPException, ValueError) as error:
            raise OSError(type(error).__name__) from None
        finally:
            connection.close()

    def _note(self, answer: Answer) -> None:
        intent = answer.intent
        if intent.get("livemode"):
            raise SystemExit("This is live mode. The probe ends here.")
        if "id" in intent and not (answer.replayed and intent["id"] in self.made):
            self.made[intent["id"]] = intent.get("status", "")

    # What the function does

    def pay(self, card: str = VISA, changes: dict | None = None, *, key: str | None = None, version: str = VERSION) -> Answer:
        """Creates and confirms, as the function does. None in `changes` leaves a parameter out."""
        mark = {"metadata[till_probe]": self.run, "metadata[till_card]": card}
        return self.ask("POST", INTENTS, PAYMENT | mark | {"payment_method": card} | (changes or {}), key=key, version=version)

    def tombstone(self, changes: dict | None = None, *, key: str | None = None) -> Answer:
        """Creates a PaymentIntent without a card."""
        return self.ask("POST", INTENTS, TOMBSTONE | {"metadata[till_probe]": self.run} | (changes or {}), key=key)

    def confirm(self, intent: str, card: str = VISA, changes: dict | None = None, *, key: str | None = None) -> Answer:
        params = {"payment_method": card, "error_on_requires_action": "true"} | (changes or {})
        return self.ask("POST", f"{INTENTS}/{intent}/confirm", params, key=key)

    def cancel(self, intent: str, *, key: str | None = None) -> Answer:
        return self.ask("POST", f"{INTENTS}/{intent}/cancel", key=key)

    def update(self, intent: str, params: dict) -> Answer:
        return self.ask("POST", f"{INTENTS}/{intent}", params)

    def read(self, intent: str, **params) -> Answer:
        return self.ask("GET", f"{INTENTS}/{intent}", params)

    def charge_of(self, intent: str) -> dict:
        """The latest charge, expanded in a fresh read of its PaymentIntent."""
        return self.read(intent, **{"expand[]": "latest_charge"})["latest_charge"]

    def page(self, params: dict) -> Answer:
        return self.ask("GET", INTENTS, params)

    def search(self, query: str, params: dict | None = None) -> Answer:
        return self.ask("GET", f"{INTENTS}/search", {"query": query} | (params or {}))

    # Who asks

    @property
    def restricted(self) -> "Stripe":
        """The same account by a restricted key with PaymentIntents: Write and PaymentMethods: Read alone."""
        return self._by("restricted", "STRIPE_RESTRICTED_KEY is not set (rk_test_… of this account, PaymentIntents: Write)")

    @property
    def publishable(self) -> "Stripe":
        """The same account as a browser asks it."""
        return self._by("publishable", "STRIPE_PUBLISHABLE_KEY is not set (pk_test_… of this account)")

    def by(self, key: str) -> "Stripe":
        other = copy.copy(self)
        other.key, other.is_main = key, False
        return other

    def _by(self, kind: str, without: str) -> "Stripe":
        if not self.other_keys[kind]:
            raise Unasked(without)
        return self.by(self.other_keys[kind])

    # Time

    def until(self, look: Callable[[], object]):
        """What `look` sees, as soon as it sees something; at last what it sees then."""
        end = time.monotonic() + self.patience
        while not (seen := look()) and time.monotonic() < end:
            time.sleep(min(2, self.patience / 20))
        return seen

    def next_second(self) -> None:
        """Waits until what is made has another `created` than what was."""
        if self.sandbox:
            self.sandbox.pass_hours(1.05 / 3600)
        else:
            time.sleep(1.05)

    def at_once(self, *requests: Callable[[], Answer]) -> list[Answer]:
        """Sends requests at the same time; to the sandbox while it is slow, as it answers within a millisecond."""
        together = Barrier(len(requests))

        def send(request: Callable[[], Answer]) -> Answer:
            together.wait()
            return request()

        with ThreadPoolExecutor(len(requests)) as pool:
            if not self.sandbox:
                return list(pool.map(send, requests))
            with self.sandbox.behaving(latency_ms=250):
                return list(pool.map(send, requests))

    def once(self, make: Callable[["Stripe"], object]):
        """What several questions are about: made when the first of them is asked."""
        if make not in self.shared:
            self.shared[make] = make(self)
        return self.shared[make]

    def sandbox_only(self, why: str):
        """The sandbox's controls, for what Stripe shows to nobody who asks."""
        if not self.sandbox:
            raise Unasked(why)
        return self.sandbox

    # The end

    def leave_nothing_open(self) -> int:
        """Cancels every PaymentIntent of this run that is not final, those whose answer was lost included; how many they were."""
        self.is_main = False
        recent = self.page({"limit": 100}).body.get("data", [])
        mine = {intent["id"]: intent["status"] for intent in recent if intent["metadata"].get("till_probe") == self.run}
        still_open = [intent for intent, status in (self.made | mine).items() if status not in FINAL]
        return sum(self.cancel(intent).status == 200 for intent in still_open)


def new_key() -> str:
    """An idempotency key as the function makes one of a checkout's id."""
    return f"till-{uuid.uuid4()}"


def same(first: Answer, again: Answer) -> str:
    return "the same body" if first.body == again.body else "another body"


def yes(truth: object) -> str:
    return "yes" if truth else "no"
