"""What a verb says, what it asks, and how it stops."""

import argparse
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterable

from botocore.exceptions import BotoCoreError, ClientError


class Stop(Exception):
    """Why a verb does not go on, in words for whoever typed it."""


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def report(faults: Iterable[str]) -> None:
    """Stops if there are faults, and tells all of them at once."""
    if faults := list(faults):
        raise Stop("\n".join(["Before this can start:", *(f"  - {fault}" for fault in faults)]))


def confirm(question: str, answer: str) -> None:
    """Goes on only if `answer` is typed, or was given beforehand as `make … CONFIRM=answer`."""
    given = os.environ.get("CONFIRM", "")
    if not given:
        if not sys.stdin.isatty():
            raise Stop(f"{question}\nNobody is here to be asked. To say yes beforehand: CONFIRM={answer}")
        given = input(f"{question}\nType {answer} to go on: ").strip()
    if given != answer:
        raise Stop("Nothing was changed.")


def ask_secret(question: str) -> str:
    """A line that is not shown: from the terminal without echo, or from standard input if that is none."""
    return (getpass.getpass(f"{question}: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()


def wait(seconds: int, what: str) -> None:
    say(f"Waiting {seconds} s: {what}")
    time.sleep(seconds)


def verb(main: Callable[[argparse.Namespace], None], description: str | None, **options: dict) -> None:
    """Runs a verb with `--stage` and its other `options`; tells errors without a traceback."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--stage", default="", help="the stage's name, such as test or live")
    for name, settings in options.items():
        parser.add_argument(f"--{name.replace('_', '-')}", **settings)
    try:
        main(parser.parse_args())
    except Stop as stop:
        sys.exit(f"{stop}")
    except ClientError as error:
        told = error.response["Error"]
        sys.exit(f"AWS refused {error.operation_name}: {told['Code']}: {told['Message']}")
    except BotoCoreError as error:
        sys.exit(f"AWS could not be asked: {error}")
    except (KeyboardInterrupt, EOFError):
        sys.exit("\nStopped.")
