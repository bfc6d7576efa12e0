//! From an outcome to API Gateway's response: the one place where they become statuses and JSON.

use crate::catalog;
use crate::outcome::{Outcome, Refusal};
use crate::settings::Settings;
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use serde_json::{Map, Value, json};

/// After how many seconds a request that met a limit or an outage may come again.
const RETRY_AFTER: u16 = 2;

/// `GET /api/config`.
pub fn config(settings: &Settings, now_ms: u64) -> Response<Body> {
    respond(
        StatusCode::OK,
        &json!({
            "publishable_key": settings.publishable_key.as_str(),
            "livemode": settings.publishable_key.livemode(),
            "card_authentication": settings.card_authentication,
            "currencies": catalog::CURRENCIES,
            "now": now_ms,
        }),
    )
}

/// The response that tells `outcome`.
pub fn of_outcome(outcome: &Outcome) -> Response<Body> {
    match outcome {
        Outcome::Paid(receipt) => respond(StatusCode::OK, &tagged("paid", json!(receipt))),
        Outcome::Declined { decline, payment_intent } => {
            let body = json!({ "error": decline, "payment_intent": payment_intent });
            respond(StatusCode::PAYMENT_REQUIRED, &tagged("declined", body))
        }
        Outcome::NotAttempted(refusal) => refused(refusal),
        Outcome::Unknown(_) => {
            let message =
                "It is not known yet whether the card was charged. Send the very same request again, with Till-Resend: true.";
            let error = ErrorBody { kind: "api_error", code: "outcome_unknown", param: None, message };
            with_retry_after(respond(StatusCode::SERVICE_UNAVAILABLE, &tagged("unknown", json!({ "error": error.json() }))))
        }
    }
}

struct ErrorBody<'a> {
    kind: &'static str,
    code: &'a str,
    param: Option<&'a str>,
    message: &'a str,
}

impl ErrorBody<'_> {
    fn json(&self) -> Value {
        let mut error = json!({ "type": self.kind, "code": self.code, "message": self.message });
        if let Some(param) = self.param {
            error["param"] = json!(param);
        }
        error
    }
}

fn refused(refusal: &Refusal) -> Response<Body> {
    use StatusCode as S;
    let (status, param, message) = match refusal {
        Refusal::Invalid { param, message, .. } => (S::BAD_REQUEST, param.as_deref(), message.as_str()),
        Refusal::Forbidden(message) => (S::FORBIDDEN, None, *message),
        Refusal::UnknownPath => (S::NOT_FOUND, None, "There is nothing at this path."),
        Refusal::UnknownPaymentIntent => (S::NOT_FOUND, Some("payment_intent"), "This checkout has no such PaymentIntent."),
        Refusal::Method(_) => (S::METHOD_NOT_ALLOWED, None, "This path answers another method: see Allow."),
        Refusal::TooLarge => (S::PAYLOAD_TOO_LARGE, None, "The body is larger than 8 KiB."),
        Refusal::MediaType => (S::UNSUPPORTED_MEDIA_TYPE, Some("Content-Type"), "Must be application/json."),
        Refusal::TotalChanged(_) => {
            (S::CONFLICT, Some("expected_total"), "The total is not the one that was shown. Nothing was charged.")
        }
        Refusal::PageOutdated => (S::CONFLICT, Some("publishable_key"), "The page was loaded under another key. Load it again."),
        Refusal::CheckoutExpired => {
            (S::GONE, None, "The checkout is older than 23 hours, and nothing was charged. Begin another.")
        }
        Refusal::CheckoutClosed => (S::GONE, None, "The checkout is closed, and nothing was charged. Begin another."),
        Refusal::RateLimited => (S::TOO_MANY_REQUESTS, None, "Too many payments at once. Nothing was charged."),
        Refusal::Paused | Refusal::ServiceUnavailable => {
            (S::SERVICE_UNAVAILABLE, None, "Payments are not taken for now. Nothing was charged.")
        }
    };
    let passing = matches!(status, S::TOO_MANY_REQUESTS | S::SERVICE_UNAVAILABLE);
    let kind = if passing { "api_error" } else { "invalid_request_error" };
    let code = refusal.code();
    let mut body = json!({ "error": ErrorBody { kind, code, param, message }.json() });
    if let Refusal::TotalChanged(total) = refusal {
        body["total"] = json!(total);
    }
    let mut response = respond(status, &tagged("not_attempted", body));
    if let Refusal::Method(allow) = refusal {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if passing { with_retry_after(response) } else { response }
}

/// `body`, an object, with its outcome first.
fn tagged(outcome: &str, body: Value) -> Value {
    let mut object = Map::from_iter([("outcome".to_owned(), json!(outcome))]);
    if let Value::Object(fields) = body {
        object.extend(fields);
    }
    Value::Object(object)
}

fn with_retry_after(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER));
    response
}

fn respond(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
