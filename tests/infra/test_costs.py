"""docs/costs.md says what costs.json says, and costs.json says what the templates create."""

import re
import sys

import pytest
from cases import CASES
from expansion import ROOT, load, sam_source

sys.path.append(str(ROOT / "infra"))
import costs  # noqa: E402

LINES, FREE = costs.COSTS["lines"], costs.COSTS["without_a_price"]
# What the CDK puts behind a logical id.
SUFFIX = {"sam": "", "cdk": "[0-9A-F]{8}"}


def line(resource: str) -> dict:
    return next(line for line in LINES if line["resource"] == resource)


def named(line: dict, tool: str, stack: dict) -> list[str]:
    """The stack's resources that a line names."""
    patterns = [re.escape(name).replace("…", ".+") + SUFFIX[tool] for name in line[tool].split(", ")]
    found = [[id for id, part in stack["Resources"].items() if part["Type"] == line["type"] and re.fullmatch(pattern, id)] for pattern in patterns]
    assert all(found), f"{line['resource']}: {line[tool]} is not in the {tool} template"
    return [id for ids in found for id in ids]


def test_the_page_is_what_the_file_says():
    page = costs.PAGE.read_text()
    assert costs.filled(page) == page, "run infra/costs.py"


@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_every_resource_has_its_price_or_a_reason_for_none(stacks, tool):
    stack = stacks[tool, "plain"]
    priced = {id for line in LINES for id in named(line, tool, stack)}
    unpriced = {id: part["Type"] for id, part in stack["Resources"].items() if id not in priced}
    assert set(unpriced.values()) <= set(FREE), {id: kind for id, kind in unpriced.items() if kind not in FREE}


def test_no_reason_without_its_resource(stacks):
    kinds = {part["Type"] for stack in stacks.values() for part in stack["Resources"].values()}
    assert set(FREE) <= kinds


def test_what_is_counted_is_what_is_there(stacks):
    resources = stacks["sam", "plain"]["Resources"]
    of_type = lambda kind: [part["Properties"] for part in resources.values() if part["Type"] == kind]  # noqa: E731
    metrics = re.search(r"METRICS: \[\(&str, &str\); (\d+)\]", (ROOT / "functions/payments/src/telemetry/mod.rs").read_text())
    alarms = of_type("AWS::CloudWatch::Alarm")
    counted = {
        "WAF, web ACL": len(of_type("AWS::WAFv2::WebACL")),
        "WAF, rules": len(of_type("AWS::WAFv2::WebACL")[0]["Rules"]),
        "Secrets Manager, secrets": len(of_type("AWS::SecretsManager::Secret")),
        "CloudWatch, metrics": int(metrics[1]),
        "CloudWatch, alarms": sum(len([m for m in alarm.get("Metrics", [{"MetricStat": 1}]) if "MetricStat" in m]) for alarm in alarms),
        "CloudWatch, metrics from logs": len(of_type("AWS::Logs::MetricFilter")) * costs.COSTS["assumptions"]["failing_hours"]["value"] / 720,
        "CloudWatch, dashboard": len(of_type("AWS::CloudWatch::Dashboard")),
    }
    assert {name: costs.units(line(name), 1) for name in counted} == counted


def test_the_assumptions_are_the_templates_defaults():
    parameters = sam_source()["Parameters"]
    values = {name: one["value"] for name, one in costs.COSTS["assumptions"].items()}
    assert values["memory_gb"] * 1024 == int(parameters["MemorySize"]["Default"])
    assert values["log_months"] * 30 == int(parameters["LogRetentionDays"]["Default"])
    assert parameters["Architecture"]["Default"] == "arm64"
    # A file more or less is no other bill.
    assert abs(values["files"] - len([path for path in (ROOT / "static-site").rglob("*") if path.is_file()])) <= 5


def test_settings_that_take_a_line_away_do(stacks):
    without = {case: {part["Type"] for part in stacks["sam", case]["Resources"].values()} for case in CASES}
    for setting in costs.CHEAPER:
        case = next(name for name, values in CASES.items() if values.get(setting) == "off")
        gone = {line["type"] for line in LINES if line.get("setting") == setting}
        assert gone and not gone & without[case], (setting, case)


def test_by_hand():
    """A few lines worked out with pencil and paper."""
    assert costs.usd(line("WAF, requests"), 10_000, free=False) == pytest.approx(10_000 * (10 * 29 + 2) * 0.6 / 1_000_000)
    assert costs.usd(line("HTTP API"), 1_000_000, free=False) == pytest.approx(12.00)
    assert costs.usd(line("Lambda, time, arm64"), 1_000_000, free=False) == pytest.approx(500_000 * 0.0000133334)
    assert costs.usd(line("Lambda, time, arm64"), 1_000_000, free=True) == pytest.approx(100_000 * 0.0000133334)
    assert costs.usd(line("CloudFront, requests"), 10_000, free=True) == 0
    assert costs.total(100, free=True, without=costs.CHEAPER) == pytest.approx(0.80 + 2 * 0.30 + 0.002 + 0.0012 + 0.005 + 0.000054, abs=0.001)
    assert load(ROOT / "infra/costs.json")["payments"] == [100, 10_000, 1_000_000]
