"""Requests that are turned away, each with an outcome: by the function itself, or by WAF in its words."""

from smoke.report import Report
from smoke.shop import Shop

JSON = {"Content-Type": "application/json"}
# What, method, path, headers, body, answer, and whether the checkout id may be used again. A POST has a checkout's id.
# No large body: WAF's common rules stop it before the function sees it.
REFUSALS: tuple[tuple[str, str, str, dict[str, str], bytes | None, str], ...] = (
    ("an unknown path", "GET", "/api/no-such-path", {}, None, "404 not_attempted path_unknown open"),
    ("a GET of a payment", "GET", "/api/payments", {}, None, "405 not_attempted method_not_allowed open"),
    ("a form instead of JSON", "POST", "/api/payments", {"Content-Type": "text/plain"}, b"card", "415 not_attempted media_type_unsupported open"),
    ("half a body", "POST", "/api/payments", JSON, b'{"items":', "400 not_attempted json_invalid open"),
    ("another site's page", "POST", "/api/payments", {**JSON, "Origin": "https://elsewhere.example"}, b"{}", "403 not_attempted forbidden open"),
    ("an old page's key", "POST", "/api/payments", JSON, b'{"publishable_key":"pk_test_old"}', "409 not_attempted page_outdated open"),
)
# Without one, the function's answer to a first send, and that of WAF's rule `malformed` to any: the function's to a re-send.
OF_FUNCTION, OF_WAF = "400 not_attempted parameter_missing closed", "503 unknown outcome_unknown"


def refusals(shop: Shop, report: Report) -> None:
    """what is refused is refused with an outcome"""
    for what, method, path, headers, body, expected in REFUSALS:
        if method == "POST":
            headers = {**headers, "Idempotency-Key": shop.checkout()}
        answer = shop.ask(method, path, body, headers)
        report.equal(what, expected, f"{answer.told} {answer.checkout}".rstrip())
        if answer.status == 405:
            report.equal("and Allow names the method", "POST", answer.headers.get("Allow"))
    answer = shop.ask("POST", "/api/payments", b"{}", JSON)
    seen = f"{answer.told} {answer.checkout}".rstrip()
    report.equal("no Idempotency-Key", OF_WAF if seen == OF_WAF and not shop.target.is_local else OF_FUNCTION, seen)


def not_stored(shop: Shop, report: Report) -> None:
    """no cache keeps an answer of the API"""
    of_function = [(asked, answer) for asked, answer in shop.answers if answer.outcome or answer.status == 200]
    kept = [f"{asked}: {answer.headers.get('Cache-Control')}" for asked, answer in of_function if answer.headers.get("Cache-Control") != "no-store"]
    report.none(f"answers of the API without Cache-Control: no-store, of {len(of_function)}", kept)
