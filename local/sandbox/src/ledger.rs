//! What happened: every object and every request, for tests to look at.

use serde::Serialize;

use crate::charge::Charge;
use crate::intent::PaymentIntent;
use crate::payment_method::PaymentMethod;
use crate::refund::Refund;

/// One request that the sandbox saw.
#[derive(Clone, Debug, Serialize)]
pub struct Request {
    /// Milliseconds since the Unix epoch, by the sandbox's clock.
    pub at_ms: u64,
    /// `req_…`; empty where no such id was given.
    pub id: String,
    /// `GET`, `POST`; Secrets Manager's operation.
    pub method: String,
    /// The path without its query; `secretsmanager`.
    pub path: String,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// The status that was answered; `None` if no answer left (yet).
    pub status: Option<u16>,
    /// Whether the answer was a saved one, told again.
    pub replayed: bool,
    /// Whether the endpoint executed, whatever the caller was told.
    pub executed: bool,
    /// Milliseconds from its arrival to its answer.
    pub ms: u64,
    /// The fault that it met, by its name in JSON.
    pub fault: Option<String>,
}

/// The requests seen since the last reset. A request keeps its number over a reset, so that one still under way then finds nothing.
#[derive(Debug, Default)]
pub(crate) struct Log {
    forgotten: usize,
    requests: Vec<Request>,
}

impl Log {
    /// Notes a request; its number.
    pub(crate) fn push(&mut self, request: Request) -> usize {
        self.requests.push(request);
        self.forgotten + self.requests.len() - 1
    }

    pub(crate) fn get_mut(&mut self, number: usize) -> Option<&mut Request> {
        self.requests.get_mut(number.checked_sub(self.forgotten)?)
    }

    pub(crate) fn requests(&self) -> &[Request] {
        &self.requests
    }

    pub(crate) fn forget(&mut self) {
        self.forgotten += self.requests.len();
        self.requests = Vec::new();
    }
}

/// Everything that the sandbox holds at one moment, oldest first, in place.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// All `PaymentIntents`.
    pub intents: &'a [PaymentIntent],
    /// All charges, failed ones included.
    pub charges: &'a [Charge],
    /// All `PaymentMethods`.
    pub payment_methods: &'a [PaymentMethod],
    /// All refunds.
    pub refunds: &'a [Refund],
    /// All requests.
    pub requests: &'a [Request],
}

/// A snapshot of everything the sandbox holds, of all its accounts, oldest first. The same as `GET /_sandbox/ledger`.
#[derive(Clone, Debug, Serialize)]
pub struct Ledger {
    pub(crate) intents: Vec<PaymentIntent>,
    pub(crate) charges: Vec<Charge>,
    pub(crate) payment_methods: Vec<PaymentMethod>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) requests: Vec<Request>,
}

impl Ledger {
    /// All `PaymentIntents`.
    pub fn intents(&self) -> &[PaymentIntent] {
        &self.intents
    }

    /// All charges, failed ones included.
    pub fn charges(&self) -> &[Charge] {
        &self.charges
    }

    /// The charges that took money.
    pub fn paid_charges(&self) -> impl Iterator<Item = &Charge> {
        self.charges.iter().filter(|charge| charge.paid)
    }

    /// All `PaymentMethods`.
    pub fn payment_methods(&self) -> &[PaymentMethod] {
        &self.payment_methods
    }

    /// All refunds.
    pub fn refunds(&self) -> &[Refund] {
        &self.refunds
    }

    /// All requests to Stripe (its files included) and to Secrets Manager.
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }
}
