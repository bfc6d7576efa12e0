//! One request from its arrival to its answer, with the fault that it meets on the way.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response};
use tokio::time::Instant;

use crate::clock::millis;
use crate::connection::Connection;
use crate::faults::{Delivery, Fault, Met, Side, answers};
use crate::incoming::{Incoming, header};
use crate::reply::Reply;
use crate::state::Shared;
use crate::stripe::Begun;
use crate::{browser, ids, ledger, secrets, stripe};

const LARGEST_BODY: usize = 1 << 20;

/// A request that has arrived.
pub(crate) struct Visit {
    shared: Arc<Shared>,
    side: Side,
    parts: Parts,
    body: Bytes,
}

/// What its arrival came to.
struct Arrival {
    met: Met,
    /// Its number in the ledger.
    number: usize,
    /// How it goes out if it is not to be executed.
    unexecuted: Option<Delivery>,
    /// Its request to Stripe, if it is one and is to be executed.
    begun: Option<Begun>,
}

impl Visit {
    /// Reads the request whole.
    pub(crate) async fn read(shared: Arc<Shared>, side: Side, request: Request<Body>) -> Self {
        let (parts, body) = read(request).await;
        Self { shared, side, parts, body }
    }

    /// Executes and answers it, as far as its fault lets it.
    pub(crate) async fn answer(self) -> Response<Body> {
        let (started, shared) = (Instant::now(), Arc::clone(&self.shared));
        let connection = self.parts.extensions.get::<Connection>().cloned().unwrap_or_default();
        let Arrival { met: Met { fault, should_retry }, number, unexecuted, begun } = self.arrive();
        if let Some(Fault::RefuseConnections { ms }) = &fault {
            connection.ends_by_reset();
            shared.close_port(Duration::from_millis(*ms));
        }
        let delivery = unexecuted.unwrap_or_else(|| Delivery::of(fault.as_ref()));
        let reply = match unexecuted {
            Some(_) => Reply::nothing(),
            // What began is finished even if the caller hangs up: a task of its own.
            None => tokio::spawn(self.execute(begun, number, fault)).await.unwrap_or_else(|_| Reply::panicked()),
        };
        let mut response = delivery.send(reply, &connection).await;
        if let Some(should_retry) = should_retry {
            let value = HeaderValue::from_static(if should_retry { "true" } else { "false" });
            response.headers_mut().insert("stripe-should-retry", value);
        }
        if let Some(seen) = shared.state().log.get_mut(number) {
            seen.status = Some(response.status().as_u16());
            seen.ms = millis(started.elapsed());
        }
        response
    }

    /// Meets its fault, is noted and let in at one moment: requests are counted, listed and admitted in the same order.
    fn arrive(&self) -> Arrival {
        let state = &mut *self.shared.state();
        let met = match self.parts.extensions.get::<Fault>() {
            Some(given) => Met { fault: Some(given.clone()), should_retry: None },
            None => self.shared.faults.meet(self.side, &self.method(), self.path()),
        };
        let fault = met.fault.as_ref();
        match fault {
            Some(Fault::RollKey) => drop(state.roll_key()),
            Some(Fault::SwitchAccount) => state.switch_account(),
            _ => {}
        }
        let number = state.log.push(ledger::Request {
            at_ms: state.clock.now_ms(),
            id: String::new(),
            method: self.method(),
            path: self.path().to_owned(),
            idempotency_key: header(&self.parts.headers, "idempotency-key"),
            status: None,
            replayed: false,
            executed: false,
            ms: 0,
            fault: met.name(),
        });
        let unexecuted = Delivery::without_execution(fault);
        let begins = self.side == Side::Stripe && unexecuted.is_none();
        let begun = begins.then(|| stripe::begin(state, Incoming::new(&self.parts, &self.body), fault));
        Arrival { met, number, unexecuted, begun }
    }

    async fn execute(self, begun: Option<Begun>, number: usize, fault: Option<Fault>) -> Reply {
        let fault = fault.as_ref();
        if let Some(begun) = begun {
            let answer = stripe::finish(&self.shared, begun, fault).await;
            if let Some(seen) = self.shared.state().log.get_mut(number) {
                seen.id = answer.request_id;
                seen.replayed = answer.replayed;
                seen.executed = answer.executed;
            }
            return answer.reply;
        }
        tokio::time::sleep(fault.map_or(Duration::ZERO, Fault::delay)).await;
        if self.side == Side::SecretsManager { self.secret(number, fault) } else { browser::file(self.parts.uri.path()) }
    }

    fn secret(&self, number: usize, fault: Option<&Fault>) -> Reply {
        let mut state = self.shared.state();
        let now = state.clock.now();
        let answer = state.secrets.answer(&self.method(), &self.body, now);
        let (status, body) = answers::secret(fault, answer);
        if let Some(seen) = state.log.get_mut(number) {
            seen.executed = status == 200;
        }
        let reply = Reply::new(status, secrets::CONTENT_TYPE, body.to_string());
        reply.header("x-amzn-requestid", ids::request())
    }

    /// The HTTP method, or Secrets Manager's operation.
    fn method(&self) -> String {
        match self.side {
            Side::SecretsManager => operation(&self.parts).unwrap_or_default(),
            _ => self.parts.method.to_string(),
        }
    }

    fn path(&self) -> &str {
        match self.side {
            Side::SecretsManager => "secretsmanager",
            _ => self.parts.uri.path(),
        }
    }
}

/// Secrets Manager's operation, such as `GetSecretValue`.
fn operation(parts: &Parts) -> Option<String> {
    header(&parts.headers, "x-amz-target")?.strip_prefix("secretsmanager.").map(str::to_owned)
}

/// A body that breaks off or is too large is an empty one: no endpoint takes that.
pub(crate) async fn read(request: Request<Body>) -> (Parts, Bytes) {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    (parts, bytes)
}
