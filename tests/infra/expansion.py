"""SAM's and the CDK's templates as CloudFormation gets them: expanded, with a case's values in the place of parameters."""

import copy
import json
import os
import re
from pathlib import Path

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
SAM_TEMPLATE = ROOT / "infra/sam/template.yaml"

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "us-east-1",
    "AWS::StackName": "till",
    "AWS::URLSuffix": "amazonaws.com",
}
NO_VALUE = object()
# What a template may have beside Resources and Outputs. A macro would make another stack of it; Mappings and Hooks there are none.
MACRO = "AWS::Serverless-2016-10-31"
SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Conditions"}
CODE = "../../functions/payments"  # as the SAM template has it

os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")  # samtranslator wants to know, and would ask boto3


class NoManagedPolicies:
    """SAM looks managed policies up in AWS; the template names the only one by its ARN."""

    def load(self) -> dict:
        return {}


def sam_source() -> dict:
    """The SAM template as it is written, and its code where `sam deploy` would have put it."""
    template = yaml_parse(SAM_TEMPLATE.read_text())
    function = template["Resources"]["Payments"]["Properties"]
    function["CodeUri"] = "s3://packages/till/code" if function["CodeUri"] == CODE else function["CodeUri"]
    return template


def expand_sam(source: dict, values: dict[str, str]) -> dict:
    """What SAM's transform makes of a template, before CloudFormation resolves it. It passes over other macros without a word."""
    if source["Transform"] != MACRO:
        raise ValueError(f"no {source['Transform']} here yet")
    return transform(copy.deepcopy(source), dict(values), NoManagedPolicies())


def resolved(template: dict, values: dict[str, str]) -> dict:
    """A template without parameters and conditions: Resources and Outputs; references become `${Id}`, `${Id.Attribute}`."""
    unknown = {*template} - SECTIONS - {"Resources", "Outputs"}
    if unknown:
        raise ValueError(f"no {unknown} here yet")
    scope = resolver(template, values)
    return {
        section: {
            name: scope.resolve({k: v for k, v in part.items() if k != "Condition"})
            for name, part in template.get(section, {}).items()
            if scope.holds(part.get("Condition"))
        }
        for section in ("Resources", "Outputs")
    }


def resolver(template: dict, values: dict[str, str]) -> "Resolver":
    """A template's parameters, with defaults for what is not given, and its conditions."""
    parameters = {name: values.get(name, p.get("Default", "")) for name, p in template.get("Parameters", {}).items()}
    return Resolver({**PSEUDO, **parameters}, template.get("Conditions", {}))


class Resolver:
    """CloudFormation's intrinsic functions, as far as the two templates use them."""

    def __init__(self, values: dict[str, str], conditions: dict):
        self.values = values
        self.conditions = conditions

    def holds(self, condition) -> bool:
        match condition:
            case None:
                return True
            case str(name):
                return self.holds(self.conditions[name])
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Equals": [left, right]}:
                return str(self.resolve(left)) == str(self.resolve(right))
            case {"Fn::Not": [one]}:
                return not self.holds(one)
            case {"Fn::And": several}:
                return all(self.holds(one) for one in several)
            case {"Fn::Or": several}:
                return any(self.holds(one) for one in several)
        raise ValueError(f"not a condition: {condition}")

    def reference(self, name: str):
        if name == "AWS::NoValue":
            return NO_VALUE
        return self.values.get(name, "${" + name + "}")

    def substitute(self, text: str, more: dict) -> str:
        given = {name: self.resolve(value) for name, value in more.items()}
        return re.sub(r"\$\{([^!}][^}]*)}", lambda m: str(given.get(m[1], self.reference(m[1]))), text)

    def resolve(self, node):
        match node:
            case {"Ref": name}:
                return self.reference(name)
            case {"Fn::GetAtt": [name, *attribute]}:
                return "${" + ".".join([name, *attribute]) + "}"
            case {"Fn::GetAtt": str(path)}:
                return "${" + path + "}"
            case {"Fn::Sub": [text, more]}:
                return self.substitute(text, more)
            case {"Fn::Sub": str(text)}:
                return self.substitute(text, {})
            case {"Fn::Join": [separator, parts]}:
                return separator.join(str(self.resolve(part)) for part in parts)
            case {"Fn::If": [condition, yes, no]}:
                return self.resolve(yes if self.holds(condition) else no)
            case dict():
                unknown = [key for key in node if key.startswith("Fn::")]
                if unknown:
                    raise ValueError(f"no {unknown} here yet: {node}")
                pairs = ((key, self.resolve(value)) for key, value in node.items())
                return {key: value for key, value in pairs if value is not NO_VALUE}
            case list():
                return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        return node


def load(path: Path) -> dict:
    """A JSON file."""
    return json.loads(path.read_text())
