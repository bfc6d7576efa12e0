//! What follows from Stripe's answer to a write, by the table in `answers`.

use super::answers::{self, Next, Row, Write, WriteResult};
use super::machine::{Machine, Phase, Step, unknown};
use super::state::{self, IntentState, PriorAttempt, classify, closed};
use crate::outcome::{Outcome, Refusal, UnknownReason};
use crate::stripe::{Answer, CardError, Failure, PaymentIntent, PaymentIntentId, PaymentMethodId, Status};

impl Machine<'_> {
    pub(super) fn created(&mut self, sent_twice: bool, answer: WriteResult) -> Step {
        let write = if self.request.resend { Write::CreateAgain } else { Write::CreateFirst };
        let row = self.note(&answer);
        match (answers::next(write, row), answer) {
            (Next::Tell, answer) => self.tell(&answer),
            (Next::Read, answer) => match intent_in(&answer) {
                Some(intent) => self.read(intent.id.clone(), Phase::Reading),
                None => unknown(UnknownReason::Unforeseen),
            },
            (Next::Find, _) => self.find(None),
            (Next::SendAgain, _) if !sent_twice => self.create(true),
            (Next::SendAgain | Next::Refuse, Err(failure)) => self.refuse(answers::refusal(&failure, write)),
            (Next::Dead, Err(failure)) => self.key_is_dead(answers::refusal(&failure, write)),
            _ => unknown(self.reason),
        }
    }

    pub(super) fn confirmed(&mut self, intent: PaymentIntent, number: Option<u32>, answer: &WriteResult) -> Step {
        let row = self.note(answer);
        match (answers::next(Write::Confirm, row), number) {
            (Next::Tell, _) => self.tell(answer),
            (Next::NextKey, Some(number)) => self.confirm(intent, number + 1),
            _ => {
                let refusal = answer.as_ref().err().map(|failure| answers::refusal(failure, Write::Confirm));
                let refusal = refusal.unwrap_or(Refusal::StripeRefused);
                self.read(intent.id, Phase::Checking { number, row, refusal })
            }
        }
    }

    pub(super) fn tombstone_written(&mut self, answer: WriteResult) -> Step {
        match (answers::next(Write::Tombstone, self.learn(&answer)), answer) {
            (Next::Written, Ok(Answer { value, .. })) => self.find(Some(value)),
            (Next::Find, _) => self.find(None),
            (Next::Dead, _) => self.key_is_dead(self.refusal()),
            _ => unknown(self.reason),
        }
    }

    /// The checkout's key made nothing, and never will. An earlier send may have had another API key, and no document says
    /// whether idempotency keys are known beyond one: what it made is looked for.
    fn key_is_dead(&mut self, refusal: Refusal) -> Step {
        if !self.request.resend {
            return Step::Finish(closed(refusal));
        }
        self.dead = Some(refusal);
        self.find(None)
    }

    pub(super) fn canceled(&mut self, intent: PaymentIntentId, answer: WriteResult) -> Step {
        self.learn(&answer);
        match answer {
            Ok(Answer { value, .. }) => self.ended(&value).unwrap_or(unknown(self.reason)),
            Err(_) => self.read(intent, Phase::Verifying),
        }
    }

    /// Notes why nobody knows, in case nothing more can be found out. Where nothing was asked, that is what it was before.
    fn learn(&mut self, answer: &WriteResult) -> Row {
        let row = Row::of(answer);
        if !matches!(answer, Err(Failure::NotAsked)) {
            self.reason = row.reason();
        }
        row
    }

    /// Notes what an answer proves whatever comes next: a saved success, and which card a saved answer is about.
    pub(super) fn note(&mut self, answer: &WriteResult) -> Row {
        let row = self.learn(answer);
        match answer {
            Ok(Answer { value, .. }) if row == Row::SucceededReplayed => self.paid = Some(state::paid(value)),
            Ok(Answer { value, replayed: true }) => self.prior = self.prior_attempt(value.payment_method.as_ref(), None),
            Err(Failure::Refused(refused)) if matches!(row, Row::DeclinedReplayed | Row::DeclinedDuplicate) => {
                let named = intent_in(answer).and_then(|intent| intent.last_payment_error.as_ref()?.payment_method.as_ref());
                self.prior = self.prior_attempt(named, Some(refused.card_error()));
            }
            Ok(_) | Err(_) => {}
        }
        row
    }

    pub(super) fn prior_attempt(&self, named: Option<&PaymentMethodId>, refused: Option<CardError>) -> Option<PriorAttempt> {
        let card = named.or(self.card())?.clone();
        Some(PriorAttempt { card, refused })
    }

    /// Tells a fresh answer, which is about the card that was just tried.
    pub(super) fn tell(&self, answer: &WriteResult) -> Step {
        Step::Finish(match (answer, self.card()) {
            (Ok(Answer { value, .. }), _) if value.status == Status::RequiresAction => state::requires_action(value),
            (Ok(Answer { value, .. }), Some(card)) => match classify(value, card, None) {
                IntentState::Final(outcome) => outcome,
                IntentState::Payable | IntentState::Authenticated => Outcome::Unknown(UnknownReason::Unforeseen),
            },
            (Err(Failure::Refused(refused)), _) => match &refused.error.payment_intent {
                Some(intent) => state::declined(intent, &refused.card_error()),
                None => Outcome::Unknown(UnknownReason::Unforeseen),
            },
            _ => Outcome::Unknown(UnknownReason::Unforeseen),
        })
    }
}

/// The PaymentIntent in an answer, if there is one.
fn intent_in(answer: &WriteResult) -> Option<&PaymentIntent> {
    match answer {
        Ok(Answer { value, .. }) => Some(value),
        Err(Failure::Refused(refused)) => refused.error.payment_intent.as_ref(),
        Err(Failure::NotSent | Failure::NotAsked | Failure::NoReply(_)) => None,
    }
}
