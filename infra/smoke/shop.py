"""The shop as its customers reach it: pages, and the API as the page speaks to it."""

import json
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import urllib3
from deploy import function
from deploy.terminal import Stop

from smoke.target import Target

#: Beyond API Gateway's own 30 s.
PATIENCE = 40.0
#: Seconds before each try of the same request.
PAUSES = (0.0, 1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Answer(function.Answer):
    """An HTTP answer, with its bytes as they came."""

    data: bytes = field(default=b"", repr=False)

    @property
    def told(self) -> str:
        """`402 declined card_declined`"""
        return super().told if self.outcome else f"{self.status or 'no reply,'} without an outcome"


NO_REPLY = Answer(0, {}, {})


class Shop:
    """A stack under test. Remembers what its API answered."""

    def __init__(self, target: Target):
        self.target = target
        self.http = urllib3.PoolManager(timeout=PATIENCE, retries=False, headers={"User-Agent": "till-smoke"})
        self.answers: list[tuple[str, Answer]] = []

    def fetch(self, url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Any address, no redirect followed."""
        answer = self.http.request(method, url, body=body, headers={**self.http.headers, **(headers or {})}, redirect=False)
        return Answer(answer.status, answer.headers, function.fields(answer.data), answer.data)

    def page(self, path: str) -> Answer:
        return self.fetch(self.target.site + path)

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """The API. A 429 without an outcome is API Gateway's: nobody has read the request, and it is sent again."""
        for pause in PAUSES:
            time.sleep(pause)
            answer = self.fetch(self.target.site + path, method, body, headers)
            if answer.status != 429 or answer.outcome:
                break
        self.answers.append((f"{method} {path}", answer))
        return answer

    def post(self, path: str, body: dict[str, Any], checkout: str, resend: bool = False) -> Answer:
        """What the page sends; as the page does, again while nobody knows the outcome."""
        for pause in PAUSES:
            time.sleep(pause)
            headers = {"Content-Type": "application/json", "Idempotency-Key": checkout} | ({"Till-Resend": "true"} if resend else {})
            try:
                answer = self.ask("POST", path, json.dumps(body).encode(), headers)
            except urllib3.exceptions.HTTPError:
                answer = NO_REPLY
            if answer.outcome not in ("", "unknown"):
                break
            resend = True
        return answer

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the page reads while it loads. Refuses a shop that takes real money."""
        try:
            answer = self.ask("GET", "/api/config")
        except urllib3.exceptions.HTTPError as error:
            raise Stop(f"{self.target.site} does not answer: {error}") from None
        fields = answer.body
        if answer.status != 200 or not {"publishable_key", "livemode", "now"} <= fields.keys():
            raise Stop(f"{self.target.site}/api/config answers {answer.told}; wanted is 200 with the configuration. Is this Till?")
        if fields["livemode"] is not False or not str(fields["publishable_key"]).startswith("pk_test_"):
            raise Stop(f"{self.target.site} is in live mode: its cards are real. Nothing was sent. Only test-mode stacks are tried.")
        self.began = time.monotonic()
        return fields

    @property
    def was_blocked(self) -> bool:
        """Whether something before the function refused a request. WAF does, with a 403 that has no outcome."""
        return any(answer.status == 403 and not answer.outcome for _, answer in self.answers)

    def catalog(self) -> list[dict[str, Any]]:
        """The price list that shoppers see."""
        return list(self.page("/catalog.json").body.get("items", []))

    def checkout(self) -> str:
        """A new checkout's id, a UUIDv7 of the server's time."""
        return function.checkout_id(int(self.config["now"] + 1000 * (time.monotonic() - self.began)))
