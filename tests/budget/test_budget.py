"""What the function may weigh: its zip, and the crates that it is built from. Who needs more changes a number here, and says why."""

import os
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

ZIP_MB = 2.4
CRATES = 140
# ring and lambda_runtime stand on older ones than the rest.
TWICE = {"base64", "getrandom"}
# A second HTTP or TLS stack, a second crypto provider, and what a log filter would bring.
UNWANTED = {"aws-lc-rs", "aws-smithy-http-client", "h2", "icu_normalizer", "native-tls", "openssl", "regex", "regex-automata"}

TARGET_DIR = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
ZIPS = sorted(TARGET_DIR.glob("lambda/*/payments/bootstrap.zip"))


@pytest.fixture(scope="module")
def crates():
    """The crates that end up in the binary, (name, version): neither procedural macros nor what they are built from."""
    command = "cargo tree --locked --package payments --edges normal,no-proc-macro --prefix none --format {p}"
    tree = subprocess.run(command.split(), check=True, capture_output=True, text=True).stdout
    return {match.groups() for match in re.finditer(r"^(\S+) v(\S+)", tree, re.MULTILINE)}


def test_the_zip_is_light():
    assert ZIPS, "make package has not run"
    megabytes = {str(path): path.stat().st_size / 1e6 for path in ZIPS}
    assert max(megabytes.values()) <= ZIP_MB, megabytes


def test_the_crates_are_few(crates):
    assert len(crates) <= CRATES, sorted(crates)


def test_no_crate_is_there_twice(crates):
    count = Counter(name for name, _ in crates)
    assert {name for name, versions in count.items() if versions > 1} <= TWICE


def test_there_is_one_network_stack(crates):
    assert not UNWANTED & {name for name, _ in crates}
