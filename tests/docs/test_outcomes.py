"""docs/outcomes.md and docs/api.md say what the code and docs/openapi.yaml say."""

import re
import subprocess
import sys

import yaml
from documents import ROOT, tables

SOURCE = ROOT / "functions/payments/src"
# functions/payments/src/checkout/answers.rs holds the third, the decision table.
OUTCOMES, ANSWERS, _, STEPS, REASONS = tables(ROOT / "docs/outcomes.md")
OPENAPI = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def codes(column: str) -> set[str]:
    return {*column.split(", ")}


def names_in(block: str) -> set[str]:
    """What the `code()` of a type of outcome.rs can be."""
    (body,) = re.findall(rf"^impl {block} \{{\n(.*?)^\}}", (SOURCE / "outcome.rs").read_text(), re.M | re.S)
    return {*re.findall(r'=> "(\w+)"', body)}


def test_every_code_of_a_refusal_is_in_the_table_and_no_other():
    sources = "".join(path.read_text() for path in (*(SOURCE / "http").glob("*.rs"), *(SOURCE / "checkout").glob("*.rs")))
    invalid = {*re.findall(r'Refusal::invalid\(\s*"(\w+)"', sources)} | {*re.findall(r'Refusal::Invalid \{ code: "(\w+)"', sources)}
    listed = {code for row in ANSWERS[1:] if row[1] == "not_attempted" for code in codes(row[2])}
    assert listed == names_in("Refusal") | invalid


def test_every_reason_of_an_unknown_outcome_is_in_the_table():
    assert {row[0] for row in REASONS[1:]} == names_in("UnknownReason")


def test_every_step_of_the_decision_table_is_explained():
    (steps,) = re.findall(r"pub enum Next \{\n(.*?)^\}", (SOURCE / "checkout/answers.rs").read_text(), re.M | re.S)
    assert {row[0] for row in STEPS[1:]} == {*re.findall(r"^    (\w+),$", steps, re.M)}


def test_statuses_and_outcomes_are_those_of_the_openapi_file():
    statuses = {status for path in OPENAPI["paths"].values() for verb in path.values() for status in verb["responses"]}
    # Any other path or method, which no operation of the file can have.
    assert {row[0] for row in ANSWERS[1:]} == statuses | {"404", "405"}
    for row in OUTCOMES[1:]:
        assert f"`{row[0]}`" in OPENAPI["info"]["description"]


def test_the_api_reference_is_written_from_the_openapi_file():
    written = subprocess.run([sys.executable, ROOT / "docs/api.py"], capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs/api.md").read_text() == written, "run make api-reference"
