"""Where the stack answers: the shop, and the two doors behind it that have to be shut."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit


class Refused(Exception):
    """Why nothing was checked, in words for whoever asked."""


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
            raise Refused(f"{self.site or 'An empty text'} is no shop's address: https://shop.example, for one.")
        if address.scheme == "http" and address.hostname != "127.0.0.1":
            raise Refused(f"{self.site} is not encrypted, and Stripe takes no payments there. Only http://127.0.0.1:… is tried without HTTPS.")

    @property
    def is_local(self) -> bool:
        """`cargo run`: no CloudFront, no bucket, no API Gateway."""
        return self.site.startswith("http:")

    @property
    def unencrypted(self) -> str:
        """The shop's address as somebody types it who leaves out the s."""
        return re.sub("^https:", "http:", self.site)
