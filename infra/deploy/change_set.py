"""A change of a stack that is prepared, shown, agreed to, and made."""

import time

from botocore.exceptions import ClientError, WaiterError

from deploy.stage import Stage
from deploy.terminal import Stop, confirm, say

SIGNS = {"Add": "+", "Modify": "~", "Remove": "-"}


class ChangeSet:
    """The newest change set of a stage's stack that waits to be executed."""

    def __init__(self, stage: Stage, name: str):
        self.stage, self.name = stage, name
        self.cloudformation = stage.client("cloudformation")

    @classmethod
    def newest(cls, stage: Stage) -> "ChangeSet | None":
        try:
            sets = stage.client("cloudformation").list_change_sets(StackName=stage.stack_name)["Summaries"]
        except ClientError:  # a new stack whose change set failed
            return None
        waiting = [found for found in sets if found["StackName"] == stage.stack_name and found.get("ExecutionStatus") == "AVAILABLE"]
        found = max(waiting, key=lambda found: found["CreationTime"], default=None)
        return cls(stage, found["ChangeSetName"]) if found else None

    def changes(self) -> list[dict]:
        pages = self.cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=self.name, StackName=self.stage.stack_name)
        return [change["ResourceChange"] for page in pages for change in page["Changes"]]

    def agree(self, live: bool) -> None:
        """Shows what will be done, and what is lost by it; takes the change set away if nobody agrees."""
        changes = self.changes()
        say(f"Changes of {self.stage.stack_name}:")
        for change in changes:
            replaced = ", is replaced" if change.get("Replacement") in ("True", "Conditional") else ""
            say(f"  {SIGNS.get(change['Action'], '?')} {change['LogicalResourceId']} ({change['ResourceType']}{replaced})")
        try:
            confirm(f"{len(changes)} changes{' of the LIVE shop' if live else ''}.", self.stage.name)
        except BaseException:
            self.cloudformation.delete_change_set(ChangeSetName=self.name, StackName=self.stage.stack_name)
            if self._is_new():  # a name, and nothing behind it
                self.cloudformation.delete_stack(StackName=self.stage.stack_name)
            raise

    def execute(self) -> None:
        """Makes the change, and waits for it; CloudFormation undoes what fails."""
        new, since = self._is_new(), time.time()
        self.cloudformation.execute_change_set(ChangeSetName=self.name, StackName=self.stage.stack_name)
        say(f"CloudFormation {'creates' if new else 'updates'} {self.stage.stack_name}; the first time takes about ten minutes …")
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
            raise Stop("\n".join(["It failed, and was undone. The first reason is the last line:", *failed])) from None

    def _is_new(self) -> bool:
        stack = self.stage.find_stack()
        return bool(stack) and stack["StackStatus"] == "REVIEW_IN_PROGRESS"
