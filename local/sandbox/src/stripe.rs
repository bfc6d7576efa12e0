//! A request to Stripe on its way: key, version, idempotency, locks, the endpoint, the answer kept.

use axum::body::Bytes;
use axum::http::request::Parts;
use serde_json::Value;

use crate::api::{self, Call};
use crate::error::Error;
use crate::idempotency::{Fingerprint, Saved, Slot};
use crate::incoming::Incoming;
use crate::keys::{AccountId, Caller};
use crate::reply::Reply;
use crate::state::{Shared, State};
use crate::versions::Version;

/// An answer, and what became of the request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) reply: Reply,
    pub(crate) request_id: String,
    pub(crate) replayed: bool,
    pub(crate) executed: bool,
}

/// Answers one request under `/v1/`.
///
/// It goes on to its end even if the caller goes away: spawn it.
pub(crate) async fn answer(shared: &Shared, parts: &Parts, body: &Bytes) -> Answer {
    let incoming = Incoming::new(parts, body);
    let headers = incoming.echoed();
    let request_id = incoming.request_id.clone();
    let (mut reply, replayed, executed) = run(shared, incoming).await;
    reply.headers.extend(headers);
    Answer { reply, request_id, replayed, executed }
}

async fn run(shared: &Shared, incoming: Incoming) -> (Reply, bool, bool) {
    let request_id = incoming.request_id.clone();
    let (call, held) = {
        let state = &mut *shared.state();
        match admit(state, incoming) {
            Ok(Admitted::Replay(saved)) => return (replay(saved), true, false),
            Ok(Admitted::New(call, held)) => (call, held),
            Err(error) => return (refusal(error, &request_id, state.clock.now()), false, false),
        }
    };
    if !shared.latency.is_zero() {
        tokio::time::sleep(shared.latency).await;
    }
    let state = &mut *shared.state();
    let now = state.clock.now();
    if held.epoch != state.epoch {
        return (refusal(Error::new(500, "api_error", "The sandbox was reset."), &request_id, now), false, false);
    }
    let (reply, kept) = match api::execute(state, call, now) {
        Ok(object) => (Reply::json(200, &object), true),
        Err(error) => {
            let kept = error.kept;
            (refusal(error, &request_id, now), kept)
        }
    };
    held.release(state, kept.then(|| Saved { status: reply.status, body: reply.body.clone(), request_id }));
    (reply, false, kept)
}

enum Admitted {
    Replay(Saved),
    New(Call, Held),
}

/// What a request holds while it runs: its idempotency key, and the object that it changes.
struct Held {
    epoch: u64,
    account: AccountId,
    slot: Option<Slot>,
    object: Option<String>,
}

impl Held {
    fn release(self, state: &mut State, answer: Option<Saved>) {
        if let Some(slot) = self.slot {
            state.idempotency.close(&slot, answer);
        }
        if let Some(object) = self.object {
            state.locks.release(self.account, &object);
        }
    }
}

/// Who sends it, at which version, and whether it was sent before.
fn admit(state: &mut State, incoming: Incoming) -> Result<Admitted, Error> {
    let caller: Caller = state.keys.authenticate(incoming.api_key.as_deref())?;
    let version = Version::parse(&incoming.version)?;
    let object = incoming.changed_object().map(str::to_owned);
    let params = incoming.params?;
    let account = caller.account;

    let slot = incoming.idempotency_key.map(|key| (account, key));
    if let Some(slot) = &slot {
        let request = Fingerprint { path: incoming.path.clone(), params: params.canonical() };
        let now_ms = state.clock.now_ms();
        if let Some(saved) = state.idempotency.open(slot, request, now_ms)? {
            return Ok(Admitted::Replay(saved));
        }
    }
    if let Some(object) = &object
        && let Err(error) = state.locks.take(account, object)
    {
        Held { epoch: state.epoch, account, slot, object: None }.release(state, None);
        return Err(error);
    }
    let call = Call { caller, version, method: incoming.method, path: incoming.path, params };
    Ok(Admitted::New(call, Held { epoch: state.epoch, account, slot, object }))
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
