//! One request to Stripe: form-encoded, under a pinned version, with a limit of time and size.
//! <https://docs.stripe.com/api>

use super::error::{ErrorBody, Failure, Refused, Silence};
use crate::network::{Network, NetworkError};
use form_urlencoded::Serializer;
use lambda_http::http::{HeaderMap, Method, Request, header};
use reqwest::Response;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

/// The version that every request names; without it the account's own default would apply.
pub const API_VERSION: &str = "2026-07-29.dahlia";

/// A page of a hundred PaymentIntents is about 300 KB as a rule. Strangers can make it longer: by billing details, which Stripe
/// shows beside a decline.
const MAX_ANSWER: usize = 4 << 20;
const USER_AGENT: &str = concat!("Till/", env!("CARGO_PKG_VERSION"));

/// A request, encoded once, so that each attempt sends the same bytes.
#[derive(Debug)]
pub struct Call {
    method: Method,
    path: String,
    body: String,
    idempotency_key: Option<String>,
    share: f64,
    charges: bool,
    gives_way: bool,
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
            gives_way: false,
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
            gives_way: false,
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

    /// One that waits for another request of its checkout, which holds its key, but once in an event: many of them at once would
    /// take ever more requests.
    #[must_use]
    pub fn giving_way(self) -> Self {
        Self { gives_way: true, ..self }
    }

    pub(super) fn gives_way(&self) -> bool {
        self.gives_way
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

/// Stripe, behind a pool of connections.
#[derive(Debug)]
pub struct Client {
    network: Network,
    base: String,
}

impl Client {
    /// Stripe at `base`, without a slash at its end.
    pub fn new(base: String, network: Network) -> Self {
        Self { network, base }
    }

    /// Opens a connection, so that the first payment need not. Whatever is answered, it is open then.
    pub async fn warm(&self) {
        if let Ok(request) = Request::head(&self.base).body(Vec::new()) {
            let _ = self.network.send(request).await;
        }
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
            let request = self.request(call, key).map_err(|_| Failure::NotSent)?;
            let response = self.network.send(request).await.map_err(|error| match error {
                NetworkError::NotConnected => Failure::NotSent,
                NetworkError::TimedOut => Failure::NoReply(Silence::TimedOut),
                NetworkError::Cut => Failure::NoReply(Silence::Cut),
            })?;
            request_id = text(response.headers(), "request-id").map(ToOwned::to_owned);
            read(response).await
        })
        .await
        .unwrap_or(Err(Failure::NoReply(Silence::TimedOut)));
        (result, request_id)
    }

    fn request(&self, call: &Call, key: &SecretString) -> Result<Request<Vec<u8>>, lambda_http::http::Error> {
        let mut authorization = header::HeaderValue::try_from(format!("Bearer {}", key.expose_secret()))?;
        authorization.set_sensitive(true);
        let mut request = Request::builder()
            .method(call.method.clone())
            .uri(format!("{}{}", self.base, call.path))
            .header(header::AUTHORIZATION, authorization)
            .header(header::USER_AGENT, USER_AGENT)
            .header("Stripe-Version", API_VERSION);
        if let Some(idempotency_key) = &call.idempotency_key {
            request = request
                .header("Idempotency-Key", idempotency_key)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        request.body(call.body.clone().into_bytes())
    }
}

async fn read<T: DeserializeOwned>(mut response: Response) -> Result<Answer<T>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::NoReply(Silence::Cut))? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_ANSWER {
            return Err(Failure::NoReply(Silence::TooLong));
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
