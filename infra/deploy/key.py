"""Stripe's secret keys: whether one belongs to a stage, and whether Stripe takes it."""

import re
from urllib.parse import urlsplit

import urllib3

from deploy.terminal import Stop

KEY = re.compile(r"(?P<kind>sk|rk)_(?P<mode>test|live)_[A-Za-z0-9_]+")
ADVICE = (
    "A restricted key (rk_…) is enough, and does less harm in the wrong hands. In Stripe's Dashboard: Developers, API keys,\n"
    "Create restricted key, with the permission PaymentIntents: Write. With Charges and Refunds: Read as well, answers also say\n"
    "what was refunded."
)


def account_of(key: str) -> str | None:
    """The mode, `51` and the fourteen characters that all keys of an account share, where the key has them (decision 4). The function's rule
    is the same; tests/deploy/keys.json holds both to it."""
    of_mode = key.split("_", 1)[1]
    tail = of_mode.removeprefix("test_").removeprefix("live_")
    return of_mode[: len("test_51") + 14] if tail.startswith("51") and len(tail) > 40 else None


def check(key: str, publishable_key: str) -> None:
    """Stops unless `key` is a secret key of the publishable key's mode and account. The function refuses any other."""
    found = KEY.fullmatch(key)
    if not found:
        kind = "a publishable key, which is public" if key.startswith("pk_") else "no secret key of Stripe's"
        raise Stop(f"That is {kind}. Wanted is rk_… or sk_….\n{ADVICE}")
    mode = publishable_key.split("_")[1]
    if found["mode"] != mode:
        raise Stop(f"That is a key of {found['mode']} mode, but the stage's publishable key is of {mode} mode.")
    ours, theirs = account_of(key), account_of(publishable_key)
    if ours and theirs and ours != theirs:
        raise Stop("That is the key of another Stripe account than the stage's publishable key.")


def keeps_a_key(api_base: str) -> bool:
    """Whether nobody on the way reads what is sent there. Names for this machine are these three, and no other that may lead here."""
    try:
        url = urlsplit(api_base)
        return bool(url.hostname) and (url.scheme == "https" or (url.scheme == "http" and url.hostname in ("127.0.0.1", "::1", "localhost")))
    except ValueError:
        return False


def prove(key: str, api_base: str) -> None:
    """Reads the newest PaymentIntent with the key; stops unless Stripe lets it. Over https, or to a sandbox on this machine."""
    if not keeps_a_key(api_base):
        raise Stop(f"StripeApiBase is {api_base!r}, and a key travels over https alone. Nothing was changed.")
    headers = {"Authorization": f"Bearer {key}"}
    try:
        answer = urllib3.request("GET", f"{api_base}/v1/payment_intents?limit=1", headers=headers, timeout=20, retries=2, redirect=False)
    except urllib3.exceptions.HTTPError as error:
        why = type(getattr(error, "reason", error)).__name__  # not its text: who knows what is in it
        raise Stop(f"{api_base} could not be reached ({why}). Nothing was changed.") from None
    match answer.status:
        case 200:
            return
        case 401:
            raise Stop("Stripe does not know this key: is it whole, and not expired? Nothing was changed.")
        case 403:
            raise Stop(f"This key may not read PaymentIntents. Nothing was changed.\n{ADVICE}")
    raise Stop(f"Stripe answered {answer.status} when it was asked about this key. Nothing was changed; try again.")
