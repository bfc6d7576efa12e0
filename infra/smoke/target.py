"""Where the stack answers: the shop, and the two doors behind it that have to be shut."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from deploy.stage import REGION, Stage
from deploy.terminal import Stop


@dataclass(frozen=True)
class Target:
    """Addresses without a slash at the end."""

    site: str
    #: The API behind CloudFront (`https://….execute-api.us-east-1.amazonaws.com`).
    api: str | None = None
    #: The bucket behind CloudFront (`https://….s3.us-east-1.amazonaws.com`).
    bucket: str | None = None

    def __post_init__(self) -> None:
        address = urlsplit(self.site)
        if address.scheme not in ("http", "https") or not address.hostname or address.path or address.query or address.fragment:
            raise Stop(f"{self.site or 'An empty text'} is no shop's address: https://shop.example, for one.")
        if address.scheme == "http" and address.hostname != "127.0.0.1":
            raise Stop(f"{self.site} is not encrypted, and Stripe takes no payments there. Only http://127.0.0.1:… is tried without HTTPS.")

    @classmethod
    def of_stage(cls, name: str, site: str = "") -> "Target":
        """What the stage's stack tells; `site` is the shop's address if it is not the stack's."""
        stage = Stage(name)
        bucket = f"https://{stage.output('SiteBucketName')}.s3.{REGION}.amazonaws.com"
        return cls(site or stage.output("SiteUrl"), stage.output("ApiUrl"), bucket)

    @property
    def is_local(self) -> bool:
        """`cargo run`: no CloudFront, no bucket, no API Gateway."""
        return self.site.startswith("http:")

    @property
    def unencrypted(self) -> str:
        """The shop's address as somebody types it who leaves out the s."""
        return re.sub("^https:", "http:", self.site)
