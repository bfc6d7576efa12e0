"""The secret that holds Stripe's key: `{"secret_key": …, "payments": "paused"?}`, and whatever else somebody keeps in it."""

import json

from botocore.exceptions import ClientError

from deploy.stage import Stage
from deploy.terminal import Stop

# The function reads the secret again after a minute at the latest: functions/payments/src/secret.rs.
HOLDS_AFTER = 60


class StripeSecret:
    """The secret of a stage. Its value is never printed."""

    def __init__(self, stage: Stage):
        self.client = stage.client("secretsmanager")
        self.arn = stage.output("StripeSecretArn")

    def read(self) -> dict:
        """Its fields; none while it has no value."""
        try:
            text = self.client.get_secret_value(SecretId=self.arn)["SecretString"]
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return {}
            raise
        try:
            fields = json.loads(text)
        except ValueError:
            fields = None
        if not isinstance(fields, dict):
            raise Stop(f"The secret {self.arn} does not hold a JSON object. Empty it first, in AWS's console: {{}}")
        return fields

    def has_value(self) -> bool:
        """Asked without reading it: who deploys need not be allowed to."""
        return bool(self.client.describe_secret(SecretId=self.arn).get("VersionIdsToStages"))

    def write(self, fields: dict) -> None:
        """Replaces the value; Secrets Manager keeps the one before as AWSPREVIOUS."""
        self.client.put_secret_value(SecretId=self.arn, SecretString=json.dumps(fields))

    def change(self, **changes: str | None) -> None:
        """Sets fields, or takes those away that are None; leaves the others as they are."""
        fields = {**self.read(), **changes}
        self.write({name: value for name, value in fields.items() if value is not None})
