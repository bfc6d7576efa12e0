"""What a developer does with the function at the desk.

    python3 local/desk event NAME     prints an event of events/ as it is sent now
    python3 local/desk invoke NAME    starts sandbox, emulator and function, sends the event, prints the answer, ends
    python3 local/desk watch          the function on http://127.0.0.1:9000 (PORT), rebuilt after each edit, until Ctrl-C

PROGRAM is what `invoke` runs: the debug build, if nothing else is given.
"""

import json
import os
import sys

import events
from desk import TARGET, Desk
from watch import watch


def invoke(event: events.Event) -> int:
    """Prints the answer as a client would see it; 1 if it is not the one of the table."""
    program = os.environ.get("PROGRAM") or TARGET / "debug/payments"
    with Desk.for_event([program], event) as desk:
        answer = desk.play(event)
    if answer.headers:
        print(answer.told[0], *(f"{name}: {value}" for name, value in answer.headers.items()), sep="\n", end="\n\n")
        print(json.dumps(answer.body, indent=2))
    else:
        print(answer.returned["errorMessage"])
    if answer.told == event.answer:
        return 0
    print(f"\nevents/README.md has another answer: {' '.join(event.answer)}", file=sys.stderr)
    return 1


def main() -> int:
    match sys.argv[1:]:
        case ["watch"]:
            return watch()
        case ["event" | "invoke" as verb, name] if name in events.table():
            event = events.table()[name]
            return invoke(event) if verb == "invoke" else print(event.text(events.mint()), end="") or 0
        case ["event" | "invoke", *_]:
            print("Which event? One of these:", *events.table(), sep="\n  ", file=sys.stderr)
        case _:
            print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
