"""make smoke against a stand-in for what is deployed: HTTPS, CloudFront's headers, a shut bucket, a shut execute-api.

Each door is opened once, and the check of it has to fail."""

import json
import re
import ssl
from collections.abc import Callable, Iterator

import pytest
import trustme
from conftest import REPOSITORY
from deploy import upload
from front import Front, Reply, Request, Rule, changed, pass_on
from smoke import __main__ as program
from smoke import doors, pages, shop
from smoke.shop import Shop
from smoke.target import Target

FORBIDDEN = json.dumps({"outcome": "not_attempted", "error": {"code": "forbidden"}}).encode()


def says(status: int, body: bytes = b"") -> Rule:
    return lambda request: Reply(status, {}, body)


@pytest.fixture(scope="session")
def tls() -> Iterator[ssl.SSLContext]:
    """A certificate for 127.0.0.1 that the tests believe."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with authority.cert_pem.tempfile() as path, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", path)
        yield context


@pytest.fixture
def cloudfront(till) -> Rule:
    """Sends to HTTPS, and puts the security headers on everything; Stripe's addresses are Stripe's own."""
    behind = pass_on(till.url)
    cached = {file.key: file.cache for file in upload.files()}

    def ask(request: Request) -> Reply:
        if not request.is_encrypted:
            return Reply(301, {"Location": f"https://{request.headers['Host']}{request.path}"}, b"")
        reply, key = behind(request), request.path.lstrip("/") or "index.html"
        reply.headers.update(pages.HEADERS)
        if key in cached:
            reply.headers["Cache-Control"] = cached[key]
        reply.body = reply.body.replace(till.sandbox.encode(), b"https://js.stripe.com")
        return reply

    return ask


@pytest.fixture
def run(tls, notes) -> Callable:
    """All of make smoke but the browser, against these three."""

    def whole(site: Rule, api: Rule = says(403, FORBIDDEN), bucket: Rule = says(403), monkeypatch=pytest.MonkeyPatch()):
        monkeypatch.delenv("CHROMIUM", raising=False)
        with Front(site, tls) as shop, Front(api, tls) as execute_api, Front(bucket, tls) as s3:
            return notes(lambda shop, report: program.smoke(shop.target, report), shop.url, api=execute_api.url, bucket=s3.url)

    return whole


def test_a_stack_as_it_should_be(run, cloudfront):
    taken = run(cloudfront)
    assert taken.failures == []
    left_out = [line for line in taken.lines if line.startswith("–")]
    assert len(left_out) == 2 and all("no browser is at hand" in line for line in left_out), left_out


TEMPLATE = (REPOSITORY / "infra/sam/template.yaml").read_text()
ID = next(found for found in re.findall(r"RegexString: '(.+)'", TEMPLATE) if "0-9a-f" in found)
ANSWER = re.search(r"^ +Content: '(.+)'$", TEMPLATE, re.M)[1]


def waf(rule: Rule, limit: int, posts: list[Request], headers: dict[str, str] = {"Cache-Control": "no-store"}) -> Rule:
    """Blocks an address's POSTs beyond its limit, as WAF does: with a page of CloudFront's; and those without a checkout's id."""

    def ask(request: Request) -> Reply:
        if request.method == "POST" and request.path.startswith("/api/payments"):
            posts.append(request)
            if len(posts) > limit:
                return Reply(403, {"Content-Type": "text/html"}, b"<h1>403 ERROR</h1>")
            if not re.search(ID, request.headers.get("Idempotency-Key", "")):
                return Reply(503, {"Content-Type": "application/json", **headers}, ANSWER.encode())
        return rule(request)

    return ask


def test_waf_lets_a_whole_run_through(run, cloudfront):
    limit = int(re.search(r"  PaymentsPerAddress:\n    Type: Number\n    Default: '(\d+)'", TEMPLATE)[1])
    posts: list[Request] = []
    taken = run(waf(cloudfront, limit, posts))
    assert taken.failures == [] and not any("PaymentsPerAddress" in line for line in taken.lines)
    assert len(posts) + 1 <= limit, "with the one that the browser sends"


def test_wafs_answer_is_told_as_the_functions(run, cloudfront):
    told = [next(line for line in run(rule).lines if "no Idempotency-Key" in line) for rule in (cloudfront, waf(cloudfront, 99, []))]
    assert told == ["✓ no Idempotency-Key: 400 not_attempted parameter_missing closed", "✓ no Idempotency-Key: 503 unknown outcome_unknown"]


@pytest.mark.parametrize("status", [403, 503])
def test_a_block_without_an_outcome(run, cloudfront, status):
    def ask(request: Request) -> Reply:
        is_none = request.method == "POST" and "Idempotency-Key" not in request.headers
        return Reply(status, {}, b"<h1>ERROR</h1>") if is_none else cloudfront(request)

    (failure,) = run(ask).failures
    assert "no Idempotency-Key" in failure and f"{status} without an outcome" in failure


def test_an_answer_of_wafs_that_a_cache_may_keep(run, cloudfront):
    (failure,) = run(waf(cloudfront, 99, [], headers={})).failures
    assert "POST /api/payments: None" in failure


def test_a_run_that_waf_stops_says_so(run, cloudfront, monkeypatch):
    monkeypatch.setattr(shop, "PAUSES", (0.0,))
    taken = run(waf(cloudfront, 3, []))
    assert taken.failures and "try again after five" in taken.lines[-1] and "PaymentsPerAddress" in taken.lines[-1]


def test_no_redirect(run, cloudfront, till):
    failures = run(lambda request: cloudfront(request) if request.is_encrypted else pass_on(till.url)(request)).failures
    assert len(failures) == 2 and all("HTTP is redirected to HTTPS" in failure for failure in failures)


def test_a_redirect_to_somebody_else(run, cloudfront):
    elsewhere = Reply(301, {"Location": "https://elsewhere.example/"}, b"")
    failures = run(lambda request: cloudfront(request) if request.is_encrypted else elsewhere).failures
    assert len(failures) == 2 and "elsewhere.example" in failures[0]


def test_an_api_without_the_security_headers(run, cloudfront):
    failures = run(changed(cloudfront, "/api/config", lambda reply: reply.headers.pop("Strict-Transport-Security", None))).failures
    assert len(failures) == 1 and "Strict-Transport-Security: None" in failures[0]


def test_a_page_still_before_a_sandbox(run, cloudfront, till):
    def back(reply: Reply) -> None:
        reply.body = reply.body.replace(b"https://js.stripe.com", till.sandbox.encode())

    failures = run(changed(cloudfront, "/", back)).failures
    assert len(failures) == 1 and "index.html" in failures[0]


@pytest.mark.parametrize("header", ["Cache-Control", "Content-Type"])
def test_a_file_with_another_header(run, cloudfront, header):
    failures = run(changed(cloudfront, "/style.css", lambda reply: reply.headers.update({header: "text/plain"}))).failures
    assert len(failures) == 1 and f"style.css ({header}: text/plain)" in failures[0]


@pytest.mark.parametrize("status", [200, 404, 301])
def test_a_bucket_that_does_not_refuse(run, cloudfront, status):
    failures = run(cloudfront, bucket=says(status)).failures
    assert len(failures) == 2 and all("the bucket refuses" in failure for failure in failures)


@pytest.mark.parametrize("rule", [says(200, b'{"now": 1}'), says(403, b'{"message":"Forbidden"}'), says(404), says(400, FORBIDDEN)])
def test_an_api_that_does_not_refuse(run, cloudfront, rule):
    failures = run(cloudfront, api=rule).failures
    assert len(failures) == 4 and all("execute-api refuses" in failure for failure in failures)


def test_the_function_itself_without_its_gate_charges_nobody(run, cloudfront, till):
    before = till.charges()
    failures = run(cloudfront, api=pass_on(till.url)).failures
    assert len(failures) == 4
    assert len(till.charges()) == len(before) + 1, "the payment through the front door alone"


def test_addresses_that_are_not_known_are_told(till, notes, tls, cloudfront):
    with Front(cloudfront, tls) as shop:
        taken = [notes(check, shop.url) for check in (doors.bucket, doors.api)]
    assert all("not checked: its address is not known" in notes.lines[0] for notes in taken)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(cloudfront, tls, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with Front(cloudfront, tls) as shop, pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        Shop(Target(shop.url)).page("/")
