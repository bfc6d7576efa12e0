"""A real log: what the function's own binary prints while shoppers pay."""

import json

import pytest
from function import KEYS, Function, control
from program import Program, free_port

# Everything that Lambda and the libraries can be asked to print.
TALKATIVE = {"AWS_LAMBDA_LOG_LEVEL": "TRACE", "AWS_LAMBDA_LOG_FORMAT": "JSON", "RUST_LOG": "trace"}


@pytest.fixture(scope="session")
def sandbox():
    port = free_port()
    with Program("sandbox", "--port", str(port), *KEYS) as program:
        program.wait_for("Ctrl-C")
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def printed(sandbox) -> str:
    """All that it printed: every outcome, a rolled key, a secret that is gone, wrong settings, and the most talkative log."""
    with Function(sandbox, {}) as plain:
        assert plain.pay("pm_card_visa")["outcome"] == "paid"
        assert plain.pay("pm_card_visa_chargeDeclined")["outcome"] == "declined"
        assert plain.pay("pm_card_authenticationRequired")["error"]["decline_code"] == "authentication_not_handled"
        assert plain.pay("pm_card_visa", currency="canary@example.com")["outcome"] == "not_attempted"
        assert plain.pay("pm_unknown_to_stripe")["error"]["code"] == "payment_method_invalid"
        control(sandbox, "PUT", "faults", [{"fault": "cut_after"}])
        assert plain.pay("pm_card_visa")["outcome"] == "unknown"
        control(sandbox, "DELETE", "faults")
    with Function(sandbox, {"CARD_AUTHENTICATION": "handle", **TALKATIVE}) as talkative:
        assert talkative.pay("pm_card_visa")["outcome"] == "paid"
        assert "_secret_" in talkative.pay("pm_card_threeDSecure2Required")["client_secret"]
        assert talkative.pay("pm_card_visa_chargeDeclined")["outcome"] == "declined"
        control(sandbox, "POST", "keys/roll")
        assert talkative.pay("pm_card_visa")["outcome"] == "paid"
    control(sandbox, "PUT", "faults", [{"match": {"path": "secretsmanager"}, "fault": "secret_missing"}])
    with Function(sandbox, TALKATIVE) as without_secret:
        assert without_secret.pay("pm_card_visa")["error"]["code"] == "service_unavailable"
    control(sandbox, "DELETE", "faults")
    with Function(sandbox, {"STRIPE_PUBLISHABLE_KEY": "sk_test_canary", "CARD_AUTHENTICATION": "maybe"}) as wrong:
        assert wrong.pay("pm_card_visa")["error"]["code"] == "service_unavailable"
    return "".join(function.printed for function in (plain, talkative, without_secret, wrong))


@pytest.fixture(scope="session")
def log(printed) -> list[dict]:
    """The function's own lines; the libraries' have no event."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "event" in line]
