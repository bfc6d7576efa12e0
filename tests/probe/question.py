"""A question to Stripe: the answer that Till builds on, and the document that promises it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from client import Stripe, Unasked

# The source of what no document says: an open question.
NO_DOCUMENT = ""


@dataclass(frozen=True)
class Question:
    id: str
    topic: str
    name: str
    builds_on: tuple[str, ...]  # any one of these
    source: str
    otherwise: str  # what Till does if the answer is another one; without it, Till would be wrong
    ask: Callable[[Stripe], object]

    @property
    def is_open(self) -> bool:
        return self.source == NO_DOCUMENT

    @property
    def expected(self) -> str:
        return " or ".join(self.builds_on)


class Verdict(Enum):
    AS_EXPECTED = "as expected"
    DIFFERS = "differs"
    INFORMATION = "another answer, which Till takes as well"
    NOT_ASKED = "not asked"
    NOT_ANSWERED = "not answered"


@dataclass(frozen=True)
class Result:
    question: Question
    answer: str
    verdict: Verdict


QUESTIONS: list[Question] = []


def question(name: str, builds_on: str | tuple[str, ...], source: str, *, otherwise: str = "", id: str = ""):
    """Puts a function on the list. It asks Stripe, and returns the answer in words."""

    def listed(ask: Callable[[Stripe], object]):
        answers = (builds_on,) if isinstance(builds_on, str) else builds_on
        topic = ask.__module__.removeprefix("questions.")
        QUESTIONS.append(Question(id or ask.__name__, topic, name, answers, source, otherwise, ask))
        return ask

    return listed


def put(question: Question, stripe: Stripe) -> Result:
    """Asks one question, and judges the answer."""
    try:
        answer = str(question.ask(stripe))
    except Unasked as why:
        return Result(question, str(why), Verdict.NOT_ASKED)
    except OSError as error:
        return Result(question, f"no answer came ({type(error).__name__})", Verdict.NOT_ANSWERED)
    except Exception as error:  # whatever it is, the questions after it are asked, and what is open is canceled
        answer = f"an answer of another form ({type(error).__name__}: {error})"
    if answer in question.builds_on:
        return Result(question, answer, Verdict.AS_EXPECTED)
    return Result(question, answer, Verdict.INFORMATION if question.otherwise else Verdict.DIFFERS)
