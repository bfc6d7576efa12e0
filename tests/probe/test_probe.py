"""The verb: which keys it takes, what it says, and what it leaves."""

import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import probe
import pytest
from client import DECLINED, Stripe
from question import NO_DOCUMENT, Question
from questions import QUESTIONS
from sandbox import Sandbox

PROBE = Path(__file__).parent / "probe.py"
LIVE = "sk_live_51TillProbe00000notAKey"


def run(**environment: str) -> subprocess.CompletedProcess:
    """As CI runs it: nobody sits at its input."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("STRIPE_", "GITHUB_"))}
    return subprocess.run([sys.executable, PROBE], env=clean | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)


@pytest.mark.parametrize("key", [LIVE, LIVE.replace("sk", "rk"), "pk_test_51TillProbe", "sk_test_", "hello"])
def test_a_key_of_another_kind_is_refused_before_anything_is_sent(key):
    done = run(STRIPE_SECRET_KEY=key)
    assert (done.returncode, done.stdout) == (1, "")
    assert "STRIPE_SECRET_KEY is " in done.stderr and done.stderr.endswith("Nothing was sent.\n")
    assert ("test mode alone" in done.stderr) == ("_live_" in key) and (len(key) < 10 or key not in done.stderr)


def test_the_other_keys_are_refused_as_well():
    for name in ("STRIPE_RESTRICTED_KEY", "STRIPE_PUBLISHABLE_KEY"):
        done = run(STRIPE_SECRET_KEY="sk_test_51TillProbe", **{name: LIVE})
        assert done.returncode == 1 and f"{name} is a live key" in done.stderr and LIVE not in done.stderr


def test_without_a_key_stripe_is_not_asked():
    done = run()
    assert done.returncode == 1 and done.stdout == "There is no STRIPE_SECRET_KEY, so Stripe was not asked. make test-probe asks the sandbox.\n"
    done = run(GITHUB_ACTIONS="true")
    assert done.returncode == 0 and done.stdout.startswith("::notice title=make probe::There is no STRIPE_SECRET_KEY")


def test_a_key_is_typed_without_echo():
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [sys.executable, str(PROBE)], {"PATH": os.environ["PATH"]})
    shown = ""
    while "not shown): " not in shown and select.select([terminal], [], [], 20)[0]:
        shown += os.read(terminal, 4096).decode()
    os.write(terminal, f"{LIVE}\n".encode())
    while select.select([terminal], [], [], 20)[0]:
        try:
            shown += os.read(terminal, 4096).decode()
        except OSError:
            break  # it has ended
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    assert "is a live key" in shown and LIVE not in shown


@pytest.fixture
def another_sandbox():
    with Sandbox() as running:
        yield running


@pytest.fixture
def asked(another_sandbox, monkeypatch, capsys):
    """The verb, with these questions, at a Stripe that is the sandbox: its exit status and what it printed."""

    def ask(*questions: Question, key: str = another_sandbox.secret_key):
        monkeypatch.setattr(probe, "STRIPE", another_sandbox.url)
        monkeypatch.setattr(probe, "QUESTIONS", list(questions))
        monkeypatch.setattr(sys, "argv", ["probe.py"])
        monkeypatch.setenv("STRIPE_SECRET_KEY", key)
        for name in ("STRIPE_RESTRICTED_KEY", "STRIPE_PUBLISHABLE_KEY"):
            monkeypatch.delenv(name, raising=False)
        status = probe.main()
        return status, capsys.readouterr().out

    return ask


def made_up(ask, *builds_on: str, source: str = "https://docs.stripe.com/api", otherwise: str = "") -> Question:
    return Question("id", "topic", "a question", builds_on, source, otherwise, ask)


def test_it_says_what_it_makes_and_what_differs(asked):
    right, wrong = made_up(lambda stripe: stripe.pay(), "200 succeeded"), made_up(lambda stripe: stripe.pay(DECLINED), "200 succeeded")
    status, said = asked(right)
    assert status == 0 and "make about 150 test PaymentIntents" in said.splitlines()[0] and "What differs" not in said
    status, said = asked(right, wrong)
    assert status == 1
    assert "| a question | 200 succeeded | 402 card_declined/generic_decline | https://docs.stripe.com/api |" in said
    assert "2 questions: 1 as expected, 1 differs" in said


def test_an_open_question_is_told_and_may_be_answered_otherwise(asked):
    opened = made_up(lambda stripe: stripe.pay(DECLINED), "200 succeeded", source=NO_DOCUMENT, otherwise="Till reads again.")
    status, said = asked(opened)
    assert status == 0 and "What no document says" in said
    assert "| a question | 200 succeeded | 402 card_declined/generic_decline | no document says |" in said
    assert "- a question: 402 card_declined/generic_decline. Till reads again." in said


def test_a_question_that_was_not_answered_is_no_success(asked):
    def silence(_):
        raise TimeoutError

    status, said = asked(made_up(silence, "200 succeeded"))
    assert status == 1 and "no answer came (TimeoutError)" in said


def test_nothing_secret_is_printed(asked, another_sandbox):
    def tell_all(stripe):
        return f"{stripe.key} {stripe.tombstone()['client_secret']} jenny@example.com {another_sandbox.publishable_key}"

    _, said = asked(made_up(tell_all, "nothing"), made_up(lambda stripe: {}[tell_all(stripe)], "nothing"))
    assert said.count("sk_test_…") == said.count("_secret_… …@… pk_test_…") == 2
    assert "jenny" not in said and another_sandbox.secret_key not in said and another_sandbox.publishable_key not in said


def test_a_key_that_stripe_does_not_know_ends_it(asked):
    with pytest.raises(probe.Stop, match="does not take this key \\(401\\)"):
        asked(key="sk_test_51TillProbe")


def open_intents(sandbox) -> list[str]:
    return [intent["id"] for intent in sandbox.control("GET", "ledger")["intents"] if intent["status"] not in ("succeeded", "canceled")]


def test_nothing_is_left_open(another_sandbox, capsys):
    stripe = another_sandbox.stripe()
    probe.ask(stripe, QUESTIONS)
    assert open_intents(another_sandbox) == [] and len(stripe.made) > 100
    assert f"{len(stripe.made)} test PaymentIntents were made." in capsys.readouterr().out


def test_neither_when_it_is_stopped_nor_when_an_answer_was_lost(another_sandbox):
    class Losing(Stripe):
        def send(self, method, path, body, headers):
            answer = super().send(method, path, body, headers)
            if "void" in body:
                raise TimeoutError
            return answer

    def stop(_):
        raise KeyboardInterrupt

    lost, stopped = made_up(lambda stripe: stripe.tombstone(), ""), made_up(stop, "")
    stripe = another_sandbox.stripe(Losing)
    with pytest.raises(KeyboardInterrupt):
        probe.ask(stripe, [lost, made_up(lambda stripe: stripe.pay(DECLINED), ""), stopped])
    ledger = another_sandbox.control("GET", "ledger")["intents"]
    assert [intent["status"] for intent in ledger] == ["canceled", "canceled"] and len(stripe.made) == 2


def test_what_cannot_be_canceled_is_named(another_sandbox, capsys):
    stripe = another_sandbox.stripe()

    def fall_silent(stripe):
        stripe.base = "http://127.0.0.1:1"
        return stripe.pay()

    (result,) = probe.ask(stripe, [made_up(fall_silent, "200 succeeded")])
    assert result.answer == "no answer came (ConnectionRefusedError)"
    assert f"could not be canceled (ConnectionRefusedError): their metadata have till_probe={stripe.run}" in capsys.readouterr().out
