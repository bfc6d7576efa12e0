"""Puts faults into the page and the function, one at a time: the simulation has to find each (docs/proof.md).

protocol.toml has the faults. Those of the page need no build. Those of the function are built once, all of them, each behind a switch that an
environment variable turns, in a copy of the tracked files: the shipped function knows of no switch."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mutants import COPY, ROOT, TARGET, copy

PAGE, FUNCTION = "static-site/app/", "functions/payments/src/"
SWITCH = """
/// Whether a fault is switched on.
pub(crate) fn mutant(number: usize) -> bool {
    static ON: std::sync::LazyLock<Option<usize>> = std::sync::LazyLock::new(|| std::env::var("MUTANT").ok()?.parse().ok());
    *ON == Some(number)
}
"""
FOUND = re.compile(r"world (\d+), (\d+) decisions: (.*)")


def replaced(source: str, mutant: dict[str, str], to: str) -> str:
    before = mutant.get("before", "")
    if source.count(before + mutant["from"]) != 1:
        raise SystemExit(f"{mutant['what']}: `from` occurs {source.count(before + mutant['from'])} times in {mutant['file']}")
    return source.replace(before + mutant["from"], before + to)


def grouped(mutants: list[dict[str, str]]) -> list[list[tuple[int, dict[str, str]]]]:
    """Those of one place together, with their numbers."""
    places: dict[tuple[str, ...], list[tuple[int, dict[str, str]]]] = {}
    for number, mutant in enumerate(mutants):
        places.setdefault((mutant["file"], mutant.get("before", ""), mutant["from"]), []).append((number, mutant))
    return list(places.values())


def build(mutants: list[dict[str, str]]) -> Path:
    """The simulation with all faults of the function in it, each switched off."""
    copy("fuzz")
    library = COPY / FUNCTION / "lib.rs"
    touched = {library} | {COPY / mutant["file"] for mutant in mutants}
    before = {path: path.read_text() for path in touched}
    try:
        for sites in grouped(mutants):
            path = COPY / sites[0][1]["file"]
            cases = "".join(f"if crate::mutant({number}) {{ {mutant['to']} }} else " for number, mutant in sites)
            path.write_text(replaced(path.read_text(), sites[0][1], f"({cases}{{ {sites[0][1]['from']} }})"))
        library.write_text("#![allow(unused_parens)]\n" + library.read_text() + SWITCH)
        env = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
        subprocess.run(["cargo", "build", "--locked", "--profile", "fuzz", "--package", "simulation"], cwd=COPY, env=env, check=True)
    finally:
        for path, text in before.items():
            path.write_text(text)
    return TARGET / "fuzz/simulation"


def hunt(simulation: Path, mutant: dict[str, str], number: int | None, worlds: int) -> tuple[str, float]:
    """What the simulation says of a fault, and after how many seconds."""
    begun = time.monotonic()
    command = [simulation, "--threads", "1", "hunt", "--worlds", str(worlds)]
    if number is not None:
        done = subprocess.run(command, env={**os.environ, "MUTANT": str(number)}, capture_output=True, text=True)
        return done.stdout.strip() or done.stderr.strip(), time.monotonic() - begun
    with tempfile.TemporaryDirectory() as folder:
        for path in (ROOT / PAGE).iterdir():
            source = path.read_text()
            mutated = replaced(source, mutant, mutant["to"]) if mutant["file"] == PAGE + path.name else source
            (Path(folder) / path.name).write_text(mutated)
        done = subprocess.run([*command, "--page", folder], capture_output=True, text=True)
    return done.stdout.strip() or done.stderr.strip(), time.monotonic() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulation", type=Path, required=True, help="the binary")
    parser.add_argument("--worlds", type=int, default=20_000, help="that each is looked for in, at most")
    parser.add_argument("--first", type=int, help="only so many of the page's")
    parser.add_argument("--only", default="", metavar="SUBSTRING", help="of what the fault is")
    arguments = parser.parse_args()
    mutants = [one for one in tomllib.loads((ROOT / "tests/mutants/protocol.toml").read_text())["mutant"] if arguments.only in one["what"]]
    page = [one for one in mutants if one["file"].startswith(PAGE)][: arguments.first]
    function = [] if arguments.first else [one for one in mutants if one["file"].startswith(FUNCTION)]
    runs = [(arguments.simulation, one, None) for one in page]
    if function:
        simulation = build(function)
        runs += [(simulation, one, number) for number, one in enumerate(function)]
    print("| fault | in | found by | world | seconds | decisions |\n|---|---|---|---:|---:|---:|")
    found = 0
    with ThreadPoolExecutor(2) as pool:
        for (said, seconds), (_, mutant, _) in zip(pool.map(lambda run: hunt(*run, arguments.worlds), runs), runs, strict=True):
            match = FOUND.fullmatch(said.splitlines()[-1] if said else "")
            found += bool(match)
            world, decisions, fault = match.groups() if match else ("", "", f"NOBODY: {said}")
            fault = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|pm_\w+|pi_\w+|\{.*\}", "…", fault).replace("|", "\\|")
            print(f"| {mutant['what']} | `{mutant['file']}` | {fault} | {world} | {seconds:.1f} | {decisions} |", flush=True)
    print(f"\n{found} of {len(runs)} faults were found")
    return 0 if found == len(runs) and (runs or arguments.only) else 1


if __name__ == "__main__":
    sys.exit(main())
