"""make probe: asks Stripe's test mode every question that Till builds on, and says what differs.

The key is STRIPE_SECRET_KEY, or is typed without echo. STRIPE_RESTRICTED_KEY and STRIPE_PUBLISHABLE_KEY of the same account let a few more
questions be asked. Standard library only: nothing is installed beside a key."""

import argparse
import getpass
import os
import re
import sys
from collections.abc import Iterable
from itertools import groupby

from client import STRIPE, Stripe
from question import Question, Result, Verdict, put
from questions import QUESTIONS
from sandbox import Sandbox

KINDS = {"STRIPE_SECRET_KEY": "sk rk", "STRIPE_RESTRICTED_KEY": "rk", "STRIPE_PUBLISHABLE_KEY": "pk"}
SECRETS = [(r"\b([srp]k_(test|live)_)\w+", r"\1…"), (r"_secret_\w+", "_secret_…"), (r"[^\s@]+@[^\s@]+", "…@…")]


class Stop(Exception):
    """Why nothing is asked, in words for whoever typed it."""


def say(*lines: str) -> None:
    """Prints; whatever an answer had in it, no key, client_secret or e-mail address."""
    for line in lines:
        for pattern, shown in SECRETS:
            line = re.sub(pattern, shown, line)
        print(line, flush=True)


def check(name: str, key: str) -> None:
    """Stops unless it is a key of test mode, of the kind that the variable is for."""
    kinds = KINDS[name].split()
    if re.match(r"[a-z]k_live_", key):
        raise Stop(f"{name} is a live key. The probe makes PaymentIntents, so it asks Stripe's test mode alone. Nothing was sent.")
    if not re.fullmatch(rf"({'|'.join(kinds)})_test_\w+", key):
        raise Stop(f"{name} is no key that begins with {' or '.join(f'{kind}_test_' for kind in kinds)}. Nothing was sent.")


def keys() -> dict[str, str]:
    """The keys that were given, all of test mode."""
    given = {name: os.environ.get(name, "").strip() for name in KINDS}
    if not given["STRIPE_SECRET_KEY"] and sys.stdin.isatty():
        given["STRIPE_SECRET_KEY"] = getpass.getpass("Stripe's secret key of test mode (sk_test_…; it is not shown): ").strip()
    for name, key in given.items():
        if key:
            check(name, key)
    return given


def reach(stripe: Stripe) -> None:
    """Stops unless Stripe lets this key in."""
    try:
        status = stripe.by(stripe.key).page({"limit": 1}).status
    except OSError as error:
        raise Stop(f"{stripe.base} could not be reached ({type(error).__name__}).") from None
    if status != 200:
        raise Stop(f"Stripe does not take this key ({status}): is it whole, not expired, and may it write PaymentIntents?")


def ask(stripe: Stripe, questions: Iterable[Question]) -> list[Result]:
    """Puts the questions, topic by topic, and cancels what they leave open."""
    results = []
    try:
        for topic, asked in groupby(questions, key=lambda question: question.topic):
            of_topic = [put(question, stripe) for question in asked]
            say(f"  {topic:16}{count(of_topic, Verdict.AS_EXPECTED):3} of {len(of_topic)} as expected")
            results += of_topic
    finally:
        say(f"{len(stripe.made)} test PaymentIntents were made. {end(stripe)}")
    return results


def end(stripe: Stripe) -> str:
    """Cancels what is open; what became of it."""
    try:
        return f"{stripe.leave_nothing_open()} of them were open, and are canceled."
    except OSError as error:
        return f"Those that are open could not be canceled ({type(error).__name__}): their metadata have till_probe={stripe.run}."


def count(results: list[Result], verdict: Verdict) -> int:
    return sum(result.verdict is verdict for result in results)


def row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def source(question: Question) -> str:
    return question.source or "no document says"


def table(title: str, results: list[Result]) -> None:
    if results:
        say("", title, "", row("question", "Till builds on", "answer", "source"), row(*["---"] * 4))
        say(*(row(result.question.name, result.question.expected, result.answer, source(result.question)) for result in results))


def report(results: list[Result]) -> int:
    """Tells what differs, what nobody had said, and what was not asked. The exit status: 1 if Till builds on something that is not so."""
    table("What differs:", [result for result in results if result.verdict is Verdict.DIFFERS])
    table("Not answered:", [result for result in results if result.verdict is Verdict.NOT_ANSWERED])
    answered = [result for result in results if result.verdict in (Verdict.AS_EXPECTED, Verdict.DIFFERS, Verdict.INFORMATION)]
    table("What no document says, and how it was answered:", [result for result in answered if result.question.is_open])
    if other := [result for result in answered if result.verdict is Verdict.INFORMATION]:
        say("", "Other answers, which Till takes as well:", "")
        say(*(f"- {result.question.name}: {result.answer}. {result.question.otherwise}" for result in other))
    if unasked := [result for result in results if result.verdict is Verdict.NOT_ASKED]:
        say("", "Not asked:", "", *(f"- {result.question.name}: {result.answer}" for result in unasked))
    say("", f"{len(results)} questions: " + ", ".join(f"{count(results, verdict)} {verdict.value}" for verdict in Verdict) + ".")
    return 1 if count(results, Verdict.DIFFERS) + count(results, Verdict.NOT_ANSWERED) else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sandbox", action="store_true", help="ask the sandbox (target/debug/sandbox) instead of Stripe")
    parser.add_argument("--list", action="store_true", help="only list the questions, the answers that Till builds on, and their sources")
    options = parser.parse_args()
    if options.list:
        say(row("question", "Till builds on", "source"), row(*["---"] * 3))
        say(*(row(question.name, question.expected, source(question)) for question in QUESTIONS))
        return 0
    if options.sandbox:
        with Sandbox() as sandbox:
            say(f"{len(QUESTIONS)} questions, put to the sandbox.", "")
            return report(ask(sandbox.stripe(), QUESTIONS))
    given = keys()
    if not given["STRIPE_SECRET_KEY"]:
        where = "::notice title=make probe::" if os.environ.get("GITHUB_ACTIONS") else ""
        say(f"{where}There is no STRIPE_SECRET_KEY, so Stripe was not asked. make test-probe asks the sandbox.")
        return 0 if where else 1
    say(
        f"{len(QUESTIONS)} questions to Stripe's test mode, in some minutes. They make about 150 test PaymentIntents in the account of this key,",
        "and no real payment. What is left open is canceled at the end, and when you stop it (Ctrl-C).",
        "",
    )
    stripe = Stripe(
        STRIPE,
        given["STRIPE_SECRET_KEY"],
        restricted_key=given["STRIPE_RESTRICTED_KEY"],
        publishable_key=given["STRIPE_PUBLISHABLE_KEY"],
    )
    reach(stripe)
    return report(ask(stripe, QUESTIONS))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Stop, FileNotFoundError) as stop:
        sys.exit(f"{stop}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nStopped.")
