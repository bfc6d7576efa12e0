//! A request to Stripe on its way: key, version, idempotency, locks, the endpoint, the answer kept.

use std::time::Duration;

use serde_json::Value;

use crate::api::{self, Call};
use crate::early::Early;
use crate::error::Error;
use crate::faults::{Fault, answers};
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

/// A request under `/v1/` that was admitted or refused, and not yet executed.
#[derive(Debug)]
pub(crate) struct Begun {
    request_id: String,
    headers: Vec<(&'static str, String)>,
    admitted: Result<Admitted, Error>,
}

/// Lets a request in, or not. From here on it holds its idempotency key and its object.
pub(crate) fn begin(state: &mut State, incoming: Incoming, fault: Option<&Fault>) -> Begun {
    let (request_id, headers) = (incoming.request_id.clone(), incoming.echoed());
    let admitted = match answers::refusal(fault, incoming.idempotency_key.as_deref(), &state.behaviour) {
        Some(error) => Err(error),
        None => admit(state, incoming),
    };
    Begun { request_id, headers, admitted }
}

/// Executes and answers it, as far as its fault lets it.
///
/// It goes on to its end even if the caller goes away: spawn it.
pub(crate) async fn finish(shared: &Shared, begun: Begun, fault: Option<&Fault>) -> Answer {
    let Begun { request_id, headers, admitted } = begun;
    let mut answer = match admitted {
        Ok(Admitted::Replay(saved)) => Answer { reply: replay(saved), request_id, replayed: true, executed: false },
        Ok(Admitted::New(call, held)) => run(shared, call, held, fault, request_id).await,
        Err(error) => refused(error, request_id, shared.state().clock.now()),
    };
    answer.reply.headers.extend(headers);
    answer
}

async fn run(shared: &Shared, call: Call, held: Held, fault: Option<&Fault>, request_id: String) -> Answer {
    let latency = shared.state().behaviour.latency();
    let delay = latency + fault.map_or(Duration::ZERO, Fault::delay);
    let early = Early::begin(&mut shared.state(), &call, fault);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let state = &mut *shared.state();
    let now = state.clock.now();
    if held.epoch != state.epoch {
        return refused(Error::new(500, "api_error", "The sandbox was reset."), request_id, now);
    }
    let (result, executed) = execute(state, call, early, now, fault);
    let (reply, kept) = match result {
        Ok(object) => (Reply::json(200, &object), true),
        Err(error) => {
            let kept = error.kept || state.behaviour.keeps(error.status);
            (refusal(error, &request_id, now), kept)
        }
    };
    held.release(state, kept.then(|| Saved { status: reply.status, body: reply.body.clone(), request_id: request_id.clone() }));
    Answer { reply, request_id, replayed: false, executed }
}

/// What is answered, and whether it was executed.
fn execute(state: &mut State, call: Call, early: Option<Early>, now: u64, fault: Option<&Fault>) -> (Result<Value, Error>, bool) {
    if let Some(error) = answers::instead(fault) {
        return (Err(error), false);
    }
    let result = match early {
        Some(early) => early.finish(state),
        None => api::execute(state, call, now),
    };
    let executed = result.as_ref().err().is_none_or(|error| error.kept);
    if executed && fault == Some(&Fault::ErrorExecuted) {
        return (Err(answers::outage()), true);
    }
    (result, executed)
}

fn refused(error: Error, request_id: String, now: u64) -> Answer {
    Answer { reply: refusal(error, &request_id, now), request_id, replayed: false, executed: false }
}

#[derive(Debug)]
enum Admitted {
    Replay(Saved),
    New(Call, Held),
}

/// What a request holds while it runs: its idempotency key, and the object that it changes.
#[derive(Debug)]
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

    let api_key = incoming.api_key.filter(|_| state.behaviour.keys_by_api_key);
    let slot = incoming.idempotency_key.map(|key| Slot { account, api_key, key });
    if let Some(slot) = &slot {
        let request = Fingerprint { path: incoming.path.clone(), params: params.canonical() };
        let now_ms = state.clock.now_ms();
        if let Some(saved) = state.idempotency.open(slot, request, now_ms, &state.behaviour)? {
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
