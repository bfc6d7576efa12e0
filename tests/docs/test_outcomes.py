"""docs/outcomes.md and docs/api.md say what the code and docs/openapi.yaml say."""

import re
import subprocess
import sys

import yaml
from documents import ROOT, tables

SOURCE = ROOT / "functions/payments/src"
OUTCOMES, ANSWERS, DOUBTS = tables(ROOT / "docs/outcomes.md")
OPENAPI = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def codes(column: str) -> set[str]:
    return {*column.split(", ")}


def test_every_code_of_a_refusal_is_in_the_table_and_no_other():
    outcome = (SOURCE / "outcome.rs").read_text()
    refusals = set(re.findall(r'=> "(\w+)"', outcome.split("impl Refusal")[1].split("impl Doubt")[0]))
    sources = "".join(path.read_text() for path in (*(SOURCE / "http").glob("*.rs"), *(SOURCE / "checkout").glob("*.rs")))
    invalid = {*re.findall(r'Refusal::invalid\(\s*"(\w+)"', sources)} | {*re.findall(r'Refusal::Invalid \{ code: "(\w+)"', sources)}
    listed = {code for row in ANSWERS[1:] if row[1] == "not_attempted" for code in codes(row[2])}
    assert listed == refusals | invalid


def test_every_doubt_is_in_the_table():
    doubts = set(re.findall(r'=> "(\w+)"', (SOURCE / "outcome.rs").read_text().split("impl Doubt")[1]))
    assert {row[0] for row in DOUBTS[1:]} == doubts


def test_statuses_and_outcomes_are_those_of_the_openapi_file():
    statuses = {status for path in OPENAPI["paths"].values() for verb in path.values() for status in verb["responses"]}
    # Any other path or method, which no operation of the file can have.
    assert {row[0] for row in ANSWERS[1:]} == statuses | {"404", "405"}
    for row in OUTCOMES[1:]:
        assert f"`{row[0]}`" in OPENAPI["info"]["description"]


def test_the_api_reference_is_written_from_the_openapi_file():
    written = subprocess.run([sys.executable, ROOT / "docs/api.py"], capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs/api.md").read_text() == written, "run make api-reference"
