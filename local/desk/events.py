"""The events of events/, as their README tells of them, and as they are when they are sent."""

import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "events"
# What stands in a file for an id that is not known before the event is sent.
CHECKOUT = "00000000-0000-7000-8000-000000000000"
PAYMENT_INTENT = "pi_of_the_event_before"
PAYMENT_METHOD = "pm_of_the_card_before"


@dataclass(frozen=True)
class Event:
    """A row of the table. `status` is `error` where the event never reaches the function; an empty outcome, code or checkout is none."""

    name: str
    first: tuple[str, ...]
    status: str
    outcome: str
    code: str
    #: `open` or `closed`, of a `not_attempted`.
    checkout: str

    @property
    def settings(self) -> dict[str, str]:
        """What the function has to be set to."""
        return dict(step.split("=", 1) for step in self.first if "=" in step)

    @property
    def answer(self) -> tuple[str, str, str]:
        """Status, outcome and code."""
        return self.status, self.outcome, self.code

    def text(self, checkout: str, payment_intent: str = PAYMENT_INTENT, payment_method: str = PAYMENT_METHOD) -> str:
        """The event as it is sent for a checkout, after an answer that named a PaymentIntent, with the PaymentMethod of a card."""
        text = (FOLDER / f"{self.name}.json").read_text()
        return text.replace(CHECKOUT, checkout).replace(PAYMENT_INTENT, payment_intent).replace(PAYMENT_METHOD, payment_method)


def table() -> dict[str, Event]:
    """The rows of events/README.md: | event | comes first | status | outcome | code | checkout | what it is |."""
    rows = re.findall(r"^\| `([\w-]+)` +\|" + r"([^|\n]*)\|" * 5 + r".*\|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    events = {}
    for name, first, *answer in rows:
        status, outcome, code, checkout = (cell.strip().strip("`") for cell in answer)
        events[name] = Event(name, tuple(re.findall("`([^`]+)`", first)), status, outcome, code, checkout)
    return events


def mint() -> str:
    """A checkout's id: a UUID of version 7, minted now (RFC 9562, section 5.7)."""
    random = secrets.token_hex(10)
    digits = f"{time.time_ns() // 1_000_000:012x}7{random[:3]}{'89ab'[int(random[3], 16) % 4]}{random[4:19]}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
