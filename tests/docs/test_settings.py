"""docs/settings.md names the settings that the code reads, with their defaults."""

import re

from documents import ROOT, tables

SOURCE = (ROOT / "functions/payments/src/settings.rs").read_text()
FUNCTION, MACHINE, SECRET, LOCAL, SHOP = tables(ROOT / "docs/settings.md")


def names(table: list[list[str]]) -> set[str]:
    return {name for row in table[1:] for name in re.findall(r"\b[A-Z][A-Z_]{3,}\b", row[0])}


def test_every_setting_that_is_read_is_in_a_table_and_no_other():
    read = {*re.findall(r'read\s*\.(?:required|optional)\(\s*"([A-Z_]+)"', SOURCE)}
    lambdas = {"AWS_LAMBDA_LOG_LEVEL", "AWS_LAMBDA_LOG_FORMAT"}
    assert names(FUNCTION) | names(MACHINE) == read | lambdas
    assert names(MACHINE) == {name for name in read if name.startswith("AWS_")} | {"SSL_CERT_FILE"} | lambdas


def test_what_is_required_says_so():
    required = {*re.findall(r'read\s*\.required\(\s*"([A-Z_]+)"', SOURCE)}
    assert {row[0] for row in FUNCTION[1:] if row[3] == "required"} == required - {name for name in required if name.startswith("AWS_")}


def test_defaults_are_those_of_the_code():
    for row in FUNCTION[1:] + MACHINE[1:2]:
        default = row[-1]
        if re.fullmatch(r"[a-z0-9:/.-]+", default) and default not in ("required", "none", "any"):
            assert f'"{default}"' in SOURCE or f"::{default.title()})" in SOURCE, row


def test_the_secrets_fields_are_the_ones_that_are_read():
    body = re.search(r"struct SecretBody \{(.*?)\}", (ROOT / "functions/payments/src/secret.rs").read_text(), re.S)[1]
    assert {row[0] for row in SECRET[1:]} == {*re.findall(r"^\s*(\w+):", body, re.M)}


def test_what_passes_through_on_a_developers_machine():
    merchant = (ROOT / "local/server/src/merchant.rs").read_text()
    passed = {*re.findall(r'"([A-Z_]+)"', re.search(r"PASSED_THROUGH.*?\];", merchant, re.S)[0])}
    given = {*re.findall(r'given\("([A-Z_]+)"\)', merchant)}
    assert names(LOCAL) == passed | given | {"PORT"}


def test_the_shops_files_are_there():
    assert all((ROOT / row[0]).is_file() for row in SHOP[1:])
