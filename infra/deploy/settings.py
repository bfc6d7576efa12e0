"""What a stage is set to: infra/stages/<stage>.json, and the template's defaults for the rest. Nothing in it is secret."""

import json
from pathlib import Path

from samtranslator.yaml_helper import yaml_parse

INFRA = Path(__file__).resolve().parents[1]
TEMPLATE = INFRA / "sam/template.yaml"
EXAMPLE = '{ "StripePublishableKey": "pk_test_…", "AlarmEmail": "you@example.com" }'


def path(stage: str) -> Path:
    return INFRA / f"stages/{stage}.json"


def read(stage: str) -> tuple[dict[str, str], list[str]]:
    """Every setting of the stage, and what is wrong with its file. All are given at each deployment, so that the file is what holds."""
    parameters = yaml_parse(TEMPLATE.read_text())["Parameters"]
    defaults = {name: str(parameter["Default"]) for name, parameter in parameters.items() if "Default" in parameter}
    name, file = f"infra/stages/{stage}.json", path(stage)
    if not file.exists():
        return defaults, [f"{name} is missing. Its least is {EXAMPLE}; infra/README.md lists all settings."]
    try:
        given = json.loads(file.read_text())
    except ValueError as error:
        return defaults, [f"{name} is not JSON: {error}"]
    faults = [f"{name}: there is no setting {key}." for key in given if key not in parameters]
    if given.get("Stage", stage) != stage:
        faults.append(f"{name}: Stage is the file's name.")
    settings = {**defaults, **{key: str(value) for key, value in given.items()}, "Stage": stage}
    faults += [f"{name}: {key} is missing. {parameters[key]['Description']}" for key in parameters if key not in settings]
    return settings, faults
