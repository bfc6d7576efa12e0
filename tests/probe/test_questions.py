"""Each question, put to the sandbox: it answers what Till builds on."""

import re

import pytest
from question import Verdict, put
from questions import QUESTIONS

# What Till does not do yet, the sandbox does not know.
SALE = [question for question in QUESTIONS if question.topic == "sale"]
BUILT = [question for question in QUESTIONS if question.topic != "sale"]


def name(question) -> str:
    return f"{question.topic}:{question.id}"


@pytest.mark.parametrize("question", BUILT, ids=name)
def test_the_sandbox_answers_what_till_builds_on(question, stripe):
    assert put(question, stripe).answer in question.builds_on, question.source or "no document says"


@pytest.mark.parametrize("question", SALE, ids=name)
def test_what_the_sandbox_does_not_know_is_not_asked_of_it(question, stripe):
    """Once the sandbox knows it, it belongs to the questions above."""
    result = put(question, stripe)
    assert (result.verdict, result.answer.split()[:2]) == (Verdict.NOT_ASKED, ["the", "sandbox"])


def test_the_list_is_one_of_different_questions_with_sources():
    assert len(QUESTIONS) > 100
    assert len({(question.topic, question.id) for question in QUESTIONS}) == len({question.name for question in QUESTIONS}) == len(QUESTIONS)
    assert all(question.is_open or re.fullmatch(r"https://docs\.stripe\.com/[\w/.#-]+", question.source) for question in QUESTIONS)
