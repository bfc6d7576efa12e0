#!/usr/bin/env python3
"""Writes the tables of docs/costs.md from costs.json: run it after a change of either. A test compares them."""

import json
from decimal import Decimal
from pathlib import Path

INFRA = Path(__file__).resolve().parent
COSTS = json.loads((INFRA / "costs.json").read_text())
PAGE = INFRA.parent / "docs/costs.md"
PAYMENTS = COSTS["payments"]
# What a small shop does without; the first stage of an account has the alarms and the dashboard for nothing.
CHEAP = {"WebAcl"}
CHEAPER = {"WebAcl", "Alarms", "Dashboard"}


def units(line: dict, payments: int) -> float:
    """How much of it a month takes. Formulas are of costs.json, which is part of the source."""
    names = {name: assumption["value"] for name, assumption in COSTS["assumptions"].items()}
    return float(eval(line["units"], {"__builtins__": {}}, {**names, "P": payments, "min": min}))


def usd(line: dict, payments: int, free: bool) -> float:
    """A month's price in USD; `free`: less what AWS gives every account for nothing, for good."""
    return max(0.0, units(line, payments) - (line["free"] if free else 0)) / line["per"] * line["usd"]


def total(payments: int, free: bool, without: set[str] = frozenset()) -> float:
    return sum(usd(line, payments, free) for line in COSTS["lines"] if line.get("setting") not in without)


def money(amount: float) -> str:
    return f"{amount:,.2f}"


def number(amount: float) -> str:
    return f"{amount:,.0f}" if amount >= 10 or amount == int(amount) else f"{amount:,.4f}".rstrip("0").rstrip(".")


def row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def head(*cells: object) -> list[str]:
    return [row(*cells), row(*("---" for _ in cells))]


def bill() -> list[str]:
    lines = head("resource", "SAM", "CDK", *(f"{number(payments)} payments" for payments in PAYMENTS))
    for line in COSTS["lines"]:
        setting = f" (`{line['setting']}`)" if "setting" in line else ""
        costs = (money(usd(line, payments, free=False)) for payments in PAYMENTS)
        lines.append(row(line["resource"] + setting, f"`{line['sam']}`", f"`{line['cdk']}`", *costs))
    lines.append(row("**at list price**", "", "", *(f"**{money(total(payments, free=False))}**" for payments in PAYMENTS)))
    return lines


def totals() -> list[str]:
    lines = head("USD a month", *(f"{number(payments)} payments" for payments in PAYMENTS))
    profiles = {
        "as it comes": (set(), "nothing changed"),
        "cheap": (CHEAP, '`"WebAcl": "off"`'),
        "cheaper": (CHEAPER, '`"WebAcl": "off", "Alarms": "off", "Dashboard": "off"`'),
    }
    for name, (without, settings) in profiles.items():
        for free, what in ((False, "list price"), (True, "less the allowances")):
            lines.append(row(f"{name}, {what}: {settings}", *(money(total(payments, free, without)) for payments in PAYMENTS)))
    lines.append(row("a payment, as it comes, less the allowances", *(f"{total(payments, True) / payments:.5f}" for payments in PAYMENTS)))
    return lines


def arithmetic() -> list[str]:
    lines = head("resource", "USD / unit", "units a month", "at 10,000 payments", "free each month", "AWS's page")
    for line in COSTS["lines"]:
        per = "" if line["per"] == 1 else f"{number(line['per'])} "
        price = f"{Decimal(str(line['usd'])):f} / {per}{line['unit']}"
        page = f"[{line['page'].split('/')[0]}](https://aws.amazon.com/{line['page']}/)"
        lines.append(row(line["resource"], price, f"`{line['units']}`", number(units(line, 10_000)), number(line["free"]), page))
    return lines


def assumptions() -> list[str]:
    lines = head("name", "value", "what it is")
    return lines + [row(f"`{name}`", f"{one['value']:g}", one["means"]) for name, one in COSTS["assumptions"].items()]


def filled(text: str) -> str:
    """The page with each table between its marks."""
    for name, table in {"bill": bill, "totals": totals, "arithmetic": arithmetic, "assumptions": assumptions}.items():
        begin, end = f"<!-- {name}: infra/costs.py writes it -->\n", f"<!-- {name}: end -->"
        before, after = text.split(begin)[0], text.split(end)[1]
        text = before + begin + "\n" + "\n".join(table()) + "\n\n" + end + after
    return text


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text()))
