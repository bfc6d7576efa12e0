"""What GitHub's workflows may do. Each check takes a parsed workflow and names what is wrong.

A job that can get hold of a credential runs nothing that other people wrote but what is pinned by its hash; a job that compiles can get
hold of none. A verb of make is tried rather than read: a dry run says what it would start on a machine where nothing is installed yet."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import cache

from expansion import ROOT
from samtranslator.yaml_helper import yaml_parse

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
DEPLOY = ROOT / ".github/workflows/deploy.yml"
ROLE = "aws-actions/configure-aws-credentials"
# Beside a credential: actions of GitHub's and AWS's own, and what a dry run of make may show.
ACTIONS = {"actions/checkout", "actions/download-artifact", ROLE}
STARTS = [
    r"tools/python \S+ infra/requirements\.txt",
    r"touch \S+",
    r"CHROMIUM=\$\(tools/chromium --at-hand\) \|\| true; export CHROMIUM; .*",
    r"PATH=\S+ PYTHONPATH=infra \S+/bin/python -m (deploy\.release --tool sam|smoke) .*",
    r"python3 tests/probe/probe\.py",
]
SECRETS = re.compile(r"\b(secrets|vars)\b")  # also by name, all of them at once, or handed on
CHECKSUM = r'echo "\$SHA256  (?P<file>\S+)" \| sha256sum --check --strict'


def read(path) -> dict:
    return yaml_parse(path.read_text())


def steps(job: dict) -> list[dict]:
    return job.get("steps", [])


def action(step: dict) -> str:
    return step.get("uses", "").split("@")[0]


def has_credentials(job: dict) -> bool:
    """Whether any step could ask for a token, or is given a secret."""
    permissions = job.get("permissions", "write-all")
    writes = permissions == "write-all" or "write" in permissions.values()
    return writes or "environment" in job or bool(SECRETS.search(str(job))) or any(action(s) == ROLE for s in steps(job))


@cache
def would_start(arguments: str) -> list[str]:
    """The lines that make would run, on a machine where nothing is installed."""
    nowhere = ["VENV=/nowhere/venv", "INFRA=/nowhere/infra", "LAMBDA=/nowhere/lambda"]
    # Paths of the repository's own .tools are those of the variables above.
    words = [word.replace(".tools/infra", "/nowhere/infra").replace(".tools/venv", "/nowhere/venv") for word in shlex.split(arguments)]
    run = subprocess.run(["make", "--dry-run", "--no-print-directory", *nowhere, *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout.replace("\\\n", "").splitlines()


def loose_permissions(workflow: dict) -> Iterator[str]:
    """Nothing but what a job names, and no more than these two."""
    if workflow.get("permissions") != {}:
        yield "the workflow has permissions of its own"
    for name, job in workflow["jobs"].items():
        if job.get("permissions") not in ({"contents": "read"}, {"contents": "read", "id-token": "write"}):
            yield f"{name} may {job.get('permissions')}"


def others_code(workflow: dict) -> Iterator[str]:
    """Where a credential is, nothing is compiled, and no package runs code while it is installed."""
    for name, job in workflow["jobs"].items():
        for step in steps(job) if has_credentials(job) else []:
            if "uses" in step and action(step) not in ACTIONS:
                yield f"{name}: {action(step)}"
            for command in step.get("run", "").strip().splitlines():
                if command.startswith("make ") and not re.search(r"[;&|`<>]|\$\(", command):
                    lines = would_start(command.removeprefix("make "))
                    yield from (f"{name}: {command} starts {line}" for line in lines if not any(re.fullmatch(one, line) for one in STARTS))
                elif not re.fullmatch(CHECKSUM, command):
                    yield f"{name}: {command}"


def credentials_in_a_build(workflow: dict) -> Iterator[str]:
    """Where something is compiled, there is nothing to take."""
    for name, job in workflow["jobs"].items():
        compiles = any(re.search(r"\bcargo|rustup|npm|make (package|test|audit|check)\b", step.get("run", "")) for step in steps(job))
        if compiles and has_credentials(job):
            yield f"{name} compiles, and can get a credential"
        for step in steps(job):
            if action(step) == "actions/checkout" and step.get("with", {}).get("persist-credentials") is not False:
                yield f"{name} leaves GitHub's token in .git/config"


def unpinned_actions(workflow: dict) -> Iterator[str]:
    for name, job in workflow["jobs"].items():
        yield from (f"{name}: {step['uses']}" for step in steps(job) if "uses" in step and not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"]))


def open_to_others(workflow: dict) -> Iterator[str]:
    """Who starts a workflow with a credential: a person, on main; the clock as well, where no role is lent."""
    if any(has_credentials(job) for job in workflow["jobs"].values()):
        triggers = workflow.get("on") or workflow.get(True)  # YAML 1.1 takes `on` for true
        lends = any(action(step) == ROLE for job in workflow["jobs"].values() for step in steps(job))
        if not {*triggers} <= ({"workflow_dispatch"} if lends else {"workflow_dispatch", "schedule"}):
            yield f"started by {sorted(triggers)}"
        yield from (f"{name}: any branch" for name, job in workflow["jobs"].items() if job.get("if") != "github.ref == 'refs/heads/main'")


def unchecked_package(workflow: dict) -> Iterator[str]:
    """What is deployed is what was built: its hash is taken before it is uploaded, and checked after it is downloaded, before the role."""
    for name, job in workflow["jobs"].items():
        if not any("make deploy" in step.get("run", "") for step in steps(job)):
            continue
        build = workflow["jobs"].get(str(job.get("needs")))
        if not build:
            yield f"{name} builds by itself"
            continue
        done = [action(step) or step["run"] for step in steps(build)]
        hashed = [n for n, step in enumerate(steps(build)) if "sha256=$(sha256sum bootstrap.zip" in step.get("run", "")]
        if not hashed or "actions/upload-artifact" not in done[hashed[0] :]:
            yield "the package has no hash of before its upload"
        elif build.get("outputs") != {"sha256": "${{ steps." + steps(build)[hashed[0]].get("id", "") + ".outputs.sha256 }}"}:
            yield "the hash is another step's"
        order = [n for n, step in enumerate(steps(job)) if action(step) == "actions/download-artifact"]
        checks = [(n, re.fullmatch(CHECKSUM, step.get("run", "")), step) for n, step in enumerate(steps(job))]
        checks = [(n, found["file"], step) for n, found, step in checks if found]
        if len(order) != 1 or len(checks) != 1:
            yield f"{name} does not check one package"
            continue
        n, file, step = checks[0]
        if step.get("env") != {"SHA256": "${{ needs." + job["needs"] + ".outputs.sha256 }}"} or "if" in step or "continue-on-error" in step:
            yield f"{name} checks another hash, or goes on"
        roles = [n for n, step in enumerate(steps(job)) if action(step) == ROLE]
        if not (order[0] < n < min(roles, default=0)):
            yield f"{name} checks too late"
        for later in steps(job):
            if "make deploy" in later.get("run", "") and f"CODE={file}" not in shlex.split(later["run"]):
                yield f"{name} deploys something else"


def late_installs(workflow: dict) -> Iterator[str]:
    """Before the role is lent, everything is installed."""
    for name, job in workflow["jobs"].items():
        lent = False
        for step in steps(job):
            lent = lent or action(step) == ROLE
            if lent and ".tools/" in step.get("run", ""):
                yield f"{name} installs with the role in hand"


def shared_secrets(workflow: dict) -> Iterator[str]:
    """A key belongs to an environment, with rules of its own: the repository's own are any workflow's, on any branch."""
    if SECRETS.search(str({name: part for name, part in workflow.items() if name != "jobs"})):
        yield "every job has a secret"
    yield from (f"{name} has no environment" for name, job in workflow["jobs"].items() if SECRETS.search(str(job)) and not job.get("environment"))


CHECKS = [loose_permissions, others_code, credentials_in_a_build, unpinned_actions, open_to_others, unchecked_package, late_installs, shared_secrets]
