"""The workflows are pinned and run the Makefile's verbs; every folder of packages is kept up to date."""

import re
import subprocess
from fnmatch import fnmatch

import pytest
import yaml
from documents import ROOT, files, name

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=name)
def test_a_workflow_is_pinned_and_may_do_little(workflow):
    content = yaml.safe_load(workflow.read_text())
    assert content["permissions"] == {}
    steps = [step for job in content["jobs"].values() for step in job.get("steps", [])]
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    verbs = [step["run"] for step in steps if "run" in step]
    assert any(re.search(r"\bmake [a-z-]+", verb) for verb in verbs), "a workflow runs a verb of the Makefile"


def test_dependabot_sees_every_folder_with_packages():
    configured = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text())["updates"]
    watched = [(update["package-ecosystem"], folder) for update in configured for folder in update.get("directories", [update.get("directory")])]
    manifests = {"package-lock.json": "npm", "requirements.txt": "pip", "requirements-package.txt": "pip"}
    folders = {(manifests[path.name], f"/{path.parent.relative_to(ROOT)}") for path in files() if path.name in manifests}
    for kind, folder in folders | {("cargo", "/"), ("github-actions", "/")}:
        assert any(kind == ecosystem and fnmatch(folder, pattern) for ecosystem, pattern in watched), (kind, folder)


def test_the_doctor_knows_what_is_missing(tmp_path):
    """With nothing on the PATH but what it is written in, it names the tools that are needed, and fails."""
    for tool in ("bash", "grep", "head", "sort", "id", "ls"):
        found = subprocess.run(["which", tool], capture_output=True, text=True, check=True).stdout.strip()
        (tmp_path / tool).symlink_to(found)
    run = subprocess.run([tmp_path / "bash", "tools/doctor"], cwd=ROOT, env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert run.returncode == 1
    missing = re.findall(r"^MISSING\s+(\S+)", run.stdout, re.M)
    assert {"rustc", "cargo", "cc", "git", "make", "clippy"} <= set(missing), run.stdout + run.stderr
