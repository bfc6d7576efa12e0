"""The newcomer's path: what README says under "The function alone" is done, and answers as it says."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest
from desk import REPOSITORY, free_port, listens, wait_until

README = (REPOSITORY / "README.md").read_text()
SECTION = README.split("\n## The function alone\n")[1].split("\n## ")[0]
BLOCKS = re.findall(r"^```\w*\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
# A command, and what it prints, in turns.
SAID = dict(zip((command.split("#")[0].strip() for command in BLOCKS[::2]), BLOCKS[1::2], strict=True))
# What a debug build may take, in seconds, on a machine that is busy.
BUILD = 400


def without_ids(text: str) -> str:
    return re.sub(r"pi_3\w{23}", "pi_3…", re.sub(r'"now":\d{13}', '"now":0', text)).strip()


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """`make watch` on a free port: the port, and what it has printed."""
    port, log = free_port(), tmp_path_factory.mktemp("watch") / "log"
    with log.open("w") as output:
        watch = subprocess.Popen(
            ["make", "--no-print-directory", "watch"],
            cwd=REPOSITORY,
            env={**os.environ, "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until(lambda: listens(port) or watch.poll() is not None, "make watch does not listen", seconds=BUILD)
        yield port, log
    finally:
        os.killpg(watch.pid, signal.SIGINT)
        watch.wait(20)


def test_make_watch_serves_the_function_by_its_public_paths(watched):
    port, log = watched
    assert SAID["make watch"].replace("9000", str(port)).replace("9001", str(port + 1)) in log.read_text()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/config", timeout=BUILD) as response:
        assert without_ids(response.read().decode()) == without_ids(SAID["curl http://127.0.0.1:9000/api/config"])
        assert "access-control-allow-origin" not in {name.lower() for name in response.headers}


def test_make_watch_listens_on_loopback_only(watched):
    sockets = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    ports = {f"{port:04X}" for port in (watched[0], watched[0] + 1)}
    addresses = {local.split(":")[0] for _, local, _, state, *_ in sockets if state == "0A" and local.split(":")[1] in ports}
    assert addresses == {"0100007F"}


def test_an_event_is_sent_to_make_watch_by_hand(watched):
    by_hand = re.search(r"^cargo lambda invoke .*$", (REPOSITORY / "events/README.md").read_text(), re.MULTILINE)[0]
    command = f"{by_hand} --invoke-port {watched[0]}"
    run = subprocess.run(["bash", "-c", command], cwd=REPOSITORY, capture_output=True, text=True, timeout=BUILD)
    assert json.loads(run.stdout)["statusCode"] == 402, run


def test_make_invoke_prints_the_answer():
    run = subprocess.run(
        ["make", "--no-print-directory", "invoke", "EVENT=declined"], cwd=REPOSITORY, capture_output=True, text=True, timeout=BUILD
    )
    assert run.returncode == 0, run.stderr
    assert without_ids(run.stdout) == without_ids(SAID["make invoke EVENT=declined"])


def test_make_invoke_without_an_event_names_them():
    run = subprocess.run(["make", "invoke"], cwd=REPOSITORY, capture_output=True, text=True, timeout=BUILD)
    assert run.returncode != 0 and "declined" in run.stderr and "paid-in-cad" in run.stderr
