//! Between the function and Stripe or Secrets Manager: what goes wrong with a request is a decision.

use crate::shared::{REQUESTS, Shared};
use futures_util::future::BoxFuture;
use lambda_http::http::{Method, Request, Response};
use payments::network::{NetworkError, SimulatedNetwork};
use sandbox::{Cut, Fault, InProcess};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long a request takes to Stripe, and an answer back.
const WAY: Duration = Duration::from_millis(20);

/// Of a thousand requests of the function, how many meet a fault, as long as any may happen.
const FAULTS: u32 = 90;

/// An outage is so many requests more.
const LASTS: u32 = 8;

/// The network of all environments of a world.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) sandbox: Arc<InProcess>,
    pub(crate) shared: Shared,
    /// What goes wrong with the next requests, too, and with how many.
    pub(crate) lasting: Mutex<Option<(Fault, u32)>>,
}

impl Network {
    fn drawn(&self, faults: &[Fault], explored: usize) -> Option<Fault> {
        let fault = faults.get(self.shared.goes_wrong(FAULTS, faults.len(), explored)?)?.clone();
        if self.shared.pick(&[4, 1], 1) == 1 {
            *self.lasting.lock().unwrap_or_else(PoisonError::into_inner) = Some((fault.clone(), LASTS));
        }
        Some(fault)
    }

    fn lasting(&self) -> Option<Fault> {
        let mut lasting = self.lasting.lock().unwrap_or_else(PoisonError::into_inner);
        let (fault, left) = lasting.take().filter(|_| !self.shared.is_calm())?;
        *lasting = (left > 1).then(|| (fault.clone(), left - 1));
        Some(fault)
    }
}

impl SimulatedNetwork for Network {
    fn send(&self, request: Request<Vec<u8>>) -> BoxFuture<'static, Result<Response<Vec<u8>>, NetworkError>> {
        let shared = self.shared.clone();
        let (faults, explored) = faults(&request);
        let fault = self.lasting().or_else(|| self.drawn(&faults, explored));
        if request.uri().path().starts_with("/v1/") {
            let is_write = request.method() == Method::POST;
            let _ = REQUESTS.try_with(|requests| requests.set(requests.get().with(is_write, request.uri().path())));
        }
        let sandbox = self.sandbox.clone();
        Box::pin(async move {
            let what = format!("{} {}", request.method(), request.uri().path());
            if matches!(fault, Some(Fault::RefuseConnections { .. })) {
                shared.story.step(format!("    {what}: no connection"));
                return Err(NetworkError::NotConnected);
            }
            let told = fault.as_ref().map(|fault| format!(" {fault:?}")).unwrap_or_default();
            // What has left arrives, whatever becomes of its sender.
            let exchange = tokio::spawn(exchange(sandbox, request, fault, shared, what + &told));
            exchange.await.unwrap_or(Err(Cut)).map_err(|Cut| NetworkError::Cut)
        })
    }
}

async fn exchange(
    sandbox: Arc<InProcess>,
    request: Request<Vec<u8>>,
    fault: Option<Fault>,
    shared: Shared,
    what: String,
) -> Result<Response<Vec<u8>>, Cut> {
    tokio::time::sleep(WAY).await;
    let answer = sandbox.send(request, fault).await;
    shared.story.step(match &answer {
        Ok(response) => format!("    {what}: {}{}", response.status().as_u16(), replayed(response)),
        Err(Cut) => format!("    {what}: cut"),
    });
    if let Ok(response) = &answer
        && response.status() == 402
    {
        let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        body["error"]["payment_method"]["id"].as_str().into_iter().for_each(|card| shared.decline(card));
    }
    tokio::time::sleep(WAY).await;
    answer
}

fn replayed(response: &Response<Vec<u8>>) -> &'static str {
    if response.headers().contains_key("idempotent-replayed") { ", replayed" } else { "" }
}

/// What can go wrong with a request, and how many of it exploring tries.
fn faults(request: &Request<Vec<u8>>) -> (Vec<Fault>, usize) {
    let late = |seconds: u64| Fault::LateReply { ms: seconds * 1000 };
    let lost = [Fault::CutAfter, Fault::RefuseConnections { ms: 0 }, Fault::HangBefore, Fault::HangAfter];
    if request.headers().contains_key("x-amz-target") {
        let of_secrets =
            [Fault::Throttled, Fault::Unavailable, Fault::SecretMissing, Fault::PaymentsPaused, Fault::RollKey, late(2)];
        return ([&lost[..], &of_secrets].concat(), 0);
    }
    let refused =
        [Fault::RateLimited, Fault::KeyExpired, Fault::Forbidden, Fault::ErrorUnexecuted, Fault::Garbage, Fault::RollKey];
    let slow = [late(3), late(12), Fault::CutBody, Fault::Html { status: 502, executed: true }];
    if request.method() != Method::POST {
        return ([&lost[..], &refused, &slow].concat(), 1);
    }
    let of_writes = [
        Fault::CutAfter,
        Fault::ErrorExecuted,
        Fault::ErrorKept,
        Fault::RefusalKept,
        Fault::Refusal,
        Fault::InUse,
        Fault::LockTimeout,
        Fault::Html { status: 503, executed: false },
        Fault::Delay { ms: 3000 },
        Fault::Delay { ms: 40_000 },
    ];
    ([&of_writes[..], &lost[1..], &refused, &slow].concat(), 2)
}
