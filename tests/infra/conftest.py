"""Both templates, expanded for every case; the CDK's in one run of Node."""

import json
import subprocess
from pathlib import Path

import pytest
from cases import CASES, CHANGED
from expansion import ROOT, expand_sam, load, resolved, sam_source

CDK = ROOT / "infra/cdk"
ALL = {**CASES, **CHANGED}


@pytest.fixture(scope="session")
def cdk_out(tmp_path_factory) -> Path:
    """Where the CDK's templates are: <case>.json and settings.json."""
    if not (CDK / "node_modules").is_dir():
        pytest.fail("The CDK's packages are missing: make install, or npm ci in infra/cdk.")
    out = tmp_path_factory.mktemp("cdk")
    code = out / "code"
    code.mkdir()
    (code / "bootstrap").write_text("stands for the function\n")
    command = ["node", "--import", "tsx", "test/synth.ts", str(out), str(code)]
    run = subprocess.run(command, cwd=CDK, input=json.dumps(ALL), capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return out


@pytest.fixture(scope="session")
def cdk(cdk_out) -> dict[str, dict]:
    """Case → the template that the CDK synthesizes."""
    return {name: load(cdk_out / f"{name}.json") for name in ALL}


@pytest.fixture(scope="session")
def cdk_settings(cdk_out) -> dict[str, dict]:
    """The CDK's settings: name → default, limits, description."""
    return load(cdk_out / "settings.json")


@pytest.fixture(scope="session")
def sam() -> dict[str, dict]:
    """Case → the template that SAM's transform makes."""
    source = sam_source()
    return {name: expand_sam(source, values) for name, values in ALL.items()}


@pytest.fixture(scope="session")
def stacks(sam, cdk) -> dict[tuple[str, str], dict]:
    """(tool, case) → the stack as CloudFormation would create it."""
    tools = {"sam": sam, "cdk": cdk}
    return {(tool, name): resolved(tools[tool][name], values) for tool in tools for name, values in CASES.items()}
