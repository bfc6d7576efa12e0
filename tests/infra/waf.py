"""What a web ACL does with a request. https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html"""

import json
import re
from dataclasses import dataclass
from posixpath import normpath
from urllib.parse import unquote

from safety import distribution

WINDOW = 300  # seconds: WAF counts an address's requests in them
FLOOD = 100_000  # requests
TRANSFORMATIONS = {"NONE": str, "LOWERCASE": str.lower, "URL_DECODE": unquote, "NORMALIZE_PATH": normpath}
POSITIONS = {"EXACTLY": str.__eq__, "STARTS_WITH": str.startswith}
ID = "01a20e7f-a8c0-7cf7-b59a-d58291474e5e"  # a checkout's


@dataclass(frozen=True)
class Request:
    """What is sent, such as `POST /api/payments`, and the Idempotency-Key that comes with it."""

    line: str
    key: str | None = ID

    def component(self, wanted: dict) -> str | None:
        """What a statement looks at; None if the request does not have it."""
        method, path = self.line.split(" ")
        match wanted:
            case {"Method": _}:
                return method
            case {"UriPath": _}:
                return path
            case {"SingleHeader": {"Name": name}}:
                return self.key if name.lower() == "idempotency-key" else None
        raise ValueError(f"no such component here yet: {wanted}")


def rules(stack: dict) -> list[dict]:
    """Those of the web ACL that the distribution names, in the order in which WAF asks them."""
    return sorted(web_acl(stack).get("Rules", []), key=lambda rule: int(rule["Priority"]))


def web_acl(stack: dict) -> dict:
    acls = {"${" + name + ".Arn}": r["Properties"] for name, r in stack["Resources"].items() if r["Type"] == "AWS::WAFv2::WebACL"}
    return acls.get(distribution(stack).get("WebACLId"), {})


def matches(statement: dict | None, request: Request) -> bool:
    """What a request does not have matches nothing: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields.html"""
    match statement:
        case None:
            return True
        case {"AndStatement": {"Statements": several}}:
            return all(matches(one, request) for one in several)
        case {"OrStatement": {"Statements": several}}:
            return any(matches(one, request) for one in several)
        case {"NotStatement": {"Statement": one}}:
            return not matches(one, request)
        case {"ByteMatchStatement": wanted}:
            text = transformed(wanted, request)
            return text is not None and POSITIONS[wanted["PositionalConstraint"]](text, wanted["SearchString"])
        case {"RegexMatchStatement": wanted}:
            text = transformed(wanted, request)
            return text is not None and re.search(wanted["RegexString"], text) is not None
    raise ValueError(f"no such statement here yet: {statement}")


def transformed(wanted: dict, request: Request) -> str | None:
    text = request.component(wanted["FieldToMatch"])
    for step in sorted(wanted["TextTransformations"], key=lambda step: int(step["Priority"])):
        text = None if text is None else TRANSFORMATIONS[step["Type"]](text)
    return text


def blocks(rule: dict, request: Request) -> bool:
    """Whether a rule blocks a request by what it is, whatever else its address sends."""
    by_what_it_is = {"RateBasedStatement", "ManagedRuleGroupStatement"}.isdisjoint(rule["Statement"])
    return by_what_it_is and "Block" in rule.get("Action", {}) and matches(rule["Statement"], request)


def on_the_way(stack: dict, request: Request) -> list[dict]:
    """The rules that WAF asks about a request: what is allowed or blocked is asked about no more."""
    found = []
    for rule in rules(stack):
        if "Allow" in rule.get("Action", {}):
            break
        found.append(rule)
        if blocks(rule, request):
            break
    return found


def limits_on(stack: dict, request: Request) -> list[int]:
    """The limits per address that count a request."""
    found = []
    for rule in on_the_way(stack, request):
        rate = rule["Statement"].get("RateBasedStatement")
        if rate and "Block" in rule.get("Action", {}) and rate["AggregateKeyType"] == "IP" and int(rate["EvaluationWindowSec"]) == WINDOW:
            found += [int(rate["Limit"])] if matches(rate.get("ScopeDownStatement"), request) else []
    return found


def let_through(stack: dict, request: Request, addresses: int = 1) -> int:
    """Of a flood of one request from so many addresses: how many WAF lets through in its window. It counts each address by itself, of IPv6, too.
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-instances.html"""
    if any(blocks(rule, request) for rule in on_the_way(stack, request)):
        return 0
    return min([FLOOD, *(addresses * limit for limit in limits_on(stack, request))])


def of_a_machine(stack: dict) -> int:
    """How many addresses one machine can send from: where there is IPv6, commonly a /64."""
    return 2**64 if str(distribution(stack).get("IPV6Enabled", False)).lower() == "true" else 1


def wafs_answer(stack: dict, request: Request) -> dict:
    """What WAF answers to a request that it blocks by what it is."""
    rule = next((rule for rule in on_the_way(stack, request) if blocks(rule, request)), {})
    custom = rule.get("Action", {}).get("Block", {}).get("CustomResponse", {})
    body = web_acl(stack).get("CustomResponseBodies", {}).get(custom.get("CustomResponseBodyKey"), {})
    kind = {"APPLICATION_JSON": "application/json", "TEXT_PLAIN": "text/plain", "TEXT_HTML": "text/html"}.get(body.get("ContentType"))
    return {
        "status": int(custom.get("ResponseCode", 403)),
        "type": kind,
        "headers": {header["Name"].lower(): header["Value"] for header in custom.get("ResponseHeaders", [])},
        "body": json.loads(body["Content"]) if kind == "application/json" else body.get("Content"),
    }
