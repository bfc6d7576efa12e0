//! One request to Stripe: form-encoded, under a pinned version, with a limit of time and size.
//! <https://docs.stripe.com/api>

use super::error::{ErrorBody, Failure, Refused, Silence};
use crate::network;
use form_urlencoded::Serializer;
use lambda_http::http::HeaderMap;
use reqwest::{Method, Response, header};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

/// The version that every request names; without it the account's own default would apply.
pub const API_VERSION: &str = "2026-07-29.dahlia";

/// A page of a hundred PaymentIntents is about 300 KB.
const MAX_ANSWER: usize = 4 << 20;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Shorter than what Stripe's edge and the networks between keep an idle connection.
const POOL_IDLE: Duration = Duration::from_secs(25);

/// A request, encoded once, so that each attempt sends the same bytes.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    body: String,
    idempotency_key: Option<String>,
    share: f64,
    charges: bool,
}

/// A write leaves a third of the event's time for finding out what became of it.
const WRITE_SHARE: f64 = 2.0 / 3.0;
/// One that settles what became of another leaves less: a single read.
const SETTLING_SHARE: f64 = 0.9;
/// One without which there is another way leaves as much for that.
const OPTIONAL_SHARE: f64 = 0.5;

impl Call {
    /// Reads `path`, filtered by `query`.
    pub fn get(path: &str, query: &[(&str, String)]) -> Self {
        let query = Serializer::new(String::new()).extend_pairs(query).finish();
        let separator = if query.is_empty() { "" } else { "?" };
        Self {
            method: Method::GET,
            path: format!("{path}{separator}{query}"),
            body: String::new(),
            idempotency_key: None,
            share: 1.0,
            charges: false,
        }
    }

    /// Writes `form` to `path`, executed at most once a key.
    pub fn post(path: &str, form: &[(String, String)], idempotency_key: String) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        Self {
            method: Method::POST,
            path: path.to_owned(),
            body,
            idempotency_key: Some(idempotency_key),
            share: WRITE_SHARE,
            charges: false,
        }
    }

    /// A write that settles what became of an earlier one: it may take more of the event's time.
    #[must_use]
    pub fn settling(self) -> Self {
        Self { share: SETTLING_SHARE, ..self }
    }

    /// A read that may fail: it leaves the other half of the event's time for another way.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { share: OPTIONAL_SHARE, ..self }
    }

    /// A write that may charge a card, and so is not sent once the shop takes no payments.
    #[must_use]
    pub fn charging(self) -> Self {
        Self { charges: true, ..self }
    }

    pub(super) fn charges(&self) -> bool {
        self.charges
    }

    /// The share of the event's time that may be gone when it is given up.
    pub(super) fn share(&self) -> f64 {
        self.share
    }

    pub(super) fn writes(&self) -> bool {
        self.method == Method::POST
    }
}

/// A success.
#[derive(Debug)]
pub struct Answer<T> {
    /// The body.
    pub value: T,
    /// `Idempotent-Replayed`: saved when the key was first used, and maybe no longer so.
    pub replayed: bool,
}

/// A pool of connections to Stripe.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    /// Stripe at `base`, without a slash at its end, over `tls`.
    pub fn new(base: String, tls: rustls::ClientConfig) -> reqwest::Result<Self> {
        let http = network::builder(tls, &base)
            .user_agent(concat!("Till/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .pool_idle_timeout(POOL_IDLE)
            .build()?;
        Ok(Self { http, base })
    }

    /// Opens a connection, so that the first payment need not. Whatever is answered, it is open then.
    pub async fn warm(&self) {
        let _ = self.http.head(&self.base).send().await;
    }

    /// Sends `call` once. The second value is Stripe's id of the request, if it told one.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        call: &Call,
        key: &SecretString,
        limit: Duration,
    ) -> (Result<Answer<T>, Failure>, Option<String>) {
        let mut request_id = None;
        let result = tokio::time::timeout(limit, async {
            let mut request = self
                .http
                .request(call.method.clone(), format!("{}{}", self.base, call.path))
                .bearer_auth(key.expose_secret())
                .header("Stripe-Version", API_VERSION);
            if let Some(idempotency_key) = &call.idempotency_key {
                request = request
                    .header("Idempotency-Key", idempotency_key)
                    .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(call.body.clone());
            }
            let response = request.send().await.map_err(|error| match error {
                error if error.is_connect() => Failure::NotSent,
                error if error.is_timeout() => Failure::NoReply(Silence::TimedOut),
                _ => Failure::NoReply(Silence::Cut),
            })?;
            request_id = text(response.headers(), "request-id").map(ToOwned::to_owned);
            read(response).await
        })
        .await
        .unwrap_or(Err(Failure::NoReply(Silence::TimedOut)));
        (result, request_id)
    }
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Result<Answer<T>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::NoReply(Silence::Cut))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Failure::NoReply(Silence::Unreadable));
        }
    }
    interpret(response.status().as_u16(), response.headers(), &body)
}

/// What a whole answer says: a success, Stripe's own error, or nothing that can be read.
pub fn interpret<T: DeserializeOwned>(status: u16, headers: &HeaderMap, body: &[u8]) -> Result<Answer<T>, Failure> {
    let replayed = text(headers, "idempotent-replayed") == Some("true");
    let unreadable = |_| Failure::NoReply(Silence::Unreadable);
    if (200..300).contains(&status) {
        let value = serde_json::from_slice(body).map_err(unreadable)?;
        return Ok(Answer { value, replayed });
    }
    let ErrorEnvelope { error } = serde_json::from_slice(body).map_err(unreadable)?;
    let should_retry = text(headers, "stripe-should-retry").and_then(|value| value.parse().ok());
    Err(Failure::Refused(Box::new(Refused { status, replayed, should_retry, error })))
}

#[derive(Deserialize)]
struct ErrorEnvelope {
    error: ErrorBody,
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
