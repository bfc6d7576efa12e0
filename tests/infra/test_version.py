"""A changed setting reaches the alias: the version that is published has another name, so CloudFormation makes a new one."""

import pytest
from cases import CASES, FUNCTION_SETTINGS, OTHER_SETTINGS, beside_plain
from expansion import expand_sam, sam_source


def version(template: dict) -> str:
    """The version's logical id, seen to be the one that `live` points to."""
    resources = template["Resources"]
    (name,) = [name for name, r in resources.items() if r["Type"] == "AWS::Lambda::Version"]
    (alias,) = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::Lambda::Alias"]
    assert alias["Name"] == "live" and alias["FunctionVersion"] == {"Fn::GetAtt": [name, "Version"]}
    return name


@pytest.mark.parametrize("setting", FUNCTION_SETTINGS)
@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_every_setting_of_the_function_makes_another_version(sam, cdk, tool, setting):
    templates = {"sam": sam, "cdk": cdk}[tool]
    assert version(templates["plain"]) != version(templates[f"with-{setting}"])


@pytest.mark.parametrize("setting", OTHER_SETTINGS)
@pytest.mark.parametrize("tool", ["sam", "cdk"])
def test_no_other_setting_does(sam, cdk, tool, setting):
    """Lambda refuses to publish what has not changed, and the deployment would fail."""
    templates = {"sam": sam, "cdk": cdk}[tool]
    assert version(templates["plain"]) == version(templates[f"with-{setting}"])


def test_every_setting_is_in_one_of_the_two_lists(sam):
    assert {*FUNCTION_SETTINGS, *OTHER_SETTINGS, "CertificateArn"} == {*sam["plain"]["Parameters"]}


def test_new_code_and_new_properties_make_another_version_in_sam():
    plain = sam_source()
    code, timeout = sam_source(), sam_source()
    code["Resources"]["Payments"]["Properties"]["CodeUri"] += "2"
    timeout["Resources"]["Payments"]["Properties"]["Timeout"] = 24
    names = {version(expand_sam(source, CASES["plain"])) for source in (plain, code, timeout)}
    assert len(names) == 3


def test_without_the_line_that_does_it_a_setting_would_not_arrive():
    """Should SAM learn it by itself (serverless-application-model issue 3820), this fails, and the line can go."""
    source = sam_source()
    del source["Resources"]["Payments"]["Properties"]["SourceKMSKeyArn"]
    one, other = (expand_sam(source, values) for values in (CASES["plain"], beside_plain("CardAuthentication", "handle")))
    assert version(one) == version(other)


def test_the_line_that_does_it_never_comes_to_anything(stacks):
    for stack in stacks.values():
        (function,) = [r for r in stack["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]
        assert "SourceKMSKeyArn" not in function["Properties"]["Code"]
