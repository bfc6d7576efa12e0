"""Takes each control of docs/threat-model.md that is code away, one at a time: the test that the document names has to fail.

controls.toml has the changes; what runs a test follows from where it is. All of it happens in a copy of the tracked files, in .tools/mutants."""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from runners import commands, count, group, run

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / ".tools/mutants/tree"
# Not the checkout's: cargo tells two copies of a workspace apart by the times of their files alone, and would take a mutant for the real thing.
TARGET = ROOT / ".tools/mutants/target"
SHARED = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
NODE_MODULES = ["tests/browser/node_modules", "infra/cdk/node_modules"]


def names(*command: str, cwd: Path) -> set[str]:
    listed = subprocess.run([*command, "-z"], cwd=cwd, capture_output=True, text=True, check=True).stdout.split("\0")
    return {name for name in listed if name and (cwd / name).is_file()}


def copy(profile: str = "debug") -> None:
    """The tracked files, and what cargo has built of libraries. What has not changed is left alone, so that cargo does not build it again."""
    tracked = names("git", "ls-files", cwd=ROOT)
    COPY.mkdir(parents=True, exist_ok=True)
    subprocess.run(["git", "init", "--quiet"], cwd=COPY, check=True)  # tests ask git for the repository's files
    for name in names("git", "ls-files", "--others", "--exclude-standard", cwd=COPY) - tracked:
        (COPY / name).unlink()
    for name in tracked:
        source, target = ROOT / name, COPY / name
        if not target.is_file() or target.read_bytes() != source.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    for folder in NODE_MODULES:
        if not (COPY / folder).is_symlink():
            (COPY / folder).symlink_to(ROOT / folder)
    if not (TARGET / profile).exists() and (SHARED / profile).is_dir():
        print("Copying what cargo has built so far: minutes of compiling less", flush=True)
        shutil.copytree(SHARED / profile, TARGET / profile, ignore=shutil.ignore_patterns("incremental"))


def problem_of(path_of: dict[str, str], tests: list[str], changed: str = "") -> str | None:
    """Without a change the tests of one group have to pass; with one, the test that is to notice it has to fail."""
    build, test, folder = commands(path_of, tests, changed)
    fine, output = run(build, COPY, TARGET)
    if not fine:
        return f"does not compile:\n{output[-3000:]}"
    fine, output = run(test, COPY / folder, TARGET)
    if fine and changed:
        return "SURVIVES: the test passes without the control"
    if fine and count("passed", output) >= len(tests) or not fine and changed and count("failed", output) and tests[0] in output:
        return None
    return f"the tests neither passed nor failed as they should:\n{output[-3000:]}"


def mutated(path_of: dict[str, str], mutant: dict[str, str]) -> str | None:
    file = COPY / mutant["file"]
    source = file.read_text()
    if source.count(mutant["from"]) != 1:
        return f"`from` occurs {source.count(mutant['from'])} times in the file"
    try:
        file.write_text(source.replace(mutant["from"], mutant["to"]))
        return problem_of(path_of, [mutant["test"]], mutant["file"])
    finally:
        file.write_text(source)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="of the control, the file or the test")
    only = parser.parse_args().only
    mutants = tomllib.loads((ROOT / "tests/mutants/controls.toml").read_text())["mutant"]
    mutants = [mutant for mutant in mutants if any(only in mutant[field] for field in ("control", "file", "test"))]
    path_of = dict(re.findall(r"\[`([^`]+)`\]\(\.\./([^)]+)\)", (ROOT / "docs/threat-model.md").read_text()))
    copy()
    tests = sorted({mutant["test"] for mutant in mutants})
    for one in sorted({group(path_of[test]) for test in tests}):
        of_group = [test for test in tests if group(path_of[test]) == one]
        if problem := problem_of(path_of, of_group):
            print(f"{' '.join(one)}, without a mutant: {problem}")
            return 1
        print(f"{' '.join(one)}: without a mutant {len(of_group)} tests pass", flush=True)
    print("\n| control | mutant | caught by | seconds |\n|---|---|---|---|")
    problems = []
    for mutant in mutants:
        begun = time.monotonic()
        what = f"{mutant['file'].removeprefix('functions/payments/')}: `{' '.join(mutant['to'].split())[:70]}`".replace("|", "\\|")
        if problem := mutated(path_of, mutant):
            problems.append(f"{mutant['control']} ({what}; {mutant['test']}): {problem}")
        print(f"| {mutant['control']} | {what} | {'NOBODY' if problem else mutant['test']} | {time.monotonic() - begun:.0f} |", flush=True)
    print("\n" + "\n\n".join([*problems, f"{len(mutants) - len(problems)} of {len(mutants)} mutants are caught"]))
    return 1 if problems or not (mutants or only) else 0


if __name__ == "__main__":
    sys.exit(main())
