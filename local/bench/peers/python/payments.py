"""The payment of functions/payments as a Python team would write it on the official SDKs: create and confirm in one call, the
price from the server, the checkout's id as idempotency key. It keeps fewer promises than Till, and so does less."""

import json
import os
import re
import time
from pathlib import Path

import boto3
import stripe

API_VERSION = "2026-07-29.dahlia"
SECRET_AGE = 60
CHECKOUT = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
PAYMENT_METHOD = re.compile(r"pm_\w+")

ITEMS = {item["sku"]: item for item in json.loads(Path(__file__).with_name("catalog.json").read_text())["items"]}

if "SSL_CERT_FILE" in os.environ:
    stripe.ca_bundle_path = os.environ["SSL_CERT_FILE"]

secrets = boto3.client("secretsmanager")
account = {"fetched": 0.0, "key": None, "client": None}


def client():
    if time.monotonic() - account["fetched"] > SECRET_AGE:
        secret = secrets.get_secret_value(SecretId=os.environ["STRIPE_SECRET_ID"])
        key = json.loads(secret["SecretString"])["secret_key"]
        if key != account["key"]:
            base = os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")
            account["client"] = stripe.StripeClient(
                key, stripe_version=API_VERSION, max_network_retries=2, base_addresses={"api": base}
            )
        account.update(key=key, fetched=time.monotonic())
    return account["client"]


# In init, as AWS advises: it runs at full speed, and before the first shopper waits.
client()


def answer(status, body):
    headers = {"content-type": "application/json", "cache-control": "no-store"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}


def invalid(code, param=None):
    return answer(400, {"outcome": "not_attempted", "error": {"type": "invalid_request_error", "code": code, "param": param}})


def handler(event, _context):
    began = time.monotonic()
    checkout = event["headers"].get("idempotency-key", "")
    if not CHECKOUT.fullmatch(checkout):
        return invalid("checkout_id")
    try:
        order = json.loads(event["body"])
    except ValueError:
        return invalid("malformed_json")
    currency = order["currency"]
    if not PAYMENT_METHOD.fullmatch(order["payment_method"]):
        return invalid("parameter_invalid", "payment_method")
    total = 0
    for line in order["items"]:
        item = ITEMS.get(line["sku"])
        if item is None or currency not in item["prices"] or not 1 <= line["quantity"] <= item["max_quantity"]:
            return invalid("parameter_invalid", "items")
        total += item["prices"][currency] * line["quantity"]
    if total != order["expected_total"]:
        return answer(409, {"outcome": "not_attempted", "error": {"code": "total_changed"}, "total": total})

    try:
        intent = client().v1.payment_intents.create(
            {
                "amount": total,
                "currency": currency,
                "payment_method": order["payment_method"],
                "payment_method_types": ["card"],
                "confirm": True,
                "error_on_requires_action": True,
                "description": f"Checkout {checkout}",
                "metadata": {
                    "till_checkout": checkout,
                    "till_items_1": ",".join(f"{line['sku']}:{line['quantity']}" for line in order["items"]),
                },
            },
            {"idempotency_key": f"till-{checkout}"},
        )
    except stripe.CardError as error:
        return answer(402, {"outcome": "declined", "error": {"type": "card_error", "code": error.code}})
    except stripe.StripeError as error:
        print(json.dumps({"event": "trouble", "message": type(error).__name__}))
        return answer(503, {"outcome": "unknown", "error": {"code": "outcome_unknown"}})
    ms = round((time.monotonic() - began) * 1000)
    print(json.dumps({"event": "payment", "checkout": checkout, "payment_intent": intent.id, "outcome": "paid", "ms": ms}))
    return answer(
        200,
        {
            "outcome": "paid",
            "payment_intent": intent.id,
            "payment_method": intent.payment_method,
            "amount": intent.amount,
            "currency": intent.currency,
            "created": intent.created,
            "livemode": intent.livemode,
            "items": order["items"],
        },
    )
