"""Every test that the threat model names exists and is run, and every threat has one."""

import json
import os
import re
import subprocess
from functools import cache

import pytest
from documents import ROOT, links, tables

PAGE = ROOT / "docs/threat-model.md"
THREATS = [
    *("Card testing", "Price tampering", "Replay", "Stolen origin", "Leaked key", "Script injection", "Log leakage"),
    *("Account takeover of the bucket", "Supply chain", "Denial of service", "Lost replies", "Alarms that strangers turn on"),
]
NAMED = sorted({((PAGE.parent / address).resolve(), text) for text, address in links(PAGE) if "tests" in address or "src" in address or "test/" in address})


def output(*command: str, cwd=ROOT) -> str:
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert run.returncode == 0, f"{command}: {run.stdout[-2000:]}{run.stderr[-2000:]}"
    return run.stdout


@cache
def rust() -> set[str]:
    """The names of all Rust tests that `cargo test` runs, ignored ones left out."""
    listed = output("cargo", "test", "--workspace", "--locked", "--", "--list", "--format", "terse").splitlines()
    ignored = output("cargo", "test", "--workspace", "--locked", "--", "--list", "--format", "terse", "--ignored").splitlines()
    return {line.removesuffix(": test").split("::")[-1] for line in {*listed} - {*ignored} if line.endswith(": test")}


@cache
def browser() -> set[tuple[str, str]]:
    """(file, title) of what Playwright would run."""
    folder = ROOT / "tests/browser"
    report = json.loads(output("npx", "playwright", "test", "--list", "--reporter=json", cwd=folder))
    specs = [spec for suite in report["suites"] for spec in suite["specs"]]
    return {(str(folder / spec["file"]), spec["title"]) for spec in specs if spec["tests"][0]["expectedStatus"] == "passed"}


def runs(path, title: str) -> bool:
    source = path.read_text()
    if path.suffix == ".rs":
        return bool(re.search(rf"^\s*(async )?fn {title}\(", source, re.M)) and title in rust()
    if path.suffix == ".py":
        # A folder's pytest runs everything that is called so; what it skips would have a mark.
        return bool(re.search(rf"^def {title}\(", source, re.M)) and "mark.skip" not in source and (path.parent / "pytest.ini").is_file()
    if path.name.endswith(".spec.js"):
        return (str(path), title) in browser()
    # Node's own runner lists nothing; it runs every test of a file, but those that say otherwise.
    return f"test('{title}'" in source and not re.search(r"\b(skip|todo|only)\b\s*[:(]", source)


@pytest.mark.parametrize(("path", "title"), NAMED, ids=[title for _, title in NAMED])
def test_it_exists_and_runs(path, title):
    assert path.is_file()
    assert runs(path, title), f"{path} has no such test, or does not run it"


def test_every_threat_has_controls_and_each_control_a_test():
    headings = re.findall(r"^## (.+)$", PAGE.read_text(), re.M)
    assert headings == THREATS
    controls = [table for table in tables(PAGE) if table[0] == ["control", "test"]]
    rows = [row for table in controls for row in table[1:]]
    assert len(controls) == len(THREATS)
    assert all(len(row) == 2 and row[1] for row in rows), rows
    for threat in THREATS:
        text = PAGE.read_text().split(f"## {threat}\n")[1]
        assert text.lstrip().startswith("*Asset*: ") and "*Attacker*: " in text.split("|")[0], threat


def test_a_name_that_is_wrong_would_be_noticed():
    assert not runs(ROOT / "functions/payments/tests/api/refusals.rs", "nobody_wrote_this")
    assert not runs(ROOT / "tests/browser/page/trust.spec.js", "row 21")
    assert not runs(ROOT / "tests/browser/unit/requests.test.js", "nobody wrote this")
    assert not runs(ROOT / "tests/infra/test_safety.py", "test_nobody_wrote_this")
    assert len(NAMED) > 30 and os.environ.get("CARGO_TARGET_DIR")
