"""The parameters of both templates, and the tables that explain them, say the same."""

import importlib.util
import re

import pytest
from expansion import ROOT, SAM_TEMPLATE, sam_source

README = ROOT / "infra/README.md"


@pytest.fixture(scope="module")
def parameters() -> dict[str, dict]:
    return sam_source()["Parameters"]


def limits(parameter: dict) -> dict:
    """A SAM parameter as the CDK's settings write it."""
    found = {"description": parameter["Description"]}
    if "Default" in parameter:
        found["default"] = parameter["Default"]
    if "AllowedPattern" in parameter:
        found["pattern"] = parameter["AllowedPattern"]
    if "AllowedValues" in parameter:
        found["allowed"] = [str(value) for value in parameter["AllowedValues"]]
    if "MinValue" in parameter:
        found["range"] = [parameter["MinValue"], parameter["MaxValue"]]
    return found


def test_both_tools_take_the_same_parameters(parameters, cdk_settings):
    assert {name: limits(p) for name, p in parameters.items()} == cdk_settings


def test_every_parameter_is_explained_and_limited(parameters):
    for name, parameter in parameters.items():
        assert len(parameter["Description"]) > 30, name
        assert {"AllowedPattern", "AllowedValues", "MinValue"} & {*parameter}, name
        assert parameter["Type"] in ("String", "Number"), f"{name}: what is deployed is what is given, and is read from nowhere else"
    assert [name for name, p in parameters.items() if "Default" not in p] == ["StripePublishableKey"]


def test_sam_asks_for_every_parameter_in_a_group(parameters):
    groups = sam_source()["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    assert sorted(name for group in groups for name in group["Parameters"]) == sorted(parameters)


def test_what_costs_money_says_how_much(parameters):
    for name in ("Alarms", "Dashboard", "WebAcl"):
        assert re.search(r"\d USD a month", parameters[name]["Description"]), name


def test_the_readme_has_each_parameter_with_its_default_and_values(parameters):
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \| (.+?) \|$", README.read_text(), re.MULTILINE)
    assert [name for name, *_ in rows] == [*parameters]
    for name, default, values, description in rows:
        parameter = parameters[name]
        assert default == ("required" if "Default" not in parameter else f"`{parameter['Default']}`" if parameter["Default"] else "empty"), name
        wanted = [str(value) for value in parameter.get("AllowedValues", [])]
        assert not wanted or re.findall(r"`([^`]+)`", values) == wanted, name
        assert description == parameter["Description"], name


def test_the_readme_lists_the_outputs():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", README.read_text(), re.MULTILINE)
    assert dict(rows) == {name: output["Description"] for name, output in sam_source()["Outputs"].items()}


def test_the_headers_are_the_ones_that_the_script_writes():
    spec = importlib.util.spec_from_file_location("headers", ROOT / "infra/sam/headers.py")
    headers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(headers)
    template = SAM_TEMPLATE.read_text()
    assert headers.written(template) == template, "infra/headers.json has changed: run infra/sam/headers.py"
