"""Every command of every page is run here, run elsewhere, dry-run, or held to the tool's own help. One that is none of these fails.

A block of code says by its language what it is: `sh` holds commands; `logs-insights` queries (test_runbook.py); `json` and `rust` are data and source;
`mermaid` and `text` are drawings and output. There is no other kind."""

import json
import os
import pty
import re
import select
import shlex
import subprocess
import termios
import time
from functools import cache
from shutil import which

import pytest
from documents import ROOT, blocks, pages
from function import KEYS
from program import TARGET, Program, free_port

BLOCKS = [block for page in pages() for block in blocks(page)]
KINDS = {"sh", "logs-insights", "json", "rust", "mermaid", "text", ""}
SHELL = [block for block in BLOCKS if block.language == "sh"]


def commands(text: str) -> list[str]:
    """One a line; continued lines are one, comments and what follows `&&` apart."""
    text = re.sub(r"\s*\\\n\s*", " ", re.sub(r"('[^']*')", lambda quoted: quoted[1].replace("\n", " "), text))
    lines = [re.sub(r"(^|\s)#.*", "", line).strip() for line in text.splitlines()]
    return [command.strip() for line in lines for command in line.split(" && ") if command.strip()]


COMMANDS = sorted({command for block in SHELL for command in commands(block.text)})


@cache
def help_of(*command: str, cwd=ROOT) -> str:
    run = subprocess.run([*command, "--help"], cwd=cwd, capture_output=True, text=True, env={**os.environ, "SAM_CLI_TELEMETRY": "0"})
    assert run.returncode == 0, f"{command}: {run.stderr}"
    return run.stdout


def options(words: list[str]) -> list[str]:
    return [word.split("=")[0] for word in words if word.startswith("-") and word != "--"]


def knows(text: str, words: list[str]) -> bool:
    """Whether a help text has every option."""
    return all(re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", text) for option in options(words))


def make(words: list[str]) -> None:
    """Dry, but for the doctor: make itself finds the verb, its needs and its variables."""
    run = subprocess.run(["make", *(["--dry-run"] if words != ["doctor"] else []), *words], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def cargo(words: list[str]) -> None:
    """The very options of the binary that cargo would run; test_readme.py runs the storefront, tests/lambda sends by `cargo lambda`."""
    verb, *rest = words
    if verb == "lambda":
        assert "cargo lambda invoke" in (ROOT / "tests/lambda/test_readme.py").read_text() and rest[0] == "invoke"
        return
    assert verb in ("run", "test")
    ours = rest[rest.index("--") + 1 :] if "--" in rest else []
    package = rest[rest.index("-p") + 1] if "-p" in rest else "till"
    if verb == "run":
        assert knows(help_of(str(TARGET / package)), ours)
    assert knows(help_of("cargo", verb, cwd=ROOT), rest[: len(rest) - len(ours)])


def curl(words: list[str]) -> None:
    """Run, against a sandbox; what asks the function of `make watch` is run by the tests of the function alone."""
    if any(":9000/" in word for word in words):
        assert f'"curl {" ".join(words)}"' in (ROOT / "tests/lambda/test_readme.py").read_text()
        return
    port = free_port()
    with Program("sandbox", "--port", str(port), *KEYS) as sandbox:
        sandbox.wait_for("Ctrl-C")
        run = subprocess.run(["curl", "-sS", "--fail", *(word.replace("4243", str(port)) for word in words)], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        json.loads(run.stdout)


def git(words: list[str]) -> None:
    assert words[0] in ("clone", "pull", "checkout")


def npm(words: list[str]) -> None:
    assert words == ["ci"] and (ROOT / "infra/cdk/package-lock.json").is_file()


def npx(words: list[str]) -> None:
    """Held to the help of the CDK's own command line."""
    assert words[0] == "cdk"
    assert knows(help_of(str(ROOT / "infra/cdk/node_modules/.bin/cdk"), words[1], cwd=ROOT / "infra/cdk"), words[1:])


def sam(words: list[str]) -> None:
    assert knows(help_of(str(ROOT / ".tools/infra/bin/sam"), words[0]), words[1:])


def aws(words: list[str]) -> None:
    """Held to AWS's own model of the call, as its SDK has it."""
    model = """
import sys, botocore.session
from botocore import xform_name
service = botocore.session.get_session().get_service_model(sys.argv[1])
(call,) = [name for name in service.operation_names if xform_name(name, "-") == sys.argv[2]]
print(*(xform_name(name, "-") for name in service.operation_model(call).input_shape.members))
"""
    call = [str(ROOT / ".tools/infra/bin/python"), "-c", model, *words[:2]]
    parameters = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split()
    assert {option.removeprefix("--") for option in options(words)} <= set(parameters)


def sed(words: list[str]) -> None:
    """What it replaces stands in the file."""
    *edits, source, _ = [word for word in words if word != "-e"]
    text = (ROOT / source).read_text()
    assert all(edit.split(edit[1])[1] in text for edit in edits)


def cd(words: list[str]) -> None:
    assert (ROOT / words[0]).is_dir()


def read(words: list[str]) -> None:
    """Typed without echo, as test_a_key_is_typed_and_not_written shows."""
    assert words[0] == "-rs" and len(words) == 2


def export(words: list[str]) -> None:
    """What was typed before; a value behind it would be in the shell's history."""
    assert all(re.fullmatch("[A-Z_]+", word) for word in words)


TRIED_BY = {"make": make, "cargo": cargo, "curl": curl, "git": git, "npm": npm, "npx": npx, "sam": sam, "aws": aws, "sed": sed, "cd": cd}
TRIED_BY |= {"read": read, "export": export}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_that_works(command):
    words = shlex.split(command)
    while re.match(r"[A-Z_]+=", words[0]):
        words.pop(0)
    assert words[0] in TRIED_BY, f"nobody tries {words[0]}"
    TRIED_BY[words[0]](words[1:])


def written(command: str) -> list[str]:
    """The secrets that a command would leave in the shell's history."""
    return re.findall(r"\b(?:sk|rk)_(?:test|live)_\S*|--secret-string\b|\b\w*SECRET\w*=\S+", command)


def test_no_command_puts_a_key_into_a_shells_history():
    assert [command for command in COMMANDS if written(command)] == []
    for wrong in ("STRIPE_SECRET_KEY=sk_test_… cargo run", "export STRIPE_SECRET_KEY=$(pass stripe)", "curl -u rk_live_1: localhost"):
        assert written(wrong)


# bash, which every verb needs, and zsh where it is installed.
SHELLS = [["bash", "--norc"], *([["zsh", "-f"]] if which("zsh") else [])]


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell[0])
def test_a_key_is_typed_and_not_written(shell):
    """At a terminal: what is typed after README's line is not shown, and the next command has it."""
    (line,) = [line for block in SHELL for line in block.text.splitlines() if line.startswith("read ")]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(shell[0], [*shell, "-i"], {"PATH": os.environ["PATH"], "PS1": "ready> ", "TERM": "dumb", "HOME": "/nowhere"})

    def until(text: str) -> str:
        shown = ""
        while text not in shown and select.select([terminal], [], [], 10)[0]:
            shown += os.read(terminal, 4096).decode(errors="replace")
        assert text in shown, shown
        return shown

    until("ready> ")
    os.write(terminal, f"{line}\n".encode())
    until("\n")
    deadline = time.monotonic() + 10
    # The shell's own line editor takes no lines; what `read` takes is lines without echo.
    while termios.tcgetattr(terminal)[3] & (termios.ECHO | termios.ICANON) != termios.ICANON and time.monotonic() < deadline:
        time.sleep(0.02)
    os.write(terminal, b"typed-in-the-dark\n")
    shown = until("ready> ")
    os.write(terminal, b"printenv STRIPE_SECRET_KEY | tr a-z A-Z; exit\n")
    assert "typed-in-the-dark" not in shown + until("TYPED-IN-THE-DARK")
    os.close(terminal)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_says_what_it_is(block):
    assert block.language in KINDS
    if block.language == "json":
        json.loads(block.text)
    if block.language in ("text", ""):
        first = block.text.split()[0] if block.text.split() else ""
        assert first not in TRIED_BY, "a command, that nobody tries"


def test_a_command_that_is_wrong_would_be_noticed():
    for wrong in ("make no-such-verb", "cargo run -p sandbox -- --no-such-option", "cd no/such/folder"):
        with pytest.raises(AssertionError):
            test_a_command_is_one_that_works(wrong)
    assert commands("a \\\n  b   # c\nd && e") == ["a b", "d", "e"] and len(COMMANDS) > 20
