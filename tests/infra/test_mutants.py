"""The controls that are code are taken away by `make mutants`, in minutes. Here, in no time: each of them has its mutants, and each mutant still fits."""

import tomllib

import pytest
from expansion import ROOT
from test_controls import FOLDERS, ROWS

MUTANTS = tomllib.loads((ROOT / "tests/mutants/controls.toml").read_text())["mutant"]
PROTOCOL = tomllib.loads((ROOT / "tests/mutants/protocol.toml").read_text())["mutant"]
# (control, test): test_controls.py sees to those of the templates and of the verbs.
OURS = [(control, test) for control, tests in ROWS for test, path in tests if not path.startswith(FOLDERS)]


def place(mutant: dict) -> str:
    return f"{mutant['file']}: {' '.join(mutant['to'].split())[:60]}"


def fits(mutant: dict) -> bool:
    """Whether it is a change of one place, and its row names its test."""
    (control,) = [control for control, _ in ROWS if control.startswith(mutant["control"])]
    is_change = (ROOT / mutant["file"]).read_text().count(mutant["from"]) == 1 and mutant["to"] != mutant["from"]
    return is_change and (control, mutant["test"]) in OURS


@pytest.mark.parametrize(("control", "test"), OURS, ids=[test for _, test in OURS])
def test_each_control_has_a_mutant_for_each_of_its_tests(control, test):
    assert any(control.startswith(mutant["control"]) and mutant["test"] == test for mutant in MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=place)
def test_each_mutant_fits(mutant):
    assert mutant.keys() == {"control", "file", "from", "to", "test"}
    assert fits(mutant)


@pytest.mark.parametrize("mutant", PROTOCOL, ids=lambda mutant: mutant["what"])
def test_each_fault_of_the_protocol_fits(mutant):
    assert mutant.keys() <= {"what", "file", "before", "from", "to"}
    assert mutant["to"] != mutant["from"]
    assert (ROOT / mutant["file"]).read_text().count(mutant.get("before", "") + mutant["from"]) == 1
    found, _ = (ROOT / "docs/mutants.md").read_text().split("## Faults that it does not find")
    assert f"| {mutant['what']} |" in found


def test_a_mutant_that_does_not_fit_is_noticed():
    (first, *_) = MUTANTS
    for wrong in ({"from": "nobody wrote this"}, {"from": "e"}, {"to": first["from"]}, {"test": "nobody_wrote_this"}):
        assert not fits(first | wrong)
    with pytest.raises(ValueError, match="unpack"):
        fits(first | {"control": "no such control"})
    assert len(OURS) > 40 and len({tuple(mutant.values()) for mutant in MUTANTS}) == len(MUTANTS)
