"""The function's real log, against AWS's schema of the embedded metric format and against docs/telemetry.md."""

import json
import re
from datetime import datetime

import pytest
from documents import ROOT, tables
from function import CANARIES
from jsonschema import Draft7Validator

PAGE = ROOT / "docs/telemetry.md"
EMF = Draft7Validator(json.loads((ROOT / "tests/docs/emf.schema.json").read_text()))
EVENTS, PAYMENT, METRICS = tables(PAGE)


def metrics_of(line: dict) -> dict[str, str]:
    """Name → unit of the metrics that CloudWatch would take from a line."""
    directives = line["_aws"]["CloudWatchMetrics"]
    return {metric["Name"]: metric["Unit"] for directive in directives for metric in directive["Metrics"]}


def documented() -> dict[str, str]:
    return {name: row[1] for row in METRICS[1:] for name in row[0].split(", ")}


def test_every_line_with_metrics_follows_awss_schema(log):
    lines = [line for line in log if "_aws" in line]
    assert len(lines) > 10
    for line in lines:
        assert not [error.message for error in EMF.iter_errors(line)], line
        for directive in line["_aws"]["CloudWatchMetrics"]:
            assert directive["Namespace"] == "Till" and directive["Dimensions"] == [["Stage"]]
        # The specification's words beyond its schema: targets stand at the root, values are numbers, dimensions text.
        assert line["Stage"] == "test"
        assert all(isinstance(line[name], int) for name in metrics_of(line))


def test_the_schema_notices_a_line_that_is_wrong(log):
    line = next(line for line in log if "_aws" in line)
    for broken in ({"Timestamp": "now"}, {"CloudWatchMetrics": [{"Namespace": "", "Dimensions": [["Stage"]], "Metrics": []}]}):
        assert list(EMF.iter_errors(line | {"_aws": line["_aws"] | broken}))
    assert list(EMF.iter_errors({"Paid": 1}))


def test_the_metrics_are_the_documented_ones_with_their_units(log):
    seen = {name: unit for line in log if "_aws" in line for name, unit in metrics_of(line).items()}
    assert seen == documented()


def test_the_events_and_fields_are_the_documented_ones(log):
    assert {line["event"] for line in log} == {row[0] for row in EVENTS[1:]}
    common = {"event", "level", "timestamp", "Stage", "_aws"}
    fields = {field for row in PAYMENT[1:] for field in row[0].split(", ")}
    seen = {field for line in log if line["event"] == "payment" for field in line} - common - {*documented()}
    assert seen == fields
    places = {line["where"] for line in log if line["event"] == "trouble"}
    assert places <= {*re.findall(r"`(\w+)`", PAGE.read_text().split("must put right: `where`")[1].split("|")[0])}


@pytest.mark.parametrize("outcome", ["paid", "declined", "requires_action", "not_attempted", "unknown"])
def test_each_outcome_is_one_line(log, outcome):
    assert any(line["event"] == "payment" and line["outcome"] == outcome for line in log)


def test_lambda_can_filter_by_level_and_time(log):
    levels = {(line["event"], line["level"]) for line in log}
    assert {("trouble", "ERROR"), ("start", "INFO"), ("payment", "INFO"), ("payment", "WARN")} <= levels
    assert {level for _, level in levels} == {"INFO", "WARN", "ERROR"}
    for line in log:
        datetime.fromisoformat(line["timestamp"])


def test_stripes_and_lambdas_ids_are_there_to_correlate(log):
    paid = next(line for line in log if line.get("outcome") == "paid")
    for field, pattern in {"request_id": r"[0-9a-f-]{36}", "checkout": r"[0-9a-f-]{36}", "payment_intent": r"pi_\w+", "stripe_request_id": r"req_\w+"}.items():
        assert re.fullmatch(pattern, paid[field]), (field, paid)


def test_nothing_private_is_in_the_log(printed):
    """Nor in what the libraries print at level TRACE."""
    for canary in CANARIES:
        lines = [line for line in printed.splitlines() if canary in line]
        assert not lines, (canary, lines[:3])
