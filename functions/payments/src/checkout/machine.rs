//! One request on its way to its outcome: what is known so far, and the steps that can be taken.

use super::answers::{Row, WriteResult};
use super::request::{CheckoutRequest, Goal};
use super::state::{self, PriorAttempt};
use super::{Age, writes};
use crate::outcome::{CheckoutState, Outcome, Refusal, UnknownReason};
use crate::settings::CardAuthentication;
use crate::stripe::{Call, Failure, PaymentIntent, PaymentIntentId, PaymentMethodId};
use uuid::Uuid;

/// What is done next.
#[derive(Debug)]
pub enum Step {
    /// Send this to Stripe.
    Write(Call),
    /// Read a PaymentIntent afresh.
    Read(PaymentIntentId),
    /// Look for the PaymentIntents with the checkout's id.
    Find,
    /// The request has its outcome.
    Finish(Outcome),
}

/// What a new PaymentIntent is made by, and the limits of this event.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// What is added to the merchant's name on the shopper's statement.
    pub statement_descriptor_suffix: Option<&'a str>,
    /// How a new PaymentIntent treats a card that requires authentication.
    pub card_authentication: CardAuthentication,
    /// Whether the kill switch is on.
    pub paused: bool,
    /// When the event arrived, in milliseconds since 1970.
    pub now_ms: u64,
    /// A random value of this event alone.
    pub nonce: Uuid,
}

/// What came of a step.
#[derive(Debug)]
pub enum Observation {
    /// Stripe's answer to a write.
    Written(WriteResult),
    /// A fresh PaymentIntent.
    Read(Result<PaymentIntent, Failure>),
    /// The PaymentIntents with the checkout's id.
    Found(Result<Found, Failure>),
}

/// What the search for a checkout's PaymentIntents brought.
#[derive(Debug, Default)]
pub struct Found {
    /// Those whose metadata names the checkout, newest first.
    pub intents: Vec<PaymentIntent>,
    /// Whether everything was looked through in which there could be one.
    pub complete: bool,
    /// Why something else may belong to the checkout: it does not say so, or cannot be read.
    pub doubtful: Option<UnknownReason>,
}

/// What is being waited for.
#[derive(Clone, Debug)]
pub(super) enum Phase {
    /// The answer to the create, which may have been sent a second time to find out whether Stripe saved its refusal.
    Creating {
        sent_twice: bool,
    },
    WritingTombstone,
    /// The checkout's PaymentIntents; its tombstone may have been written.
    Finding {
        tombstone: Option<PaymentIntent>,
    },
    Reading,
    /// The answer to a confirm with the card of this number, or with an authenticated card.
    Confirming {
        intent: PaymentIntent,
        number: Option<u32>,
    },
    /// A fresh read after a confirm that was answered by this row.
    Checking {
        number: Option<u32>,
        row: Row,
        refusal: Refusal,
    },
    Canceling {
        intent: PaymentIntentId,
    },
    /// A fresh read after a cancel whose answer says nothing.
    Verifying,
    Finished,
}

/// One request on its way to its outcome.
#[derive(Clone, Debug)]
pub struct Machine<'a> {
    pub(super) terms: Terms<'a>,
    pub(super) request: CheckoutRequest,
    pub(super) age: Age,
    pub(super) phase: Phase,
    /// The card that a saved answer is about.
    pub(super) prior: Option<PriorAttempt>,
    /// A saved success: it stays true if the fresh read fails.
    pub(super) paid: Option<Outcome>,
    /// The refusal that Stripe saved under the checkout's key: told if no PaymentIntent is found.
    pub(super) dead: Option<Refusal>,
    /// Why the outcome is unknown, if nothing more can be found out.
    pub(super) reason: UnknownReason,
}

impl<'a> Machine<'a> {
    /// A request under these `terms`.
    pub fn new(mut request: CheckoutRequest, terms: Terms<'a>) -> Self {
        if terms.paused && !request.settle_only && !matches!(request.goal, Goal::Close(_)) {
            request.goal = Goal::Close(Refusal::Paused);
        }
        let age = request.checkout.age(terms.now_ms);
        Self { terms, request, age, phase: Phase::Finished, prior: None, paid: None, dead: None, reason: UnknownReason::NoTrace }
    }

    /// What is asked, of which checkout.
    pub fn request(&self) -> &CheckoutRequest {
        &self.request
    }

    /// Creates and confirms the checkout's PaymentIntent.
    pub(super) fn create(&mut self, sent_twice: bool) -> Step {
        let Goal::Pay(pay) = &self.request.goal else { return unknown(UnknownReason::Unforeseen) };
        let call = writes::create(self.request.checkout, pay, &self.terms);
        self.write(Phase::Creating { sent_twice }, call)
    }

    /// Closes a checkout of which no PaymentIntent is known: by a tombstone, or, when nothing can be under way any more, by
    /// what is found.
    pub(super) fn begin_closing(&mut self) -> Step {
        if self.age == Age::Settled || self.request.settle_only {
            return self.find(None);
        }
        self.write(Phase::WritingTombstone, writes::tombstone(self.request.checkout))
    }

    pub(super) fn write(&mut self, phase: Phase, call: Call) -> Step {
        self.phase = phase;
        Step::Write(call)
    }

    pub(super) fn read(&mut self, intent: PaymentIntentId, phase: Phase) -> Step {
        self.phase = phase;
        Step::Read(intent)
    }

    pub(super) fn find(&mut self, tombstone: Option<PaymentIntent>) -> Step {
        self.phase = Phase::Finding { tombstone };
        Step::Find
    }

    pub(super) fn ended(&self, intent: &PaymentIntent) -> Option<Step> {
        state::ended(intent, &self.refusal()).map(Step::Finish)
    }

    /// What is told once the checkout is closed.
    pub(super) fn refusal(&self) -> Refusal {
        match &self.request.goal {
            Goal::Close(refusal) => refusal.clone(),
            Goal::Pay(_) | Goal::Confirm(_) if self.age == Age::Live => Refusal::CheckoutClosed,
            Goal::Pay(_) | Goal::Confirm(_) => Refusal::CheckoutExpired,
        }
    }

    pub(super) fn card(&self) -> Option<&PaymentMethodId> {
        match &self.request.goal {
            Goal::Pay(pay) => Some(&pay.card),
            Goal::Confirm(confirm) => Some(&confirm.card),
            Goal::Close(_) => None,
        }
    }
}
pub(super) fn refused(refusal: Refusal, checkout: CheckoutState) -> Step {
    Step::Finish(Outcome::NotAttempted { refusal, checkout })
}

pub(super) fn unknown(reason: UnknownReason) -> Step {
    Step::Finish(Outcome::Unknown(reason))
}
