//! The protocol of a checkout: which step comes next, given what was observed. No I/O and no clock, so that every way through
//! it can be tried (tests/properties/protocol.rs). `after_write` and `after_read` say what follows from an observation.

use super::machine::{Machine, Observation, Phase, Step, refused, unknown};
use super::request::Goal;
use super::state;
use crate::outcome::{CheckoutState, UnknownReason};
use crate::stripe::Status;
use std::mem;

impl Machine<'_> {
    /// The first step.
    pub fn start(&mut self) -> Step {
        match &self.request.goal {
            Goal::Close(refusal) if !self.request.resend => refused(refusal.clone(), CheckoutState::Open),
            Goal::Confirm(confirm) => self.read(confirm.payment_intent.clone(), Phase::Reading),
            Goal::Pay(_) if self.request.settle_only => self.find(None),
            Goal::Pay(_) => self.create(false),
            Goal::Close(_) => self.begin_closing(),
        }
    }

    /// The step that follows from what was observed.
    pub fn next(&mut self, seen: Observation) -> Step {
        match (mem::replace(&mut self.phase, Phase::Finished), seen) {
            // A saved success does not change any more; the read only adds what was given back.
            (_, Observation::Read(read)) if self.paid.is_some() => {
                let fresh = read.ok().filter(|intent| intent.status == Status::Succeeded);
                fresh.map(|intent| state::paid(&intent)).or(self.paid.take()).map_or(unknown(self.reason), Step::Finish)
            }
            (Phase::Creating { sent_twice }, Observation::Written(answer)) => self.created(sent_twice, answer),
            (Phase::WritingTombstone, Observation::Written(answer)) => self.tombstone_written(answer),
            (Phase::Confirming { intent, number }, Observation::Written(answer)) => self.confirmed(intent, number, &answer),
            (Phase::Canceling { intent }, Observation::Written(answer)) => self.canceled(intent, answer),
            (Phase::Finding { tombstone }, Observation::Found(Ok(found))) => self.found(tombstone, found),
            (Phase::Reading, Observation::Read(Ok(intent))) => self.was_read(intent),
            (Phase::Checking { number, row, refusal }, Observation::Read(Ok(intent))) => self.check(intent, number, row, refusal),
            (Phase::Verifying, Observation::Read(Ok(intent))) => self.ended(&intent).unwrap_or(unknown(self.reason)),
            (phase, Observation::Read(Err(failure)) | Observation::Found(Err(failure))) => self.not_read(&phase, failure),
            (_, Observation::Written(_) | Observation::Read(Ok(_)) | Observation::Found(Ok(_))) => {
                unknown(UnknownReason::Unforeseen)
            }
        }
    }
}
