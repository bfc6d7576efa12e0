"""The tools that know CloudFormation have nothing to say."""

import json
import os
import subprocess
import sys
from pathlib import Path

from cases import CASES
from expansion import ROOT, SAM_TEMPLATE

TOOLS = Path(sys.executable).parent
# No account, no region of the machine's, no network: what is linted is the files.
ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": os.environ.get("HOME", "/"),
    "SAM_CLI_TELEMETRY": "0",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    """Runs it, and says everything that it said if it fails."""
    done = subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_sam_validates():
    """In the template's folder, where samconfig.toml says lint and which region."""
    assert "is a valid SAM Template" in run(TOOLS / "sam", "validate", cwd=SAM_TEMPLATE.parent)


def test_cfn_lint_has_nothing_to_say_of_sam():
    assert run(TOOLS / "cfn-lint", "--regions", "us-east-1", "--", SAM_TEMPLATE) == ""


def test_cfn_lint_has_nothing_to_say_of_the_cdk(cdk_out):
    templates = [cdk_out / f"{name}.json" for name in CASES]
    # W3005: the CDK repeats in DependsOn what a reference says already.
    assert run(TOOLS / "cfn-lint", "--regions", "us-east-1", "--ignore-checks", "W3005", "--", *templates) == ""


def synth(out: Path, **context: str) -> subprocess.CompletedProcess:
    """The CDK's app by itself, as `npx cdk synth` runs it."""
    environment = {**ENVIRONMENT, "CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context)}
    command = ["node", "--import", "tsx", "app.ts"]
    return subprocess.run(command, cwd=ROOT / "infra/cdk", env=environment, capture_output=True, text=True)


def test_the_cdks_app_synthesizes_without_a_word(tmp_path, cdk_out):
    done = synth(tmp_path, **CASES["plain"], code=str(cdk_out / "code"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    artifact = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]["till-test"]
    assert artifact["environment"] == "aws://unknown-account/us-east-1"
    assert not [entry for entries in artifact.get("metadata", {}).values() for entry in entries if entry["type"].startswith("aws:cdk:w")]


def test_the_cdks_app_says_what_is_missing(tmp_path):
    done = synth(tmp_path)
    assert done.returncode != 0 and "StripePublishableKey is missing" in done.stderr


def test_the_linter_is_at_work(tmp_path):
    template = tmp_path / "template.yaml"
    template.write_text(SAM_TEMPLATE.read_text().replace("RetentionInDays: ", "Retention: "))
    done = subprocess.run([TOOLS / "cfn-lint", template], env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode != 0
    assert "'Retention' was unexpected" in done.stdout
