//! One request from its arrival to its answer, with the fault that it meets on the way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, Response};

use crate::clock::millis;
use crate::connection::Connection;
use crate::faults::{Delivery, Fault, Met, Side, answers};
use crate::incoming::{Incoming, header};
use crate::reply::Reply;
use crate::state::Shared;
use crate::{browser, ids, ledger, stripe};

const LARGEST_BODY: usize = 1 << 20;

/// A request that has arrived.
pub(crate) struct Visit {
    shared: Arc<Shared>,
    side: Side,
    parts: Parts,
    body: Bytes,
    connection: Connection,
    met: Met,
}

impl Visit {
    /// Reads the request whole, and learns which fault it meets.
    pub(crate) async fn arrive(shared: Arc<Shared>, side: Side, request: Request<Body>) -> Self {
        let (parts, body) = read(request).await;
        let connection = parts.extensions.get::<Connection>().cloned().unwrap_or_default();
        let mut visit = Self { shared, side, parts, body, connection, met: Met::default() };
        visit.met = visit.shared.faults.meet(side, &visit.method(), visit.path());
        visit
    }

    /// Executes and answers it, as far as its fault lets it.
    pub(crate) async fn answer(self) -> Response<Body> {
        let (started, connection, shared) = (Instant::now(), self.connection.clone(), Arc::clone(&self.shared));
        let Met { fault, should_retry } = self.met.clone();
        let number = self.note();
        match &fault {
            Some(Fault::RollKey) => drop(shared.state().roll_key()),
            Some(Fault::SwitchAccount) => shared.state().switch_account(),
            Some(Fault::RefuseConnections { ms }) => {
                connection.ends_by_reset();
                shared.close_port(Duration::from_millis(*ms));
            }
            _ => {}
        }
        let unexecuted = Delivery::without_execution(fault.as_ref());
        let reply = match unexecuted {
            Some(_) => None,
            // What began is finished even if the caller hangs up: a task of its own.
            None => Some(tokio::spawn(self.execute(number)).await.unwrap_or_else(|_| Reply::panicked())),
        };
        let delivery = unexecuted.unwrap_or_else(|| Delivery::of(fault.as_ref()));
        let mut response = delivery.send(reply.unwrap_or_else(Reply::nothing), &connection).await;
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

    async fn execute(self, number: usize) -> Reply {
        let fault = self.met.fault.as_ref();
        match self.side {
            Side::Stripe => {
                let incoming = Incoming::new(&self.parts, &self.body);
                let answer = stripe::answer(&self.shared, incoming, fault).await;
                if let Some(seen) = self.shared.state().log.get_mut(number) {
                    seen.id = answer.request_id;
                    seen.replayed = answer.replayed;
                    seen.executed = answer.executed;
                }
                answer.reply
            }
            Side::SecretsManager => {
                wait(fault).await;
                let mut state = self.shared.state();
                let now = state.clock.now();
                let answer = state.secrets.answer(&self.method(), &self.body, now);
                let (status, body) = answers::secret(fault, answer);
                if let Some(seen) = state.log.get_mut(number) {
                    seen.executed = status == 200;
                }
                let reply = Reply::new(status, "application/x-amz-json-1.1", body.to_string());
                reply.header("x-amzn-requestid", ids::request())
            }
            Side::Files => {
                wait(fault).await;
                browser::file(self.parts.uri.path())
            }
        }
    }

    /// Notes it in the ledger; its number there.
    fn note(&self) -> usize {
        let mut state = self.shared.state();
        let at_ms = state.clock.now_ms();
        state.log.push(ledger::Request {
            at_ms,
            id: String::new(),
            method: self.method(),
            path: self.path().to_owned(),
            idempotency_key: header(&self.parts.headers, "idempotency-key"),
            status: None,
            replayed: false,
            executed: false,
            ms: 0,
            fault: self.met.name(),
        })
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

async fn wait(fault: Option<&Fault>) {
    tokio::time::sleep(fault.map_or(Duration::ZERO, Fault::delay)).await;
}
