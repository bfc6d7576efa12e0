"""One installation of Till: the stack `till-<stage>` in us-east-1, whichever tool created it."""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from deploy.terminal import Stop, report

# CloudFront's web ACL and certificate have to be there; infra/README.md.
REGION = "us-east-1"
NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")


class Stage:
    """A stage by its name, with credentials that work. Says everything that is missing at once, and what `else_missing` says besides."""

    def __init__(self, name: str, else_missing: Iterable[str] = ()):
        self.name = name
        self.session = boto3.Session(region_name=REGION)
        report([*self._missing(), *else_missing])

    def _missing(self) -> Iterator[str]:
        if not self.name:
            yield "Which stage? STAGE=test, for example."
        elif not NAME.fullmatch(self.name):
            yield f"STAGE={self.name} is no stage's name: a letter, then letters, digits, hyphens, all small, 16 at most."
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or REGION
        if region != REGION:
            yield f"The region is {region}, but Till runs in {REGION} only: AWS_REGION={REGION}"
        try:
            self.account = self.client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            yield f"AWS credentials are missing, or do not work ({error}). With AWS's own tool: aws sso login, then AWS_PROFILE=…"

    @property
    def stack_name(self) -> str:
        return f"till-{self.name}"

    def client(self, service: str) -> Any:
        return self.session.client(service)

    @cached_property
    def stack(self) -> dict:
        """The stack as CloudFormation describes it; stops if there is none."""
        found = self.find_stack()
        if not found or found["StackStatus"] == "REVIEW_IN_PROGRESS":
            raise Stop(f"There is no stack {self.stack_name} in account {self.account}: make deploy STAGE={self.name}")
        return found

    def find_stack(self, name: str = "") -> dict | None:
        """The stage's stack as it is now, or another of the account by its name."""
        try:
            return self.client("cloudformation").describe_stacks(StackName=name or self.stack_name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ValidationError":
                return None
            raise

    def output(self, name: str) -> str:
        """What the templates call by this name; infra/README.md lists them."""
        for output in self.stack.get("Outputs", []):
            if output["OutputKey"] == name:
                return output["OutputValue"]
        raise Stop(f"The stack {self.stack_name} has no output {name}, its status is {self.stack['StackStatus']}: make deploy STAGE={self.name}")

    @cached_property
    def function_settings(self) -> dict[str, str]:
        """The environment of the function that serves payments now. Some of it is secret."""
        function = self.client("lambda").get_function_configuration(FunctionName=self.output("FunctionName"), Qualifier="live")
        return function["Environment"]["Variables"]

    @property
    def publishable_key(self) -> str:
        return self.function_settings["STRIPE_PUBLISHABLE_KEY"]

    @property
    def mode(self) -> str:
        """`live` or `test`."""
        return self.publishable_key.split("_")[1]
