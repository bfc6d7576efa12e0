"""Controls are tested by being taken away: for each control of docs/threat-model.md that is a template, a header or a workflow there are mutations
that neuter it, and its test notices every one. Which ones, and that no control is without, is seen to here."""

import re
from collections import Counter

import alarms
import limits
import pytest
import safety
import test_alarms
import test_limits
import test_safety
import test_workflows
import workflows
from expansion import ROOT

PAGE = (ROOT / "docs/threat-model.md").read_text()
FOLDERS = ("tests/infra", "tests/deploy")
ROWS = [(control, re.findall(r"\[`([^`]+)`\]\(\.\./([^)]+)\)", tests)) for control, tests in re.findall(r"^\| ([^|]+) \| (\[`.+) \|$", PAGE, re.M)]
OURS = {control: tests for control, tests in ROWS if any(path.startswith(FOLDERS) for _, path in tests)}
# Each check, and how many mutations it is seen to notice.
MUTATIONS = Counter(
    check
    for check, _ in [*test_limits.NEUTERED.values(), *test_alarms.NEUTERED.values(), *test_workflows.NEUTERED.values(), *test_safety.BROKEN]
)
# A control, by how it begins: the checks that hold it. Or the test that neuters it, where it is no template and no workflow.
HELD_BY = {
    "two limits for one address": [limits.floods],
    "a path that could be read": [limits.uncounted, limits.encodings, limits.behind],
    "a throttle of each route": [limits.unthrottled, limits.text_for_numbers],
    "an alarm when half": [limits.deaf_to_declines],
    "an alarm at so many": [alarms.deaf_to_troubles],
    "no way leads past": [safety.open_doors, safety.other_origins, safety.careless_distribution],
    "the key is in Secrets Manager alone": [safety.secret_values, safety.secrets_read_beside_the_one, safety.unlisted_wildcards],
    "no key travels over plain HTTP": "test_without_its_rule_a_key_would_travel",
    "the API's log has neither": [safety.logged_too_much, safety.unkept_logs],
    "the bucket is private": [safety.public_bucket, safety.other_readers, safety.names_without_stage],
    "the security headers come from CloudFront": [safety.other_headers, safety.weak_headers],
    "what is uploaded is": "test_without_its_rule_a_link_would_be_followed",
    "what is compiled or installed": [
        *(workflows.loose_permissions, workflows.others_code, workflows.credentials_in_a_build),
        *(workflows.open_to_others, workflows.late_installs),
    ],
    "the zip that is deployed": [workflows.unchecked_package],
    "every Python package": "test_a_package_without_its_hash_is_noticed",
    "every npm package": "test_npm_installs_what_the_lock_says_and_runs_none_of_it",
    "actions are pinned": [workflows.unpinned_actions],
    "a workflow's key": [workflows.shared_secrets],
    "the role is lent": "test_another_trust_or_a_key_that_can_be_read_is_noticed",
    "one address is below": [limits.out_of_order],
    "a payment request without": [limits.malformed, limits.turned_away, limits.untrue_answers],
    "each step of time": [safety.ladder_out_of_order],
    "throttles name routes": [safety.throttles_before_routes],
    "of a request CloudFront forwards": [safety.forwarded_otherwise],
    "a flood turns on": [alarms.driven_by_strangers, alarms.careless_rollback],
    "what is wrong in truth": [alarms.deaf_to_troubles],
}


def held(control: str):
    (found,) = [by for start, by in HELD_BY.items() if control.startswith(start)]
    return found


@pytest.mark.parametrize("control", OURS)
def test_each_control_is_taken_away(control):
    by = held(control)
    if isinstance(by, str):
        (path,) = [path for folder in FOLDERS for path in (ROOT / folder).glob("test_*.py") if f"\ndef {by}(" in path.read_text()]
        return
    for check in by:
        assert MUTATIONS[check] >= 1, f"nothing neuters what {check.__name__} looks at"
    assert sum(MUTATIONS[check] for check in by) >= 3
    names = {name for name, _ in OURS[control]}
    assert any("neutered" in name or "notice" in name or "pinned" in name for name in names), "the row names the test that neuters it"


def test_no_check_is_of_no_control():
    checks = {*limits.CHECKS, *alarms.CHECKS, *workflows.CHECKS, *safety.CHECKS}
    assert {check for by in HELD_BY.values() if not isinstance(by, str) for check in by} == checks
    assert {start for start in HELD_BY if not any(control.startswith(start) for control in OURS)} == set()
