"""What `make deploy` takes for the site: its own files, and nothing that a link brings in from elsewhere."""

from pathlib import Path

import pytest
from deploy import upload
from deploy.terminal import Stop
from deploy.upload import SITE, files


@pytest.fixture
def site(tmp_path) -> Path:
    site = tmp_path / "static-site"
    (site / "images").mkdir(parents=True)
    (site / "index.html").write_text("<!doctype html>")
    (site / "images/mark.svg").write_text("<svg/>")
    (site / ".env.json").write_text('{"not": "published"}')
    (tmp_path / "key.json").write_text('{"secret_key": "x"}')
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/notes.txt").write_text("of nobody's business")
    return site


def test_the_site_is_its_files(site):
    assert [file.key for file in files(site)] == ["images/mark.svg", "index.html"]
    assert [file.key for file in files(SITE)][-1] == "index.html"


LEAVING = {
    "a file beside it": "../key.json",
    "a file by its whole path": "/etc/hostname",
    "a folder": "../elsewhere",
    "itself": "data.json",
    "nothing": "images/gone.svg",
    "a hidden file": ".env.json",
    "a link that leaves": "images/step.json",
    "a folder of its own": "images",
}


@pytest.mark.parametrize("what", LEAVING)
def test_a_link_to_what_is_not_published_is_refused(site, what):
    (site / "images/step.json").symlink_to("../../key.json")
    if what != "a link that leaves":
        (site / "images/step.json").unlink()
    (site / "data.json").symlink_to(LEAVING[what])
    with pytest.raises(Stop, match=r"static-site/data\.json is a link"):
        files(site)


def test_a_link_to_another_file_of_the_site_is_that_file(site):
    (site / "icon.svg").symlink_to("images/mark.svg")
    assert {file.key: file.body for file in files(site)}["icon.svg"] == b"<svg/>"


def test_a_site_that_is_reached_by_a_link_is_a_site(site, tmp_path):
    (tmp_path / "shop").symlink_to(site)
    assert [file.key for file in files(tmp_path / "shop")] == ["images/mark.svg", "index.html"]


def test_without_its_rule_a_link_would_be_followed(site, monkeypatch):
    """What the tests above hold is held by the rule, and by nothing else."""
    (site / "data.json").symlink_to("../key.json")
    monkeypatch.setattr(upload, "stays", lambda *_: True)
    assert {file.key: file.body for file in files(site)}["data.json"] == b'{"secret_key": "x"}'
