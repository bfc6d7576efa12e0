//! A shopper's visit: what has to be connected while the shopper waits.

use crate::fake::Fake;
use crate::trial::{call, millis, pay};
use runtime::{Environment, HttpRequest};
use serde::Serialize;
use std::error::Error;
use std::time::Duration;

/// Longer than an idle connection to Stripe is kept.
const IDLE: Duration = Duration::from_secs(26);

/// One payment of a visit.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Visit {
    pub(crate) what: &'static str,
    /// Connections to Stripe that were opened between the request and the answer.
    pub(crate) opened: u64,
    /// Those that were opened before the request, since the last payment's.
    pub(crate) beforehand: u64,
    /// Those of both that a TLS ticket made short.
    pub(crate) resumed: u64,
    /// Milliseconds.
    pub(crate) took: f64,
}

/// A payment right after the start, and one after a pause that no connection outlives, with `/api/config` before it.
pub(crate) async fn run(environment: &mut Environment, stripe: &Fake) -> Result<Vec<Visit>, Box<dyn Error>> {
    environment.recycle().await;
    let begun = (stripe.connections(), stripe.resumed());
    environment.start().await.map_err(|crash| format!("{crash:?}"))?;
    let first = visit("the first, right after init", environment, stripe, begun).await?;
    tokio::time::sleep(IDLE).await;
    let begun = (stripe.connections(), stripe.resumed());
    call(environment, &HttpRequest::get("/api/config")).await?;
    let after_config = visit("after 26 s without a request, and `/api/config`", environment, stripe, begun).await?;
    Ok(vec![first, after_config])
}

/// Pays, with the counts of the connections as they stood when the visit had `begun`.
async fn visit(
    what: &'static str,
    environment: &mut Environment,
    stripe: &Fake,
    begun: (u64, u64),
) -> Result<Visit, Box<dyn Error>> {
    let before = stripe.connections();
    let took = millis(pay(environment).await?);
    let (opened, beforehand) = (stripe.connections() - before, before - begun.0);
    Ok(Visit { what, opened, beforehand, resumed: stripe.resumed() - begun.1, took })
}
