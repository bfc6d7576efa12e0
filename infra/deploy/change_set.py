"""A change of a stack that is prepared, shown, agreed to, and made."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from botocore.exceptions import ClientError, WaiterError

from deploy.stage import Stage
from deploy.terminal import Stop, confirm, say

SIGNS = {"Add": "+", "Modify": "~", "Remove": "-"}


class ChangeSet:
    """A change set of a stage's stack that waits to be executed."""

    def __init__(self, stage: Stage, name: str):
        self.stage, self.name = stage, name
        self.cloudformation = stage.client("cloudformation")

    @classmethod
    def waiting(cls, stage: Stage) -> dict[str, datetime]:
        """Names of the stack's change sets that can be executed, and when each was made."""
        try:
            sets = stage.client("cloudformation").list_change_sets(StackName=stage.stack_name)["Summaries"]
        except ClientError:  # there is no such stack yet
            return {}
        ours = [found for found in sets if found["StackName"] == stage.stack_name and found.get("ExecutionStatus") == "AVAILABLE"]
        return {found["ChangeSetName"]: found["CreationTime"] for found in ours}

    @classmethod
    def made_by(cls, stage: Stage, prepare: Callable[[], None]) -> "ChangeSet | None":
        """The change set that `prepare` makes; none if nothing would change. One that somebody left behind is never taken for it."""
        before = cls.waiting(stage)
        prepare()
        made = {name: when for name, when in cls.waiting(stage).items() if name not in before}
        return cls(stage, max(made, key=made.__getitem__)) if made else None

    def changes(self) -> list[dict]:
        pages = self.cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=self.name, StackName=self.stage.stack_name)
        return [change["ResourceChange"] for page in pages for change in page["Changes"]]

    def agree(self, live: bool) -> None:
        """Shows what will be done, and what is lost by it; takes the change set away if nobody agrees."""
        changes = self.changes()
        say(f"Changes of {self.stage.stack_name} in account {self.stage.account}:")
        for change in changes:
            replaced = ", is replaced" if change.get("Replacement") in ("True", "Conditional") else ""
            say(f"  {SIGNS.get(change['Action'], '?')} {change['LogicalResourceId']} ({change['ResourceType']}{replaced})")
        try:
            confirm(f"{len(changes)} changes{' of the LIVE shop' if live else ''}.", self.stage.name)
        except BaseException:
            self.cloudformation.delete_change_set(ChangeSetName=self.name, StackName=self.stage.stack_name)
            if self._is_new():  # a name, and nothing behind it; the role of CI may not remove it, and the next deployment takes it
                with suppress(ClientError):
                    self.cloudformation.delete_stack(StackName=self.stage.stack_name)
            raise

    def execute(self) -> None:
        """Makes the change, and waits for it; CloudFormation undoes what fails."""
        new, since = self._is_new(), time.time()
        self.cloudformation.execute_change_set(ChangeSetName=self.name, StackName=self.stage.stack_name)
        say(f"CloudFormation creates {self.stage.stack_name}: about ten minutes, most of it CloudFront's …" if new else f"CloudFormation updates {self.stage.stack_name} …")
        waiter = self.cloudformation.get_waiter("stack_create_complete" if new else "stack_update_complete")
        try:
            waiter.wait(StackName=self.stage.stack_name, WaiterConfig={"Delay": 5, "MaxAttempts": 720})
        except WaiterError:
            events = self.cloudformation.describe_stack_events(StackName=self.stage.stack_name)["StackEvents"]
            failed = [
                f"  - {event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}"
                for event in events
                if event["ResourceStatus"].endswith("_FAILED") and event["Timestamp"].timestamp() >= since - 60
            ]
            hint = [f"Then: make destroy STAGE={self.stage.name}, which takes what is left of it away, and once more."] if new else []
            raise Stop("\n".join(["It failed, and was undone. The first reason is the last line:", *failed, *hint])) from None

    def _is_new(self) -> bool:
        stack = self.stage.find_stack()
        return bool(stack) and stack["StackStatus"] == "REVIEW_IN_PROGRESS"
