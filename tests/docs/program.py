"""A binary of the workspace, started and ended."""

import os
import socket
import subprocess
import threading
import time
from pathlib import Path

from documents import ROOT

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"


def free_port() -> int:
    """A free port whose neighbour is free as well."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                continue


class Program:
    """Runs `target/debug/NAME`; its output is read as it comes, so that it never waits for a reader."""

    def __init__(self, name: str, *arguments: str, env: dict[str, str] | None = None):
        binary = TARGET / name
        assert binary.is_file(), f"{binary} is missing: make build"
        self.process = subprocess.Popen([binary, *arguments], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines: list[str] = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.reader.join(10)

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def wait_for(self, text: str, seconds: float = 30) -> str:
        end = time.monotonic() + seconds
        while text not in self.printed:
            assert time.monotonic() < end and self.process.poll() is None, f"no {text!r} in: {self.printed}"
            time.sleep(0.02)
        return self.printed
