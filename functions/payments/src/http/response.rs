//! From an outcome to API Gateway's response: the one place where they become statuses and JSON.

use super::request;
use crate::catalog;
use crate::decline::Decline;
use crate::money::Currency;
use crate::outcome::{CheckoutState, Outcome, Refusal};
use crate::settings::{CardAuthentication, Settings};
use lambda_http::http::{HeaderValue, StatusCode, header};
use lambda_http::{Body, Response};
use secrecy::ExposeSecret as _;
use serde::Serialize;

/// After how many seconds a request that met a limit or an outage may come again.
const RETRY_AFTER: u16 = 2;

/// `GET /api/config`.
pub fn config(settings: &Settings, now_ms: u64) -> Response<Body> {
    let body = Config {
        publishable_key: settings.publishable_key.as_str(),
        livemode: settings.publishable_key.livemode(),
        card_authentication: settings.card_authentication,
        currencies: catalog::CURRENCIES,
        now: now_ms,
    };
    respond(StatusCode::OK, &body)
}

#[derive(Serialize)]
struct Config<'a> {
    publishable_key: &'a str,
    livemode: bool,
    card_authentication: CardAuthentication,
    currencies: &'static [Currency],
    /// The server's clock, in milliseconds since 1970.
    now: u64,
}

/// The response that tells `outcome`.
pub fn of_outcome(outcome: &Outcome) -> Response<Body> {
    match outcome {
        Outcome::Paid(receipt) => respond(StatusCode::OK, &Answer { outcome: "paid", body: receipt }),
        Outcome::Declined { decline, payment_intent } => {
            let body = Declined { error: decline, payment_intent: payment_intent.as_str() };
            respond(StatusCode::PAYMENT_REQUIRED, &Answer { outcome: "declined", body })
        }
        Outcome::RequiresAction { payment_intent, client_secret } => {
            let body = RequiresAction { payment_intent: payment_intent.as_str(), client_secret: client_secret.expose_secret() };
            respond(StatusCode::OK, &Answer { outcome: "requires_action", body })
        }
        Outcome::NotAttempted { refusal, checkout } => refused(refusal, *checkout),
        Outcome::Unknown(_) => {
            let message =
                "It is not known yet whether the card was charged. Send the very same request again, with Till-Resend: true.";
            let error = ErrorBody { kind: "api_error", code: "outcome_unknown", param: None, message };
            let body = Refused { checkout: None, error, changed: None };
            with_retry_after(respond(StatusCode::SERVICE_UNAVAILABLE, &Answer { outcome: "unknown", body }))
        }
    }
}

/// Any answer of a checkout: its outcome stands first.
#[derive(Serialize)]
struct Answer<'a, T> {
    outcome: &'a str,
    #[serde(flatten)]
    body: T,
}

#[derive(Serialize)]
struct Declined<'a> {
    error: &'a Decline,
    payment_intent: &'a str,
}

#[derive(Serialize)]
struct RequiresAction<'a> {
    payment_intent: &'a str,
    client_secret: &'a str,
}

#[derive(Serialize)]
struct Refused<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    checkout: Option<CheckoutState>,
    error: ErrorBody<'a>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    changed: Option<ChangedTotal<'a>>,
}

#[derive(Serialize)]
struct ChangedTotal<'a> {
    total: u64,
    currency: &'a str,
}

#[derive(Serialize)]
struct ErrorBody<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    message: &'a str,
}

fn refused(refusal: &Refusal, checkout: CheckoutState) -> Response<Body> {
    use StatusCode as S;
    let (status, param, message) = match refusal {
        Refusal::Invalid { param, message, .. } => (S::BAD_REQUEST, param.as_deref(), message.as_str()),
        Refusal::InvalidCheckoutId { message, .. } => (S::BAD_REQUEST, Some(request::KEY), message.as_str()),
        Refusal::Forbidden(message) => (S::FORBIDDEN, None, *message),
        Refusal::UnknownPath => (S::NOT_FOUND, None, "There is nothing at this path."),
        Refusal::UnknownPaymentIntent => (S::NOT_FOUND, Some("payment_intent"), "This checkout has no such PaymentIntent."),
        Refusal::Method(_) => (S::METHOD_NOT_ALLOWED, None, "This path answers another method: see Allow."),
        Refusal::TooLarge => (S::PAYLOAD_TOO_LARGE, None, "The body is larger than 8 KiB."),
        Refusal::MediaType => (S::UNSUPPORTED_MEDIA_TYPE, Some("Content-Type"), "Must be application/json."),
        Refusal::TotalChanged { .. } => {
            (S::CONFLICT, Some("expected_total"), "The total is not the one that was shown. Nothing was charged.")
        }
        Refusal::PageOutdated => (S::CONFLICT, Some("publishable_key"), "The page was loaded under another key. Load it again."),
        Refusal::CheckoutExpired => {
            (S::GONE, None, "The checkout is older than 23 hours, and nothing was charged. Begin another.")
        }
        Refusal::CheckoutClosed => (S::GONE, None, "The checkout is closed, and nothing was charged. Begin another."),
        Refusal::CardLimitReached => {
            (S::GONE, None, "The checkout has taken as many cards as it may, and nothing was charged. Begin another.")
        }
        Refusal::StripeRefused => (
            S::UNPROCESSABLE_ENTITY,
            None,
            "Stripe refused this payment, and nothing was charged. Sending it again will not help.",
        ),
        Refusal::RateLimited => (S::TOO_MANY_REQUESTS, None, "Too many payments at once. Nothing was charged."),
        Refusal::Paused | Refusal::ServiceUnavailable => {
            (S::SERVICE_UNAVAILABLE, None, "Payments are not taken for now. Nothing was charged.")
        }
    };
    let is_transient = matches!(status, S::TOO_MANY_REQUESTS | S::SERVICE_UNAVAILABLE);
    let kind = if is_transient { "api_error" } else { "invalid_request_error" };
    let changed = match refusal {
        Refusal::TotalChanged { total, currency } => Some(ChangedTotal { total: *total, currency }),
        _ => None,
    };
    let error = ErrorBody { kind, code: refusal.code(), param, message };
    let body = Refused { checkout: Some(checkout), error, changed };
    let mut response = respond(status, &Answer { outcome: "not_attempted", body });
    if let Refusal::Method(allow) = refusal {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    }
    if is_transient { with_retry_after(response) } else { response }
}

fn with_retry_after(mut response: Response<Body>) -> Response<Body> {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER));
    response
}

fn respond(status: StatusCode, body: &impl Serialize) -> Response<Body> {
    // Maps with keys that are not strings are all that cannot be written, and there are none.
    let mut response = Response::new(Body::from(serde_json::to_string(body).unwrap_or_default()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
