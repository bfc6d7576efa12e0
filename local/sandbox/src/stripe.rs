//! A request to Stripe on its way: key, idempotency, the endpoint, the answer kept.

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;

use crate::api::{self, Call};
use crate::error::Error;
use crate::idempotency::{Fingerprint, Saved, Slot};
use crate::ids;
use crate::keys::Caller;
use crate::params::Params;
use crate::reply::Reply;
use crate::state::{Shared, State};

/// Sent where a caller names no version.
const DEFAULT_VERSION: &str = "2026-07-29.dahlia";

/// An answer, and what became of the request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) request_id: String,
    pub(crate) replayed: bool,
    pub(crate) executed: bool,
}

/// What of a request the sandbox looks at.
#[derive(Debug)]
struct Incoming {
    request_id: String,
    version: String,
    idempotency_key: Option<String>,
    api_key: Option<String>,
    method: String,
    path: String,
    params: Params,
}

impl Incoming {
    fn new(parts: &Parts, body: &Bytes) -> Self {
        let text = |name: &str| header(&parts.headers, name);
        let post = parts.method == Method::POST;
        let encoded = if post { body.as_ref() } else { parts.uri.query().unwrap_or_default().as_bytes() };
        Self {
            request_id: ids::request(),
            version: text("stripe-version").unwrap_or_else(|| DEFAULT_VERSION.to_owned()),
            idempotency_key: text("idempotency-key").filter(|_| post),
            api_key: bearer(&parts.headers),
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            params: Params::parse(encoded),
        }
    }

    fn call(self, caller: Caller, now: u64) -> Call {
        Call { caller, method: self.method, path: self.path, params: self.params, now }
    }
}

/// Answers one request under `/v1/`.
///
/// It goes on to its end even if the caller goes away: spawn it.
pub(crate) async fn answer(shared: &Shared, parts: &Parts, body: &Bytes) -> Answer {
    let incoming = Incoming::new(parts, body);
    let headers = echoed(&incoming);
    let request_id = incoming.request_id.clone();
    let (mut reply, replayed, executed) = run(shared, incoming).await;
    reply.headers.extend(headers);
    Answer { reply, request_id, replayed, executed }
}

async fn run(shared: &Shared, incoming: Incoming) -> (Reply, bool, bool) {
    let request_id = incoming.request_id.clone();
    let (caller, slot) = {
        let state = &mut *shared.state();
        match open(state, &incoming) {
            Ok(Opened::Replay(saved)) => return (replay(saved), true, false),
            Ok(Opened::New(caller, slot)) => (caller, slot),
            Err(error) => return (refusal(error, &request_id, state.clock.now()), false, false),
        }
    };
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let state = &mut *shared.state();
    let now = state.clock.now();
    let result = api::execute(state, incoming.call(caller, now));
    let (reply, kept) = match result {
        Ok(object) => (Reply::json(200, &object), true),
        Err(error) => {
            let kept = error.kept;
            (refusal(error, &request_id, now), kept)
        }
    };
    if let Some(slot) = slot {
        let saved = Saved { status: reply.status, body: reply.body.clone(), request_id };
        state.idempotency.close(&slot, kept.then_some(saved));
    }
    (reply, false, kept)
}

enum Opened {
    Replay(Saved),
    New(Caller, Option<Slot>),
}

/// Who sends it, and whether it was sent before. The idempotency key is locked from here on.
fn open(state: &mut State, incoming: &Incoming) -> Result<Opened, Error> {
    let caller = state.keys.authenticate(incoming.api_key.as_deref())?;
    let Some(key) = &incoming.idempotency_key else { return Ok(Opened::New(caller, None)) };
    let slot = (caller.account, key.clone());
    let fingerprint = Fingerprint { path: incoming.path.clone(), params: incoming.params.canonical() };
    let now_ms = state.clock.now_ms();
    Ok(match state.idempotency.open(&slot, fingerprint, now_ms)? {
        Some(saved) => Opened::Replay(saved),
        None => Opened::New(caller, Some(slot)),
    })
}

fn replay(saved: Saved) -> Reply {
    Reply::new(saved.status, "application/json", saved.body)
        .header("idempotent-replayed", "true")
        .header("original-request", saved.request_id)
}

fn refusal(error: Error, request_id: &str, now: u64) -> Reply {
    let (status, headers) = (error.status, error.headers.clone());
    let body: Value = error.into_body(request_id, now);
    headers.into_iter().fold(Reply::json(status, &body), |reply, (name, value)| reply.header(name, value))
}

/// The headers that every answer of Stripe carries.
fn echoed(incoming: &Incoming) -> Vec<(&'static str, String)> {
    let mut headers = vec![
        ("request-id", incoming.request_id.clone()),
        ("stripe-version", incoming.version.clone()),
        ("cache-control", "no-cache, no-store".to_owned()),
    ];
    headers.extend(incoming.idempotency_key.clone().map(|key| ("idempotency-key", key)));
    headers
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = header(headers, header::AUTHORIZATION.as_str())?;
    value.strip_prefix("Bearer ").map(|key| key.trim().to_owned())
}

pub(crate) fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
