//! Everything that one event asks of Stripe, within one budget of time and requests.

use super::client::{Answer, Call, Client};
use super::error::Failure;
use super::retry::{self, Next};
use crate::secret::{Account, Secret};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// One attempt at Stripe takes at most this long; a card's bank seldom takes more than a few seconds.
const ATTEMPT: Duration = Duration::from_secs(8);
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// One event sends at most this many requests to Stripe, retries included, whatever it is asked: Stripe's limits are shared
/// by all shoppers (<https://docs.stripe.com/rate-limits>).
pub const MAX_REQUESTS: u32 = 16;

/// The time that an event may take, in shares: what comes first leaves some for what settles it.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    start: Instant,
    total: Duration,
}

impl Budget {
    /// Starts now.
    pub fn new(total: Duration) -> Self {
        Self { start: Instant::now(), total }
    }

    /// What is left of a share of it, from 0 to 1.
    pub fn left(&self, share: f64) -> Duration {
        self.total.mul_f64(share).saturating_sub(self.start.elapsed())
    }

    /// How long it has run.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

/// What a session came to, for the log.
#[derive(Clone, Debug, Default)]
pub struct CallStats {
    /// Requests sent.
    pub attempts: u32,
    /// The time that Stripe took for them.
    pub latency: Duration,
    /// Stripe's id of the last one (`req_…`).
    pub request_id: Option<String>,
}

/// The client, the account's key and the budget of one event.
pub struct Session<'a> {
    client: &'a Client,
    secret: &'a Secret,
    account: Arc<Account>,
    budget: Budget,
    stats: CallStats,
    key_renewed: bool,
    /// For another request of the same checkout.
    has_waited: bool,
}

impl<'a> Session<'a> {
    /// Begins with the key of `account`.
    pub fn new(client: &'a Client, secret: &'a Secret, account: Arc<Account>, budget: Budget) -> Self {
        Self { client, secret, account, budget, stats: CallStats::default(), key_renewed: false, has_waited: false }
    }

    /// What it came to so far.
    pub fn stats(&self) -> &CallStats {
        &self.stats
    }

    /// Sends `call`, again and again where that is right, until an answer stands, or time or requests run out.
    ///
    /// The error says the most that is known of all the attempts: where an earlier one may have been executed, a later one
    /// that was refused unexecuted proves nothing.
    pub async fn call<T: DeserializeOwned>(&mut self, call: &Call) -> Result<Answer<T>, Failure> {
        let mut known = None;
        let mut attempt = 0;
        loop {
            attempt += 1;
            let failure = match self.attempt(call).await {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            let is_busy = matches!(&failure, Failure::Refused(refused) if refused.is_busy());
            let gives_way = is_busy && call.gives_way() && std::mem::replace(&mut self.has_waited, true);
            let wait = match retry::next(&failure, attempt) {
                Next::Stop => None,
                _ if gives_way => None,
                Next::Now => Some(Duration::ZERO),
                Next::Later => Some(retry::pause(FIRST_PAUSE.min(self.budget.total / 16), attempt, fastrand::f64())),
            };
            let failure = match known.take() {
                Some(earlier) if proves_nothing_new(call, &failure, &earlier) => earlier,
                _ => failure,
            };
            match wait.filter(|wait| self.stats.attempts < MAX_REQUESTS && *wait < self.budget.left(call.share())) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(failure),
            }
            known = Some(failure);
        }
    }

    /// Sends `call` once, and once more if the key turns out dead: a rotation never fails a payment.
    async fn attempt<T: DeserializeOwned>(&mut self, call: &Call) -> Result<Answer<T>, Failure> {
        let result = self.send(call).await;
        match &result {
            Err(Failure::Refused(refused)) if refused.is_unauthorized() && !self.key_renewed => {
                self.key_renewed = true;
                let Ok(account) = self.secret.renewed(&self.account, self.budget.left(call.share())).await else { return result };
                self.account = account;
                self.send(call).await
            }
            _ => result,
        }
    }

    async fn send<T: DeserializeOwned>(&mut self, call: &Call) -> Result<Answer<T>, Failure> {
        let limit = ATTEMPT.min(self.budget.total.mul_f64(0.4)).min(self.budget.left(call.share()));
        // Paused since the event began: the key was rolled and payments paused in one, as when a key has leaked.
        let is_paused = call.charges() && self.account.paused();
        if limit.is_zero() || is_paused || self.stats.attempts >= MAX_REQUESTS {
            return Err(Failure::NotAsked);
        }
        let began = Instant::now();
        let (result, request_id) = self.client.send(call, self.account.key(), limit).await;
        self.stats.attempts += 1;
        self.stats.latency += began.elapsed();
        self.stats.request_id = request_id.or(self.stats.request_id.take());
        result
    }
}

/// Whether an attempt that failed says no more than an earlier one of the same call.
fn proves_nothing_new(call: &Call, failure: &Failure, earlier: &Failure) -> bool {
    matches!(failure, Failure::NotAsked) || call.writes() && failure.proves_not_executed() && !earlier.proves_not_executed()
}
