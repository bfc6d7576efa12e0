//! All that one event says to Stripe, inside one budget of time.

use super::client::{Answer, Call, Client};
use super::error::Failure;
use super::retry::{self, Next};
use crate::secret::{Account, Secret};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// One attempt at Stripe takes at most this long; a card's bank seldom takes more than a few seconds.
const ATTEMPT: Duration = Duration::from_secs(8);
const FIRST_PAUSE: Duration = Duration::from_millis(500);

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

/// What the conversation came to, for the log.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Requests sent.
    pub attempts: u32,
    /// The time that Stripe took for them.
    pub latency: Duration,
    /// Stripe's id of the last one (`req_…`).
    pub request_id: Option<String>,
}

/// The client, the account's key and the budget of one event.
pub struct Conversation<'a> {
    client: &'a Client,
    secret: &'a Secret,
    account: Arc<Account>,
    budget: Budget,
    tally: Tally,
    key_renewed: bool,
    maybe_executed: bool,
}

impl<'a> Conversation<'a> {
    /// Begins with the key of `account`.
    pub fn new(client: &'a Client, secret: &'a Secret, account: Arc<Account>, budget: Budget) -> Self {
        Self { client, secret, account, budget, tally: Tally::default(), key_renewed: false, maybe_executed: false }
    }

    /// Whether any write so far may have been executed. Once true, no refusal proves anything.
    pub fn maybe_executed(&self) -> bool {
        self.maybe_executed
    }

    /// What it came to so far.
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Sends `call`, again and again where that is right, until an answer stands or time is up.
    pub async fn call<T: DeserializeOwned>(&mut self, call: &Call) -> Result<Answer<T>, Failure> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let result = self.attempt(call).await;
            let Err(failure) = result else { return result };
            let wait = match retry::next(&failure, attempt) {
                Next::Stop => return Err(failure),
                Next::Now => Duration::ZERO,
                Next::Later => retry::pause(FIRST_PAUSE.min(self.budget.total / 16), attempt, fastrand::f64()),
            };
            if wait >= self.budget.left(call.share()) {
                return Err(failure);
            }
            tokio::time::sleep(wait).await;
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
        if limit.is_zero() {
            return Err(Failure::NotSent);
        }
        let began = Instant::now();
        let (result, request_id) = self.client.send(call, self.account.key(), limit).await;
        self.tally.attempts += 1;
        self.tally.latency += began.elapsed();
        self.tally.request_id = request_id.or(self.tally.request_id.take());
        if call.writes() && result.as_ref().err().is_none_or(|failure| !failure.executed_nothing()) {
            self.maybe_executed = true;
        }
        result
    }
}
