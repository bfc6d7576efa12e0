"""A verb says everything that it lacks before it starts."""

from conftest import run


def test_what_is_missing_is_said_at_once(aws, monkeypatch):
    done = run("release", "--tool", "sam", "--code", "none.zip", stage="other")
    assert done.returncode == 1
    assert "infra/stages/other.json is missing" in done.stderr and "There is no none.zip" in done.stderr
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    done = run("destroy", stage="")
    for part in ("Which stage? STAGE=test", "The region is eu-west-1", "AWS credentials are missing"):
        assert part in done.stderr, done.stderr
