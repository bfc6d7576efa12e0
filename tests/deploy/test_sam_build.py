"""`sam build` by itself, as somebody runs it who leaves our verbs aside. It takes what `make package` has compiled: cargo finds nothing to do."""

import os
import subprocess
import zipfile

from conftest import ARCHITECTURE, BOOTSTRAP, ROOT
from samtranslator.yaml_helper import yaml_parse

SAM = ROOT / "infra/sam"


def test_it_builds_the_binary_that_ships(tmp_path):
    settings = ["--parameter-overrides", f"Architecture={ARCHITECTURE}"]
    environment = {**os.environ, "CARGO_TARGET_DIR": str(BOOTSTRAP.parents[3])}
    done = subprocess.run(["sam", "build", "--build-dir", tmp_path, *settings], cwd=SAM, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr

    built = yaml_parse((tmp_path / "template.yaml").read_text())["Resources"]["Payments"]["Properties"]
    function = tmp_path / built["CodeUri"]
    assert [path.name for path in function.iterdir()] == [built["Handler"]] == ["bootstrap"]
    assert os.access(function / "bootstrap", os.X_OK)
    assert (function / "bootstrap").read_bytes() == BOOTSTRAP.read_bytes()
    with zipfile.ZipFile(BOOTSTRAP.with_name("bootstrap.zip")) as package:
        assert {name: package.read(name) for name in package.namelist()} == {"bootstrap": BOOTSTRAP.read_bytes()}
