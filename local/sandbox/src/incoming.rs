//! A request to Stripe as it came in: what the headers, the query and the body say.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::error::Error;
use crate::ids;
use crate::params::Params;
use crate::versions;

const FORM: &str = "application/x-www-form-urlencoded";

/// What of a request the sandbox looks at.
#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) request_id: String,
    pub(crate) version: String,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) api_key: Option<String>,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Of query and body; refused if the body is no form.
    pub(crate) params: Result<Params, Error>,
}

impl Incoming {
    pub(crate) fn new(parts: &Parts, body: &Bytes) -> Self {
        let text = |name: &str| header(&parts.headers, name);
        let query = parts.uri.query().unwrap_or_default().as_bytes();
        let is_form = body.is_empty() || text("content-type").is_none_or(|kind| kind.starts_with(FORM));
        Self {
            request_id: ids::request(),
            version: text("stripe-version").unwrap_or_else(|| versions::DEFAULT.to_owned()),
            idempotency_key: text("idempotency-key").filter(|_| parts.method == Method::POST),
            api_key: api_key(&parts.headers),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            params: if is_form { Ok(Params::parse(&[query, body])) } else { Err(not_a_form()) },
        }
    }

    /// The headers that every answer of Stripe carries.
    pub(crate) fn echoed(&self) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("request-id", self.request_id.clone()),
            ("stripe-version", self.version.clone()),
            ("cache-control", "no-cache, no-store".to_owned()),
        ];
        headers.extend(self.idempotency_key.clone().map(|key| ("idempotency-key", key)));
        headers
    }

    /// The object in the path that a POST changes.
    pub(crate) fn changed_object(&self) -> Option<&str> {
        let mut segments = self.path.trim_start_matches("/v1/").split('/').skip(1);
        segments.next().filter(|_| self.method == "POST")
    }
}

pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// The key of `Authorization: Bearer`, or the user of `Basic`, as `curl -u sk_test_…:` sends it.
fn api_key(headers: &HeaderMap) -> Option<String> {
    let value = header(headers, "authorization")?;
    if let Some(key) = value.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let credentials = BASE64_STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let credentials = String::from_utf8(credentials).ok()?;
    credentials.split(':').next().map(str::to_owned)
}

fn not_a_form() -> Error {
    Error::invalid(format!(
        "Invalid request (check that your POST content type is {FORM}). If you have questions, we can help at https://support.stripe.com/."
    ))
}
