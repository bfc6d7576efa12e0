//! A checkout's way to its outcome.
//!
//! At most one PaymentIntent is ever made for a checkout, because its id alone is Stripe's idempotency key, and a
//! PaymentIntent succeeds at most once. `request` is what can be asked; `protocol` decides the steps, by the table in
//! `answers` and by what `state` reads off a PaymentIntent; [`CheckoutProcessor`] takes the steps at Stripe, `lookup` is one
//! of them; `writes` and `metadata` have the forms and keys of what is written.

mod after_read;
mod after_write;
mod answers;
mod id;
mod lookup;
mod machine;
mod metadata;
mod protocol;
mod request;
mod state;
mod writes;

pub use answers::{Next, Row, Write, WriteResult, next};
pub use id::{Age, CheckoutId, CheckoutIdError};
pub use machine::{Found, Machine, Observation, Step, Terms};
pub use request::{CheckoutRequest, ConfirmRequest, Goal, PayRequest};

use crate::outcome::Outcome;
use crate::stripe::{Call, Failure, PaymentIntent, PaymentIntentId, Session};

/// A checkout takes at most so many cards. The page has the same number (`MAX_CARDS` in static-site).
pub const MAX_CARDS: u32 = 8;

/// Takes the steps of one request at Stripe.
pub struct CheckoutProcessor<'a> {
    /// Within the event's budget.
    pub stripe: Session<'a>,
    /// What the request is decided by.
    pub terms: Terms<'a>,
}

impl CheckoutProcessor<'_> {
    /// Brings a request to its outcome.
    pub async fn process(&mut self, request: CheckoutRequest) -> Outcome {
        let mut machine = Machine::new(request, self.terms);
        let mut step = machine.start();
        loop {
            let seen = match step {
                Step::Finish(outcome) => return outcome,
                Step::Write(call) => Observation::Written(self.stripe.call(&call).await),
                Step::Read(intent) => Observation::Read(self.read(&intent).await),
                Step::Find => Observation::Found(self.find(machine.request()).await),
            };
            step = machine.next(seen);
        }
    }

    /// Reads a PaymentIntent afresh, with what was given back of its charge if the key may read charges.
    async fn read(&mut self, intent: &PaymentIntentId) -> Result<PaymentIntent, Failure> {
        let path = writes::path(intent);
        let with_charge = Call::get(&path, &[("expand[]", "latest_charge".to_owned())]);
        let answer = match self.stripe.call(&with_charge).await {
            Err(Failure::Refused(refused)) if refused.status == 403 => self.stripe.call(&Call::get(&path, &[])).await,
            answer => answer,
        };
        answer.map(|answer| answer.value)
    }
}
