"""Moto held to a policy: who comes with the deployer's key may do what infra/deployer-policy*.json allows, and is refused all else.

That is for the verbs' own calls and those of SAM and the CDK. What CloudFormation then does in the deployer's name, moto does without asking:
tests/infra/test_deployer.py holds the policy against AWS's lists for it."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import AccessDeniedError
from moto.s3.exceptions import S3AccessDeniedError

SAM_TRANSFORM = "arn:aws:cloudformation:us-east-1:aws:transform/Serverless-2016-10-31"


class Gate:
    """Asked at each request. Remembers what it let through and what it refused: (action, resource)."""

    def __init__(self, access_key: str, policy: dict):
        self.access_key, self.policy = access_key, policy
        self.permitted: set[tuple[str, str]] = set()
        self.refused: set[tuple[str, str]] = set()

    @classmethod
    def of(cls, access_key: str, text: str, account: str, stage: str) -> "Gate":
        """By the text of a policy file, as docs/deploy-from-ci.md fills it in."""
        return cls(access_key, json.loads(text.replace("ACCOUNT_ID", account).replace("STAGE", stage)))

    def close(self) -> None:
        """For all of this process's moto."""
        gate = self

        def authorize(response: Any, _: type, resource: str = "*") -> None:
            credential = re.search(r"Credential=([^/]+)/\d+/[^/]+/([a-z0-9]+)/", response.headers.get("Authorization", ""))
            if credential and credential[1] == gate.access_key:
                gate.ask(response, credential[2], resource)

        ActionAuthenticatorMixin._authenticate_and_authorize_action = authorize

    def ask(self, response: Any, service: str, resource: str) -> None:
        # Of S3 moto knows what IAM calls it.
        name = response.data["Action"] if service == "s3" else response._get_action()
        action = f"{service}:{name}"
        for arn in resources(response, action, resource):
            permitted = self.permits(action, arn)
            (self.permitted if permitted else self.refused).add((action, arn))
            if not permitted:
                raise S3AccessDeniedError() if service == "s3" else AccessDeniedError(f"{self.access_key} (on {arn})", action)

    def permits(self, action: str, arn: str) -> bool:
        """Without the statements that have a condition: those are about what CloudFormation does."""
        if action == "sts:GetCallerIdentity":
            return True  # everybody may
        found = [one for one in self.policy["Statement"] if action in one["Action"] and "Condition" not in one]
        return any(fnmatchcase(arn, pattern) for one in found for pattern in listed(one["Resource"]))

    def idle(self, *sids: str) -> set[str]:
        """Actions of these statements that nobody has asked for so far."""
        granted = {action for one in self.policy["Statement"] if one["Sid"] in sids for action in one["Action"]}
        return granted - {action for action, _ in self.permitted}


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def resources(response: Any, action: str, resource: str) -> Iterator[str]:
    """What a request is about, as AWS's service authorization reference has it."""
    account = response.current_account
    match action.split(":")[0]:
        case "s3":
            yield resource
        case "cloudformation":
            name = response._get_param("StackName")
            yield name if name is None or name.startswith("arn:") else f"arn:aws:cloudformation:us-east-1:{account}:stack/{name}/1"
            if action.endswith(":CreateChangeSet"):
                yield SAM_TRANSFORM
        case "cloudfront":
            yield f"arn:aws:cloudfront::{account}:distribution/{response.path.split('/')[3]}"
        case "secretsmanager":
            yield response._get_param("SecretId")
        case _:
            yield resource
