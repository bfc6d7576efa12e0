"""No stranger turns on an alarm that is not about strangers, nor sends a canary back; and what is wrong in truth is told of."""

import copy
import re

import alarms
import filters
import pytest
from cases import CASES
from expansion import ROOT
from safety import of_type
from test_limits import TOOLS, faults, settings

CANARY = "own-domain"  # the case that deploys one


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_strangers_turn_on_no_alarm_but_those_that_are_about_them(stacks, tool, case):
    assert faults(alarms.driven_by_strangers, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_what_is_wrong_in_truth_is_told_of_whatever_strangers_send(stacks, tool, case):
    assert faults(alarms.deaf_to_troubles, stacks[tool, case], case) == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_canary_goes_back_on_its_own_faults_alone(stacks, tool, case):
    assert faults(alarms.careless_rollback, stacks[tool, case], case) == []


@pytest.mark.parametrize("tool", TOOLS)
def test_the_count_of_declines_is_the_shops_own(stacks, tool):
    """With another number, another count."""
    for case, least in (("plain", 30), (CANARY, 200)):
        told = lambda n: alarms.answered(0, "declined", "x", 1, times=n) + alarms.answered(0, "paid", "", 1, times=2000)  # noqa: E731
        assert alarms.on(stacks[tool, case], settings(case), told(least)) == {"declined-cards"}
        assert alarms.on(stacks[tool, case], settings(case), told(least - 1)) == set()


def alarm(stack: dict, name: str) -> dict:
    return next(a for a in of_type(stack, "AWS::CloudWatch::Alarm") if a["AlarmName"].endswith(f"-{name}"))


def pattern(stack: dict, name: str) -> dict:
    return next(f for f in of_type(stack, "AWS::Logs::MetricFilter") if f["MetricTransformations"][0]["MetricName"] == name)


def edit(stack: dict, name: str, old: str, new: str) -> None:
    found = pattern(stack, name)
    assert old in found["FilterPattern"]
    found["FilterPattern"] = found["FilterPattern"].replace(old, new)


def sends_back(stack: dict, name: str) -> None:
    (id,) = [id for id, r in stack["Resources"].items() if r["Properties"].get("AlarmName", "").endswith(f"-{name}")]
    of_type(stack, "AWS::CodeDeploy::DeploymentGroup")[0]["AlarmConfiguration"]["Alarms"].append({"Name": "${" + id + "}"})


def watches(stack: dict, name: str, namespace: str, metric: str, dimensions: list | None = None) -> None:
    alarm(stack, name).update(Namespace=namespace, MetricName=metric, Dimensions=dimensions or [])


STAGE = [{"Name": "Stage", "Value": "live"}]
STRANGERS, TROUBLES, ROLLBACK = alarms.CHECKS
NEUTERED = {
    "server-errors watches the API's 5xx": (STRANGERS, lambda s: watches(s, "server-errors", "AWS/ApiGateway", "5xx")),
    "unknown watches the function's Unknown": (STRANGERS, lambda s: watches(s, "unknown", "Till", "Unknown", STAGE)),
    "unknown counts what asked Stripe nothing": (STRANGERS, lambda s: edit(s, "Unanswered", " && $.attempts > 0", "")),
    "unknown counts checkouts that are none": (STRANGERS, lambda s: edit(s, "Unanswered", '"pending"', '"no_trace"')),
    "unknown counts requests at once": (STRANGERS, lambda s: edit(s, "Unanswered", '"pending"', '"in_use"')),
    "unknown counts another integration's cards": (STRANGERS, lambda s: edit(s, "Unanswered", '"pending"', '"unmarked"')),
    "unknown counts declines that are not told": (STRANGERS, lambda s: edit(s, "Unanswered", '"pending"', '"decline_without_intent"')),
    "unknown counts every doubt": (STRANGERS, lambda s: edit(s, "Unanswered", '"pending"', '"*"')),
    "server-errors counts every refusal": (STRANGERS, lambda s: edit(s, "Failures", '"paused"', '"*"')),
    "api-failures counts the function's": (STRANGERS, lambda s: edit(s, "ApiFailures", ' && $.functionStatus != "503"', "")),
    "api-failures counts what is turned away": (STRANGERS, lambda s: edit(s, "ApiFailures", '"5*"', '"4*"')),
    "latency at a second": (STRANGERS, lambda s: alarm(s, "latency").update(Threshold=1000)),
    "errors watches invocations": (STRANGERS, lambda s: watches(s, "errors", "AWS/Lambda", "Invocations")),
    "throttles sends a canary back": (STRANGERS, lambda s: sends_back(s, "throttles")),
    "declined-cards sends a canary back": (STRANGERS, lambda s: sends_back(s, "declined-cards")),
    "declines sends a canary back": (ROLLBACK, lambda s: sends_back(s, "declines")),
    "blocked is deaf": (STRANGERS, lambda s: alarm(s, "blocked").update(ActionsEnabled=False)),
    "declined-cards is deaf": (STRANGERS, lambda s: alarm(s, "declined-cards").update(Threshold=10**6)),
    "declined-cards counts sales": (TROUBLES, lambda s: watches(s, "declined-cards", "Till", "Paid", STAGE)),
    "declined-cards at five hundred and one": (TROUBLES, lambda s: alarm(s, "declined-cards").update(Threshold=501)),
    "declined-cards of another stage": (TROUBLES, lambda s: watches(s, "declined-cards", "Till", "Declined", [{"Name": "Stage", "Value": "test"}])),
    "server-errors hears no trouble": (TROUBLES, lambda s: edit(s, "Failures", '"trouble"', '"none"')),
    "server-errors hears no refused key": (TROUBLES, lambda s: edit(s, "Failures", '"service_unavailable"', '"none"')),
    "server-errors hears no missing permission": (TROUBLES, lambda s: edit(s, "Failures", '"stripe_refused"', '"none"')),
    "server-errors counts another log": (TROUBLES, lambda s: pattern(s, "Failures").update(LogGroupName=pattern(s, "ApiFailures")["LogGroupName"])),
    "a metric of another name": (TROUBLES, lambda s: pattern(s, "Failures")["MetricTransformations"][0].update(MetricName="Failed")),
    "a metric that counts nothing": (TROUBLES, lambda s: pattern(s, "Unanswered")["MetricTransformations"][0].update(MetricValue="0")),
    "unknown hears no silence": (TROUBLES, lambda s: edit(s, "Unanswered", '"no_reply"', '"none"')),
    "unknown at four": (TROUBLES, lambda s: alarm(s, "unknown").update(Threshold=4)),
    "api-failures at six": (TROUBLES, lambda s: alarm(s, "api-failures").update(Threshold=6)),
    "errors without a listener": (TROUBLES, lambda s: alarm(s, "errors").pop("AlarmActions")),
    "errors switched off": (TROUBLES, lambda s: alarm(s, "errors").update(ActionsEnabled=False)),
    "latency at a minute": (TROUBLES, lambda s: alarm(s, "latency").update(Threshold=60_000)),
    "a canary goes back on nothing": (ROLLBACK, lambda s: of_type(s, "AWS::CodeDeploy::DeploymentGroup")[0]["AlarmConfiguration"].update(Alarms=[])),
    "alarms stop no canary": (
        ROLLBACK,
        lambda s: of_type(s, "AWS::CodeDeploy::DeploymentGroup")[0]["AutoRollbackConfiguration"].update(Events=["DEPLOYMENT_FAILURE"]),
    ),
}


@pytest.mark.parametrize("what", NEUTERED)
@pytest.mark.parametrize("tool", TOOLS)
def test_a_neutered_alarm_is_noticed(stacks, tool, what):
    check, neuter = NEUTERED[what]
    stack = copy.deepcopy(stacks[tool, CANARY])
    before = set(check(stack, settings(CANARY)))
    neuter(stack)
    assert set(check(stack, settings(CANARY))) - before


def test_every_check_is_seen_to_notice():
    assert {check for check, _ in NEUTERED.values()} == {*alarms.CHECKS}


@pytest.mark.parametrize("tool", TOOLS)
def test_the_threat_model_decides_on_every_alarm(stacks, tool):
    """Its table has each alarm, and says which of them send a canary back; those that a flood turns on are about strangers there, too."""
    text = (ROOT / "docs/threat-model.md").read_text().split("| alarm | canary |")[1]
    rows = re.findall(r"^\| `([a-z-]+)` \| (goes back|stays) \| (.+?) \| .+ \|$", text, re.MULTILINE)
    stack = stacks[tool, CANARY]
    assert [name for name, *_ in rows] and {name for name, *_ in rows} == {a["AlarmName"].removeprefix("till-live-") for a in of_type(stack, "AWS::CloudWatch::Alarm")}
    assert {name for name, canary, _ in rows if canary == "goes back"} == alarms.rollback(stack, settings(CANARY))
    by_strangers = {name for _, wanted in alarms.FLOODS.values() for name in wanted}
    assert {name for name, canary, who in rows if canary == "stays" and not who.startswith("Nobody")} == by_strangers


@pytest.mark.parametrize("tool", TOOLS)
def test_the_runbook_says_what_sends_a_canary_back(stacks, tool):
    """And the templates' README how many alarms do."""
    sentence = re.search(r"A canary \(`Deployment=\w+`\) goes back by itself on (.+?)\.", (ROOT / "docs/runbook.md").read_text(), re.DOTALL)
    sent = alarms.rollback(stacks[tool, CANARY], settings(CANARY))
    assert {*re.findall(r"`([a-z-]+)`", sentence[1])} == sent
    assert f"is stopped by one of {['no', 'one', 'two', 'three', 'four', 'five', 'six'][len(sent)]} alarms" in (ROOT / "infra/README.md").read_text()


def test_the_codes_are_the_functions_own():
    """Of the floods, of the troubles, and of the filters: a code that nobody writes would prove nothing."""
    sources = "".join(path.read_text() for path in (ROOT / "functions/payments/src").rglob("*.rs"))
    told = [one.payment["code"] for part in (alarms.FLOODS, alarms.TROUBLES) for lines, _ in part.values() for one in lines if "code" in one.payment]
    template = (ROOT / "infra/sam/template.yaml").read_text()
    counted = [code for line in re.findall(r"FilterPattern: '(.+)'", template) for code in re.findall(r'\$\.code = "(\w+)"', line)]
    assert len({*counted}) == 8 and {*counted} <= {*told}
    assert [code for code in {*told, *counted} - {"x"} if f'"{code}"' not in sources] == []


def test_a_filter_counts_what_cloudwatch_counts():
    """The documentation's own examples, and what is not there."""
    line = {"eventType": "UpdateTrail", "sourceIPAddress": "123.123.1.2", "size": 4096}
    for pattern, wanted in {
        '{ $.eventType = "UpdateTrail" }': True,
        '{ $.eventType = "Update*" }': True,
        '{ $.eventType != "UpdateTrail" }': False,
        '{ $.sourceIPAddress != "123.123.*" }': False,
        '{ $.nowhere != "x" }': False,
        '{ $.size > 4000 && $.eventType = "Other" }': False,
        '{ $.size > 4000 && ($.eventType = "Other" || $.eventType = "UpdateTrail") }': True,
        '{ $.eventType = "Other" && $.size > 0 || $.size = 4096 }': True,
        '{ $.eventType > 1 }': False,
    }.items():
        assert filters.matches(pattern, line) == wanted, pattern
    for wrong in ('$.a = "b"', '{ $.a = "b" ', '{ $.a ~ "b" }', '{ ($.a = "b" }'):
        with pytest.raises(ValueError):
            filters.matches(wrong, line)
