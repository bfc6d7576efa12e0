"""What runs a test that docs/threat-model.md names: it follows from where the test is."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

PATIENCE = 600  # seconds, for one command
NEXTEST = shutil.which("cargo-nextest") is not None
CARGO = ["cargo", "build", "--locked", "--bins", "--package"]
PACKAGES = {"functions/payments/": "payments", "local/sandbox/": "sandbox", "local/server/": "till"}  # of Rust, each by its folder


def in_package(path: str) -> tuple[str, str] | None:
    """The package of Rust that a file belongs to, and its path in there."""
    return next(((package, path.removeprefix(folder)) for folder, package in PACKAGES.items() if path.startswith(folder)), None)


def group(path: str) -> tuple[str, ...]:
    """Tests of one group are run by one command: the tests of one folder, or those of one binary of Rust."""
    if (found := in_package(path)) is None:
        return (str(Path(path).parent),)
    package, file = found
    return ("cargo", package, "--lib") if file.startswith("src/") else ("cargo", package, "--test", file.split("/")[1].removesuffix(".rs"))


def rust_name(path: str, test: str) -> str:
    folder, file = in_package(path)[1].removesuffix(".rs").split("/", 1)
    modules = [*file.split("/"), "tests"] if folder == "src" else file.split("/")[1:]
    return "::".join([*modules, test])


def commands(path_of: dict[str, str], tests: list[str], changed: str) -> tuple[list[str], list[str], str]:
    """What builds, what runs these tests of one group, and in which folder."""
    kind, *target = group(path_of[tests[0]])
    files = sorted({Path(path_of[test]).name for test in tests})
    if kind == "cargo":
        only = [rust_name(path_of[test], test) for test in tests]
        run = ["cargo", *(["nextest", "run"] if NEXTEST else ["test"]), "--locked", "--package", *target]
        tail = ["--no-fail-fast", "-E", " + ".join(f"test(={name})" for name in only)] if NEXTEST else ["--", "--exact", *only]
        return [*run, "--no-run"], [*run, *tail], "."
    if kind == "tests/docs":
        return [*CARGO, "payments", "--package", "sandbox"], ["pytest", *(f"{Path(path_of[test]).name}::{test}" for test in tests)], kind
    build = ["node", "--check", changed] if changed.endswith(".js") else ["true"]
    if kind == "tests/browser/page":
        titles = "|".join(f"{re.escape(test)}$" for test in tests)
        build = build if changed.endswith(".js") else [*CARGO, "till"]
        return build, ["npx", "playwright", "test", "--grep", titles, *files], "tests/browser"
    only = [f"--test-name-pattern=^{re.escape(test)}$" for test in tests]
    if kind == "infra/cdk/test":
        return ["infra/cdk/node_modules/.bin/tsc", "--noEmit", "--project", "infra/cdk"], ["node", "--import", "tsx", "--test", *only, *files], kind
    return build, ["node", "--test", *only, *files], kind


def run(command: list[str], folder: Path, target: Path) -> tuple[bool, str]:
    """Whether it succeeded, and what it said. In a session of its own, so that nothing it started outlives it."""
    env = {**os.environ, "CARGO_TARGET_DIR": str(target), "CARGO_TERM_COLOR": "never", "FORCE_COLOR": "0"}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    process = subprocess.Popen(command, cwd=folder, env=env, start_new_session=True, **streams)
    try:
        output, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return False, f"no end after {PATIENCE} s"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    return process.returncode == 0, output


def count(word: str, output: str) -> int:
    """The tests that the runners count as passed or failed."""
    return sum(int(a or b) for a, b in re.findall(rf"(\d+) {word}|^(?:#|ℹ) {word.removesuffix('ed')} (\d+)", output, re.M))
