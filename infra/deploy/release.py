"""make deploy and make deploy-cdk: the function that `make package` ships and the site, to a stage."""

import os
import shutil
import subprocess
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from deploy import settings as stage_settings
from deploy.change_set import ChangeSet
from deploy.settings import INFRA, TEMPLATE
from deploy.stage import Stage
from deploy.stripe_secret import StripeSecret
from deploy.terminal import Stop, say, verb
from deploy.upload import SITE, files, upload

ROOT = INFRA.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target").resolve()
TRIPLES = {"arm64": "aarch64-unknown-linux-gnu", "x86_64": "x86_64-unknown-linux-gnu"}
CDK_BOOTSTRAP = "npx cdk bootstrap aws://{account}/us-east-1 -c StripePublishableKey={key}"


def main(options: Namespace) -> None:
    settings, faults = stage_settings.read(options.stage) if options.stage else ({}, [])
    stage = Stage(options.stage, else_missing=[*faults, *missing_tools(options, settings)])
    files()  # what is no part of a page is told now, not after the stack has changed
    refuse_stack(stage, options.tool)
    if options.tool == "cdk":
        refuse_without_bootstrap(stage, settings)

    code = Path(options.code).resolve() if options.code else package(settings["Architecture"])
    say(f"{options.tool.upper()} prepares the change …")
    prepare = {"sam": prepare_with_sam, "cdk": prepare_with_cdk}[options.tool]
    if changes := ChangeSet.made_by(stage, lambda: prepare(stage, settings, code)):
        changes.agree(live=settings["StripePublishableKey"].startswith("pk_live_"))
        changes.execute()
    else:
        say(f"{stage.stack_name} is as it should be: no change.")

    upload(stage, Path(options.site))
    say("", f"Shop      {stage.output('SiteUrl')}", f"API       {stage.output('ApiUrl')} (answers 403 to all but CloudFront)")
    if settings["DomainName"]:
        say(f"DNS       {settings['DomainName']} has to point to {stage.output('DistributionDomain')} (CNAME or ALIAS)")
    say(f"Next      make {'smoke' if StripeSecret(stage).has_value() else 'secret'} STAGE={stage.name}")


def missing_tools(options: Namespace, settings: dict[str, str]) -> Iterator[str]:
    needed = ["cargo", "rustc"] if not options.code else []
    for tool in [*needed, options.tool if options.tool == "sam" else "npx"]:
        if not shutil.which(tool):
            hint = {"sam": "make installs it: make deploy, not this program", "npx": "Node 20 or newer: https://nodejs.org"}
            yield f"{tool} is not installed: {hint.get(tool, 'https://rustup.rs')}"
    if options.code:
        if not Path(options.code).is_file():
            yield f"There is no {options.code}."
    elif shutil.which("rustc") and (triple := TRIPLES.get(settings.get("Architecture", ""))):
        libraries = subprocess.run(["rustc", "--print", "target-libdir", "--target", triple], capture_output=True, text=True).stdout
        if not Path(libraries.strip()).is_dir():
            yield f"Rust cannot build for {settings['Architecture']} yet: rustup target add {triple}"


def refuse_stack(stage: Stage, tool: str) -> None:
    """The two templates name their parts differently: one would collide with the other's. And a stack may be in no state to be changed."""
    stack = stage.find_stack()
    if not stack:
        return
    status = stack["StackStatus"]
    if status in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"):
        raise Stop(f"{stage.stack_name} is {status}, and can only be removed: make destroy STAGE={stage.name}, and once more.")
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        raise Stop(f"{stage.stack_name} is {status}: somebody is at work on it.")
    pages = stage.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stage.stack_name)
    names = {part["LogicalResourceId"] for page in pages for part in page["StackResourceSummaries"]}
    made_by = "sam" if "Payments" in names else "cdk"
    if names and made_by != tool:
        verbs = {"sam": "make deploy", "cdk": "make deploy-cdk"}
        raise Stop(f"{stage.stack_name} was created by {made_by.upper()}: {verbs[made_by]} STAGE={stage.name}, or another stage.")


def refuse_without_bootstrap(stage: Stage, settings: dict[str, str]) -> None:
    if not stage.find_stack("CDKToolkit"):
        command = CDK_BOOTSTRAP.format(account=stage.account, key=settings["StripePublishableKey"])
        raise Stop(f"The CDK has not been used in account {stage.account} yet. Once an account, in infra/cdk: {command}")


def package(architecture: str) -> Path:
    """The zip that ships, as `make package` makes it; built now if anything has changed."""
    say(f"The function is packaged for {architecture} (minutes, the first time) …")
    run("tools/package", architecture, cwd=ROOT)
    return TARGET / f"lambda/{architecture}/payments/bootstrap.zip"


def prepare_with_sam(stage: Stage, settings: dict[str, str], code: Path) -> None:
    """The template with the zip in the place of the source: what is deployed is what was packaged and tested."""
    template = TARGET / f"deploy/{stage.stack_name}.yaml"
    template.parent.mkdir(parents=True, exist_ok=True)
    source = TEMPLATE.read_text()
    assert source.count("CodeUri: ../../functions/payments") == 1
    template.write_text(source.replace("CodeUri: ../../functions/payments", f"CodeUri: {code}"))
    where = ["--stack-name", stage.stack_name, "--region", "us-east-1", "--resolve-s3", "--s3-prefix", stage.stack_name]
    how = ["--capabilities", "CAPABILITY_IAM", "--no-execute-changeset", "--no-confirm-changeset", "--no-fail-on-empty-changeset"]
    overrides = [f'{name}="{value}"' for name, value in settings.items()]
    run("sam", "deploy", "--template-file", str(template), *where, *how, "--parameter-overrides", *overrides, cwd=template.parent)


def prepare_with_cdk(stage: Stage, settings: dict[str, str], code: Path) -> None:
    context = [part for name, value in {**settings, "code": str(code)}.items() for part in ("-c", f"{name}={value}")]
    how = ["--method", "prepare-change-set", "--change-set-name", f"till-{time.time_ns()}", "--require-approval", "never", "--no-notices", "--ci"]
    run("npx", "cdk", "deploy", stage.stack_name, *how, "--output", str(TARGET / "deploy/cdk.out"), *context, cwd=INFRA / "cdk")


def run(*command: str, cwd: Path) -> None:
    """Runs it; shows what it said if it fails."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True)
    if done.returncode != 0:
        raise Stop(f"{done.stdout}\n{' '.join(command[:2])} failed, see above. Nothing was changed.")


if __name__ == "__main__":
    tool = {"choices": ["sam", "cdk"], "required": True}
    code = {"help": "a zip that is built already, instead of make package"}
    verb(main, __doc__, tool=tool, code=code, site={"default": str(SITE), "help": "another folder than static-site"})
