"""docs/architecture.md's states and ladder of time, and docs/scale.md's limits, are those of the code and of the template."""

import re

from documents import ROOT, blocks, tables

TEMPLATE = (ROOT / "infra/sam/template.yaml").read_text()
SOURCE = ROOT / "functions/payments/src"


def number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found, pattern
    return int(found[1])


def test_each_step_of_the_ladder_ends_before_the_next():
    ladder = [int(row[1]) for row in tables(ROOT / "docs/architecture.md")[-1][1:]]
    assert ladder == sorted(ladder) == [
        number(r"const ATTEMPT: Duration = Duration::from_secs\((\d+)\)", (SOURCE / "stripe/session.rs").read_text()),
        number(r"const MOST: Duration = Duration::from_secs\((\d+)\)", (SOURCE / "deadline.rs").read_text()),
        number(r"\n      Timeout: (\d+)\n", TEMPLATE),
        number(r"TimeoutInMillis: (\d+)000\n", TEMPLATE),
        number(r"OriginReadTimeout: (\d+),", TEMPLATE),
    ]


def test_the_diagram_has_the_states_of_the_protocol():
    (diagram,) = [block.text for block in blocks(ROOT / "docs/architecture.md") if block.text.startswith("stateDiagram")]
    (phases,) = re.findall(r"enum Phase \{\n(.*?)^\}", (SOURCE / "checkout/machine.rs").read_text(), re.M | re.S)
    drawn = {*re.findall(r"^  (\w+) -->", diagram, re.M), *re.findall(r"--> (\w+):", diagram)}
    # Finished is the end.
    assert drawn == {*re.findall(r"^    (\w+)[ ,]", phases, re.M)} - {"Finished"}


def test_our_own_limits_are_the_parameters_defaults():
    limits = {row[0]: row[1] for row in tables(ROOT / "docs/scale.md")[0][1:]}
    for parameter, shown in (("PaymentsPerSecond", "API throttle PaymentsPerSecond"), ("RequestsPerAddress", "WAF RequestsPerAddress")):
        default = number(rf"  {parameter}:\n    Type: Number\n    Default: '(\d+)'", TEMPLATE)
        assert limits[shown].startswith(str(default)), shown
    config = number(r"GET /api/config: \{ ThrottlingRateLimit: (\d+)", TEMPLATE)
    assert limits["API throttle of GET /api/config"].startswith(str(config))
