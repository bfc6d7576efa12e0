"""docs/costs.md says what costs.json says, and costs.json says what the templates create."""

import copy
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


# Of WAF's capacity units: each kind of statement, each transformation, the rules that AWS keeps.
# https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements.html
CAPACITY = {"RateBasedStatement": 2, "ByteMatchStatement": 2, "RegexMatchStatement": 3}
CAPACITY |= dict.fromkeys(["Statement", "ScopeDownStatement", "AndStatement", "OrStatement", "NotStatement", "ManagedRuleGroupStatement"], 0)
TRANSFORMATION, MANAGED = 10, {"AWSManagedRulesCommonRuleSet": 700}
# More of them, and each million requests costs more. https://aws.amazon.com/waf/pricing/
INCLUDED = 1500


def capacity(node) -> int:
    """Of a statement and all that is in it. WAF may count less, where rules have a transformation in common."""
    if isinstance(node, list):
        return sum(map(capacity, node))
    if not isinstance(node, dict):
        return 0
    kinds = sum(CAPACITY[kind] for kind in node if kind.endswith("Statement"))
    managed = MANAGED[node["ManagedRuleGroupStatement"]["Name"]] if "ManagedRuleGroupStatement" in node else 0
    return kinds + managed + TRANSFORMATION * len(node.get("TextTransformations", [])) + sum(map(capacity, node.values()))


@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_the_web_acl_is_within_wafs_price(stacks, tool):
    (acl,) = [part["Properties"] for part in stacks[tool, "plain"]["Resources"].values() if part["Type"] == "AWS::WAFv2::WebACL"]
    assert capacity(acl["Rules"]) == 3 * 13 + (2 + 22) + (2 + 12 + 22) + (12 + 22 + 13) + 700 <= INCLUDED
    more = copy.deepcopy(acl["Rules"]) + [rule for rule in acl["Rules"] if rule["Name"] == "common"]
    assert capacity(more) > INCLUDED, "it is seen to notice"


def test_by_hand():
    """A few lines worked out with pencil and paper."""
    assert costs.usd(line("WAF, requests"), 10_000, free=False) == pytest.approx(10_000 * (10 * 29 + 2) * 0.6 / 1_000_000)
    assert costs.usd(line("HTTP API"), 1_000_000, free=False) == pytest.approx(12.00)
    assert costs.usd(line("Lambda, time, arm64"), 1_000_000, free=False) == pytest.approx(500_000 * 0.0000133334)
    assert costs.usd(line("Lambda, time, arm64"), 1_000_000, free=True) == pytest.approx(100_000 * 0.0000133334)
    assert costs.usd(line("CloudFront, requests"), 10_000, free=True) == 0
    assert costs.total(100, free=True, without=costs.CHEAPER) == pytest.approx(0.80 + 2 * 0.30 + 0.002 + 0.0012 + 0.005 + 0.000054, abs=0.001)
    assert load(ROOT / "infra/costs.json")["payments"] == [100, 10_000, 1_000_000]
