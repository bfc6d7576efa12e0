"""The runbook has an entry for each alarm, and its queries name fields that the logs have."""

import json
import re

import pytest
from documents import ROOT, blocks, pages, section

RUNBOOK = ROOT / "docs/runbook.md"
TEMPLATE = (ROOT / "infra/sam/template.yaml").read_text()
ALARMS = re.findall(r"AlarmName: !Sub till-\$\{Stage\}-([a-z-]+)\n\s+AlarmDescription: '?(.+?)'?\n", TEMPLATE)
QUERIES = [block for page in pages() for block in blocks(page) if block.language == "logs-insights"]

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
WORDS = set(
    "fields filter stats sort limit by as desc asc in like and or not ispresent count count_distinct sum avg min max pct latest earliest bin".split()
)
BUILT_IN = {"@timestamp", "@message", "@logStream"}
# Lambda's own lines: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report
OF_LAMBDA = {"type", "record.status", "record.errorType"}


def fields_of(query: str) -> set[str]:
    """The fields that a query reads: what is no word of the language, no text, no number, and no name given by `as`."""
    bare = re.sub(r'"[^"]*"|/[^/\n]*/|#.*', " ", query)
    given = set(re.findall(r"\bas (\w+)", bare))
    names = set(re.findall(r"@?[A-Za-z_][\w.]*", re.sub(r"\b\d+[smhd]\b", " ", bare)))
    return names - WORDS - given - BUILT_IN


@pytest.mark.parametrize(("alarm", "meaning"), ALARMS, ids=[alarm for alarm, _ in ALARMS])
def test_every_alarm_has_its_entry(alarm, meaning):
    entry = section(RUNBOOK, alarm)
    assert meaning.replace("''", "'") in entry, "an entry says what the alarm's own description says"
    assert "```logs-insights" in entry and "*Shoppers*" in entry and re.search(r"^(1\.|\| )", entry, re.M)


def test_no_entry_is_without_an_alarm():
    text = RUNBOOK.read_text().split("## Alarms")[1].split("## Without an alarm")[0]
    assert re.findall(r"^### (.+)$", text, re.M) and {*re.findall(r"^### (.+)$", text, re.M)} == {alarm for alarm, _ in ALARMS}


def test_what_the_descriptions_promise_is_there():
    for heading in ("Refund", "Rotate Stripe's key", "Pause", "Roll back", "Upgrade", "Tear down", "A key has leaked", "A shopper says they were charged twice"):
        assert section(RUNBOOK, heading).strip()


@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_query_names_fields_that_its_log_has(query, log):
    group = re.match(r"# (\S+)\n", query.text)
    assert group, "its first line names the log group"
    template = group[1].replace("STAGE", "${Stage}")
    assert f"LogGroupName: !Sub {template}\n" in TEMPLATE, "there is no such log group"
    if template.endswith("-api"):
        access = re.search(r"Format: >-\n(.*?\})\n\n", TEMPLATE, re.S)[1]
        known = {*json.loads(access)}
    else:
        known = {field for line in log for field in line} | OF_LAMBDA
    assert fields_of(query.text) <= known


def test_a_wrong_field_would_be_noticed():
    assert fields_of('filter event = "payment" | stats sum(stripe_ms) as wanted, pct(nowhere, 99) by bin(5m) | sort wanted desc') == {"event", "stripe_ms", "nowhere"}
    assert len(QUERIES) > 8 and len(ALARMS) == 9
