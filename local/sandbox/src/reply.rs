//! Replies: status, headers and body, on their way to the wire.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use serde_json::Value;

/// A finished answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self { status, headers: vec![("content-type", content_type.to_owned())], body: body.into() }
    }

    /// Indented, as Stripe's own answers are.
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", format!("{body:#}\n"))
    }

    /// In the place of an answer that was never made.
    pub(crate) fn nothing() -> Self {
        Self { status: 500, headers: Vec::new(), body: String::new() }
    }

    /// The sandbox's own failure, which its terminal shows.
    pub(crate) fn panicked() -> Self {
        Self::new(500, "text/plain; charset=utf-8", "The sandbox failed; its terminal says why.\n")
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Reply> for Response<Body> {
    fn from(reply: Reply) -> Self {
        let mut response = Response::new(Body::from(reply.body));
        *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in reply.headers {
            // What a caller sent and is echoed came in as a header, so it can go out as one.
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }
}
