"""Twenty at once, five thousand in a row: right answers, bounded memory, no file descriptor left."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from desk import Answer, Desk
from events import mint, table

EVENTS = table()
AT_ONCE = 20
WARM_UP = 500
IN_A_ROW = 5000
# KiB that the process may grow by after the warm-up: a quarter of a KiB an invocation. lambda_runtime 1.5 sets _X_AMZN_TRACE_ID for each, and
# glibc never forgets a value that a variable once had: 165 bytes. Without that it is 16 KiB in all, the allocator's own unrest.
GROWTH = IN_A_ROW // 4
# KiB in all; the smallest Lambda has 128 MiB.
RESIDENT = 32 * 1024


def resident(desk: Desk) -> int:
    """KiB of memory."""
    status = Path(f"/proc/{desk.function.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def descriptors(desk: Desk) -> list[str]:
    return sorted(entry.name for entry in Path(f"/proc/{desk.function.pid}/fd").iterdir())


def test_twenty_at_once_are_answered_each_its_own(desk):
    def pay(_) -> dict:
        return desk.post(EVENTS["paid"].text(mint())).body

    before = len(desk.control("GET", "ledger")["intents"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(pay, range(AT_ONCE)))
    assert [answer["outcome"] for answer in answers] == ["paid"] * AT_ONCE
    assert len({answer["payment_intent"] for answer in answers}) == AT_ONCE
    assert len(desk.control("GET", "ledger")["intents"]) == before + AT_ONCE


def test_twenty_sends_of_one_checkout_at_once_are_one_charge(desk):
    desk.control("POST", "reset")
    text = EVENTS["paid"].text(mint())
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: desk.post(text).body, range(AT_ONCE)))
    assert {(answer["outcome"], answer["payment_intent"]) for answer in answers} == {("paid", answers[0]["payment_intent"])}
    assert len(desk.control("GET", "ledger")["intents"]) == 1


def test_five_thousand_in_a_row_leave_nothing_behind(command):
    names = ["paid", "declined", "config", "json-malformed", "total-changed"]
    with Desk(command) as desk:
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)

        def send(count: int):
            for n in range(count):
                event = EVENTS[names[n % len(names)]]
                connection.request("POST", desk.invocations, event.text(mint()))
                response = connection.getresponse()
                assert Answer.read(response.read()).told == event.answer
                # The sandbox's books are not what is measured.
                if n % 1000 == 0:
                    desk.control("POST", "reset")

        send(WARM_UP)
        memory, open_files = resident(desk), descriptors(desk)
        send(IN_A_ROW)
        grown = resident(desk) - memory
        print(f"{IN_A_ROW} invocations: {memory} KiB before, {grown} KiB more after; {len(open_files)} descriptors")
        assert grown <= GROWTH
        assert memory + grown <= RESIDENT
        # An idle connection may have been closed by the other side; none may have been added.
        assert len(descriptors(desk)) <= len(open_files)
        assert desk.function.poll() is None
