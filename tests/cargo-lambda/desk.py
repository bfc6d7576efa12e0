"""The function's own binary, run as Lambda runs it: cargo-lambda's emulator before it, the Stripe sandbox behind it, all on 127.0.0.1.

    python desk.py EVENT.json [PROGRAM]    invokes PROGRAM (default: the debug build) once and prints its answer
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
# The account of events/*.json: the same keys at every start, so that a file can name the publishable one.
ACCOUNT = "51TillEvents0000"
SECRET_KEY = f"sk_test_{ACCOUNT}secret"
PUBLISHABLE_KEY = f"pk_test_{ACCOUNT}publishable"
FUNCTION = "_"  # the emulator's name for a function that it did not build itself


def fresh(event: str) -> str:
    """An event as of now: a UUIDv7 of the first millisecond of 1970 in a file stands for one that is minted when the event is sent.

    Its random part stays, so that two events of one checkout keep one id. Ids of any other time, like an expired one, are left alone.
    """
    now = f"{time.time_ns() // 1_000_000:012x}"
    return re.sub(r"\b00000000-0000-(7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})\b", rf"{now[:8]}-{now[8:]}-\1", event)


class Desk:
    """Sandbox, emulator and function; `with Desk(program) as desk: desk.invoke(event)`."""

    def __init__(self, program: Path, settings: dict[str, str] | None = None):
        self.program, self.settings, self.processes = program, settings or {}, []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        # The function first: an emulator that outlives its function's open request for the next event would lose that event.
        for process in reversed(self.processes):
            process.terminate()
            process.wait(10)

    def _start(self):
        keys = ["--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY]
        sandbox = self._run([TARGET / "debug/sandbox", "--port", "0", *keys], stdout=subprocess.PIPE, text=True)
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", sandbox.stdout.readline())):
            if sandbox.poll() is not None:
                raise RuntimeError("the sandbox did not start")
        self.sandbox = found[0]

        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        emulator = ["cargo", "lambda", "watch", "--only-lambda-apis", "--invoke-address", "127.0.0.1", "--invoke-port", str(self.port)]
        self._run([*emulator, "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait_for_port()
        self.log = tempfile.TemporaryFile("w+")  # not a pipe: nobody reads while the function runs
        self.function = self._run([self.program], env={**os.environ, **self._environment()}, stdout=self.log)

    def logged(self) -> str:
        """What the function has logged so far."""
        self.log.seek(0)
        return self.log.read()

    def _environment(self) -> dict[str, str]:
        return {
            # With its scheme: the runtime panics on a value that has a path and no scheme.
            "AWS_LAMBDA_RUNTIME_API": f"http://127.0.0.1:{self.port}/.rt",
            "AWS_LAMBDA_FUNCTION_NAME": FUNCTION,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_ENDPOINT_URL": self.sandbox,
            "STRIPE_API_BASE": self.sandbox,
            "STRIPE_SECRET_ID": "till/stripe",
            "STRIPE_PUBLISHABLE_KEY": PUBLISHABLE_KEY,
            "STAGE": "desk",
            **self.settings,
        }

    def _run(self, command, **options) -> subprocess.Popen:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def _wait_for_port(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("cargo-lambda's emulator did not start (make package installs it)")

    def invoke(self, event: str) -> dict:
        """The function's answer: an API Gateway response, or Lambda's own error (`errorType`, `errorMessage`)."""
        url = f"http://127.0.0.1:{self.port}/2015-03-31/functions/{FUNCTION}/invocations"
        request = urllib.request.Request(url, data=fresh(event).encode(), headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=40) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def invoke_by_cargo_lambda(self, event: str) -> str:
        """The same, by `cargo lambda invoke --data-file`: what it prints."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(fresh(event))
            file.flush()
            command = ["cargo", "lambda", "invoke", "--invoke-address", "127.0.0.1", "--invoke-port", str(self.port), "--data-file", file.name, FUNCTION]
            return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def main():
    event = Path(sys.argv[1]).read_text()
    program = Path(sys.argv[2]) if len(sys.argv) > 2 else TARGET / "debug/payments"
    with Desk(program) as desk:
        print(json.dumps(json.loads(desk.invoke_by_cargo_lambda(event)), indent=2))


if __name__ == "__main__":
    main()
