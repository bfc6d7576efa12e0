"""`make watch`: the function under `cargo lambda watch`, by its public paths, with the Stripe sandbox behind it."""

import os
import subprocess

from desk import PUBLISHABLE_KEY, REPOSITORY, SECRET_KEY, TARGET, function_settings


def watch() -> int:
    """Serves until Ctrl-C. CARD_AUTHENTICATION and other settings that are not the desk's own pass through."""
    port = int(os.environ.get("PORT", "9000"))
    sandbox_port = port + 1
    keys = ["--secret-key", SECRET_KEY, "--publishable-key", PUBLISHABLE_KEY]
    sandbox = subprocess.Popen([TARGET / "debug/sandbox", "--port", str(sandbox_port), *keys], stdout=subprocess.DEVNULL)
    print(f"Function  http://127.0.0.1:{port}/api/config, built at its first request and after each edit", flush=True)
    print(f"Sandbox   http://127.0.0.1:{sandbox_port}, its books: /_sandbox/ledger", flush=True)
    # By default it would listen on all interfaces and let every origin call.
    address = ["--invoke-address", "127.0.0.1", "--invoke-port", str(port), "--disable-cors"]
    settings = function_settings(f"http://127.0.0.1:{sandbox_port}")
    command = ["cargo", "lambda", "watch", "--bin", "payments", *address]
    try:
        return subprocess.run(command, cwd=REPOSITORY, env={**os.environ, **settings}, check=False).returncode
    except KeyboardInterrupt:
        return 0
    finally:
        sandbox.terminate()
