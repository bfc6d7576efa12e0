"""What the README shows of `cargo run` is what it prints."""

import json
import re
import urllib.request

from documents import ROOT, blocks, section, tables
from function import uuid7
from program import Program, free_port

README = ROOT / "README.md"


def shown() -> str:
    return next(block.text for block in blocks(README) if block.language == "text")


def plain(text: str, port: int = 4242) -> str:
    """Ports as they are by default; times and ids, which differ each time, made alike."""
    text = text.replace(str(port), "4242").replace(str(port + 1), "4243")
    return re.sub(r"pi_\w+", "pi_…", re.sub(r"\d+ ms", "… ms", text)).strip()


def buy(shop: str, sandbox: str) -> dict:
    """What the page does: the configuration, a card, a payment."""
    config = json.load(urllib.request.urlopen(f"{shop}/api/config"))
    card = b"type=card&card[number]=4242424242424242&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123"
    authorized = {"Authorization": f"Bearer {config['publishable_key']}", "Content-Type": "application/x-www-form-urlencoded"}
    method = json.load(urllib.request.urlopen(urllib.request.Request(f"{sandbox}/v1/payment_methods", card, authorized)))
    body = {"payment_method": method["id"], "items": [{"sku": "star-map", "quantity": 1}], "currency": "usd", "expected_total": 1099}
    body["publishable_key"] = config["publishable_key"]
    headers = {"Content-Type": "application/json", "Idempotency-Key": uuid7(), "Origin": shop}
    return json.load(urllib.request.urlopen(urllib.request.Request(f"{shop}/api/payments", json.dumps(body).encode(), headers)))


def test_cargo_run_prints_what_the_readme_shows():
    port = free_port()
    with Program("till", "--port", str(port)) as till:
        till.wait_for("ready after")
        assert buy(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}")["outcome"] == "paid"
        assert plain(till.wait_for("paid    "), port) == plain(shown())


def test_the_readmes_cards_are_known_to_the_sandbox():
    known = (ROOT / "local/sandbox/src/cards.rs").read_text() + (ROOT / "local/sandbox/README.md").read_text()
    cards = next(table for table in tables(README) if table[0][0] == "card")
    assert len(cards) > 8
    for number, *_ in cards[1:]:
        assert number.replace(" ", "") in known.replace("_", "").replace(" ", ""), number


def test_the_first_screen_says_what_it_is_how_to_run_and_how_to_deploy_it():
    first = README.read_text().split("## What it promises")[0]
    assert len(first.splitlines()) <= 60
    assert "**It is**" in first and "**It is not**" in first
    assert section(README, "Deploy it").count("\nmake ") == 3


def test_every_folder_of_the_map_is_there():
    folders = next(table for table in tables(README) if table[0][0] == "folder")
    named = {folder for row in folders[1:] for folder in row[0].split(", ")}
    assert all((ROOT / folder).is_dir() for folder in named)
    top = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".") and path.name != "target"}
    assert top == {folder.split("/")[0] for folder in named}
