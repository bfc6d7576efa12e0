#!/usr/bin/env python3
"""Writes infra/headers.json, the one source of security headers, into template.yaml as a CloudFront response headers policy."""

import json
import re
from pathlib import Path

HERE = Path(__file__).parent
TEMPLATE = HERE / "template.yaml"
BEGIN = "        # Written by infra/sam/headers.py from infra/headers.json: begin\n"
END = "        # Written by infra/sam/headers.py: end\n"


def security(headers: dict[str, str]) -> dict:
    """The headers for which CloudFront has properties of their own; takes them out of `headers`."""
    max_age, *flags = re.split(r";\s*", headers.pop("Strict-Transport-Security"))
    unknown = {*flags} - {"includeSubDomains", "preload"}
    if unknown or headers.pop("X-Content-Type-Options") != "nosniff":
        raise SystemExit("infra/headers.json holds what a response headers policy cannot say.")
    return {
        "ContentSecurityPolicy": {"ContentSecurityPolicy": headers.pop("Content-Security-Policy"), "Override": True},
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": headers.pop("Referrer-Policy"), "Override": True},
        "StrictTransportSecurity": {
            "AccessControlMaxAgeSec": int(max_age.removeprefix("max-age=")),
            "IncludeSubdomains": "includeSubDomains" in flags,
            "Preload": "preload" in flags,
            "Override": True,
        },
    }


def policy() -> dict:
    """The part of a ResponseHeadersPolicyConfig that holds the headers."""
    headers = {h["name"]: h["value"] for h in json.loads((HERE.parent / "headers.json").read_text())["headers"]}
    named = security(headers)
    custom = [{"Header": name, "Value": value, "Override": True} for name, value in headers.items()]
    return {"SecurityHeadersConfig": named, "CustomHeadersConfig": {"Items": custom}}


def block() -> str:
    """The lines between the marks: JSON, which is YAML too."""
    return "".join(f"        {key}: {json.dumps(value)}\n" for key, value in policy().items())


def written(template: str) -> str:
    """The template with the headers as they are now."""
    before, rest = template.split(BEGIN)
    return before + BEGIN + block() + END + rest.split(END)[1]


if __name__ == "__main__":
    TEMPLATE.write_text(written(TEMPLATE.read_text()))
