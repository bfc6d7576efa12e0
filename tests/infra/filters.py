"""CloudWatch's filter patterns on JSON, as far as the templates use them: and, or, brackets, text with *, numbers.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html"""

import re
from fnmatch import fnmatchcase
from functools import cache

TOKEN = re.compile(r'\s*(?:(?P<field>\$\.\w+)|(?P<text>"[^"]*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<sign>&&|\|\||!=|>=|<=|[(){}=<>]))')
NUMBERS = {"=": float.__eq__, "!=": float.__ne__, ">": float.__gt__, ">=": float.__ge__, "<": float.__lt__, "<=": float.__le__}


def matches(pattern: str, line: dict) -> bool:
    """Whether a metric filter counts a line."""
    value, rest = either(tokens_of(pattern), line)
    if rest:
        raise ValueError(f"what is {rest[0][1]} here: {pattern}")
    return value


@cache
def tokens_of(pattern: str) -> list[tuple[str, str]]:
    """What stands between its outer braces."""
    tokens, at = [], 0
    while at < len(pattern.rstrip()):
        found = TOKEN.match(pattern, at)
        if not found:
            raise ValueError(f"no such pattern here yet: {pattern[at:]}")
        tokens.append((found.lastgroup, found[found.lastgroup]))
        at = found.end()
    if tokens[0][1] != "{" or tokens[-1][1] != "}":
        raise ValueError(f"not a pattern on JSON: {pattern}")
    return tokens[1:-1]


def either(tokens: list, line: dict) -> tuple[bool, list]:
    value, tokens = both(tokens, line)
    while tokens and tokens[0][1] == "||":
        more, tokens = both(tokens[1:], line)
        value = value or more
    return value, tokens


def both(tokens: list, line: dict) -> tuple[bool, list]:
    value, tokens = one(tokens, line)
    while tokens and tokens[0][1] == "&&":
        more, tokens = one(tokens[1:], line)
        value = value and more
    return value, tokens


def one(tokens: list, line: dict) -> tuple[bool, list]:
    if tokens[0][1] == "(":
        value, tokens = either(tokens[1:], line)
        if not tokens or tokens[0][1] != ")":
            raise ValueError("a bracket is open")
        return value, tokens[1:]
    (_, field), (_, sign), (kind, wanted), *rest = tokens
    found = line.get(field.removeprefix("$."))
    if kind == "text":
        # A line without the field matches neither = nor !=.
        same = isinstance(found, str) and fnmatchcase(found, re.sub(r"[\[\]?]", "[\\g<0>]", wanted.strip('"')))
        return isinstance(found, str) and {"=": same, "!=": not same}[sign], rest
    return isinstance(found, int | float) and NUMBERS[sign](float(found), float(wanted)), rest
