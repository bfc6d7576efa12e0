//! One port: Stripe's REST, Stripe.js, Secrets Manager and the controls.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::request::Parts;
use axum::http::{Request, Response};
use axum::routing::{any, get};

use crate::clock::millis;
use crate::reply::Reply;
use crate::state::Shared;
use crate::{browser, controls, ids, incoming, ledger, stripe};

const LARGEST_BODY: usize = 1 << 20;

/// All that the sandbox serves.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/{*path}", any(stripe_request))
        .route("/", any(secrets_manager))
        .route("/js/{*file}", get(file))
        .route("/{train}/stripe.js", get(file))
        .route("/_sandbox/{*path}", any(control))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(shared)
}

async fn file(request: Request<Body>) -> Response<Body> {
    browser::file(request.uri().path()).into()
}

async fn control(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = read(request).await;
    controls::answer(&shared, parts.method.as_str(), parts.uri.path(), &body).into()
}

/// Stripe finishes what it began even if the caller hangs up: the work is a task of its own.
async fn stripe_request(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = read(request).await;
    let work = tokio::spawn(async move {
        let started = Instant::now();
        let seen = begin(&shared, &parts, parts.uri.path());
        let answer = stripe::answer(&shared, &parts, &body).await;
        if let Some(seen) = shared.state().log.get_mut(seen) {
            seen.id = answer.request_id;
            seen.status = Some(answer.reply.status);
            seen.replayed = answer.replayed;
            seen.executed = answer.executed;
            seen.ms = millis(started.elapsed());
        }
        answer.reply
    });
    work.await.unwrap_or_else(|_| Reply::new(500, "text/plain", "The sandbox failed; its terminal says why.\n")).into()
}

async fn secrets_manager(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = read(request).await;
    let target = incoming::header(&parts.headers, "x-amz-target").unwrap_or_default();
    let Some(operation) = target.strip_prefix("secretsmanager.") else {
        return Reply::new(
            404,
            "text/plain; charset=utf-8",
            "This is Till's Stripe sandbox. Its ledger is at /_sandbox/ledger.\n",
        )
        .into();
    };
    let seen = begin(&shared, &parts, "secretsmanager");
    let mut state = shared.state();
    let now = state.clock.now();
    let (status, answer) = state.secrets.answer(operation, &body, now);
    if let Some(seen) = state.log.get_mut(seen) {
        operation.clone_into(&mut seen.method);
        seen.status = Some(status);
        seen.executed = status == 200;
    }
    Reply::new(status, "application/x-amz-json-1.1", answer.to_string()).header("x-amzn-requestid", ids::request()).into()
}

/// Notes a request in the ledger; its number there.
fn begin(shared: &Shared, parts: &Parts, path: &str) -> usize {
    let mut state = shared.state();
    let at_ms = state.clock.now_ms();
    state.log.push(ledger::Request {
        at_ms,
        id: String::new(),
        method: parts.method.to_string(),
        path: path.to_owned(),
        idempotency_key: incoming::header(&parts.headers, "idempotency-key"),
        status: None,
        replayed: false,
        executed: false,
        ms: 0,
    })
}

/// A body that breaks off or is too large is an empty one: no endpoint takes that.
async fn read(request: Request<Body>) -> (Parts, Bytes) {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    (parts, bytes)
}
