//! What follows from a fresh PaymentIntent, or from the search for one.

use super::answers::Row;
use super::machine::{Found, Machine, Phase, Step, refused, unknown};
use super::request::Goal;
use super::state::{self, IntentState, classify, closed};
use super::{Age, MAX_CARDS, metadata, writes};
use crate::outcome::{CheckoutState, Refusal, UnknownReason};
use crate::stripe::{Failure, PaymentIntent, PaymentMethodId, Status};

impl Machine<'_> {
    /// Chooses among the PaymentIntents with the checkout's id: one that succeeded, then the one that Till made, then the
    /// tombstone, which may have been written just now.
    pub(super) fn found(&mut self, written: Option<PaymentIntent>, Found { intents, complete, doubtful }: Found) -> Step {
        let (tombstones, payments): (Vec<_>, Vec<_>) = intents.into_iter().partition(metadata::is_tombstone);
        let succeeded = payments.iter().rev().find(|intent| intent.status == Status::Succeeded);
        let doubt = if payments.len() > 1 { Some(UnknownReason::Ambiguous) } else { doubtful };
        if let (None, Some(reason)) = (succeeded, doubt) {
            return unknown(reason);
        }
        if let Some(chosen) = succeeded.or(payments.first()) {
            return self.read(chosen.id.clone(), Phase::Reading);
        }
        match (written.or(tombstones.into_iter().next()), self.dead.take()) {
            (Some(tombstone), _) => self.refuse_and_cancel(self.refusal(), tombstone),
            (None, Some(refusal)) => Step::Finish(closed(refusal)),
            // Nothing can be under way any more.
            (None, None) if self.age == Age::Settled && complete => Step::Finish(closed(self.refusal())),
            (None, None) => unknown(self.reason),
        }
    }

    /// Goes on from a fresh PaymentIntent.
    pub(super) fn was_read(&mut self, intent: PaymentIntent) -> Step {
        if !metadata::belongs_to(&intent, self.request.checkout) {
            return self.not_there();
        }
        if metadata::is_tombstone(&intent) && !matches!(self.request.goal, Goal::Close(_)) {
            return self.refuse_and_cancel(Refusal::CheckoutClosed, intent);
        }
        if let Goal::Pay(pay) = &self.request.goal
            && is_unpaid(&intent)
            && !metadata::charges(&intent, &pay.order)
        {
            let total = pay.order.total();
            let refusal = Refusal::TotalChanged { total: total.amount(), currency: total.currency().code().to_owned() };
            return self.refuse_and_cancel(refusal, intent);
        }
        let Some(card) = self.card() else { return self.close(intent) };
        match classify(&intent, card, self.prior.as_ref()) {
            IntentState::Final(outcome) => Step::Finish(outcome),
            _ if self.request.settle_only => unknown(UnknownReason::NotSettled),
            IntentState::Authenticated => self.proceed(true, intent),
            IntentState::Payable => self.proceed(false, intent),
        }
    }

    /// Charges an unpaid PaymentIntent, if the request may.
    pub(super) fn proceed(&mut self, authenticated: bool, intent: PaymentIntent) -> Step {
        match &self.request.goal {
            // A late copy of the first request: the shopper has gone on to another card since.
            Goal::Pay(pay) if !authenticated && self.is_outdated(&intent, &pay.card) => unknown(UnknownReason::OtherCard),
            Goal::Confirm(confirm) if intent.amount != confirm.expected_total || intent.currency != confirm.currency.code() => {
                let refusal = Refusal::TotalChanged { total: intent.amount, currency: intent.currency.clone() };
                self.refuse_and_cancel(refusal, intent)
            }
            Goal::Pay(_) | Goal::Confirm(_) if authenticated => self.confirm_authenticated(intent),
            Goal::Confirm(confirm) if confirm.action_completed => match intent.status {
                // Whichever card it was: the shopper authenticated it for this checkout.
                Status::RequiresConfirmation => self.confirm_authenticated(intent),
                // Another card is being authenticated, or was tried since: a late copy of this request ends nothing.
                _ => unknown(UnknownReason::OtherCard),
            },
            Goal::Pay(_) | Goal::Confirm(_) => self.confirm(intent, 2),
            Goal::Close(_) => self.close(intent),
        }
    }

    /// Whether the request is the checkout's first one again, and the latest attempt was made with another card.
    pub(super) fn is_outdated(&self, intent: &PaymentIntent, card: &PaymentMethodId) -> bool {
        let named = self.prior.as_ref().map_or(card, |prior| &prior.card);
        metadata::may_have_begun_with(intent, card) && state::is_about_another(intent, named)
    }

    /// Goes on from a fresh PaymentIntent after a confirm whose answer does not tell the outcome.
    pub(super) fn check(&mut self, intent: PaymentIntent, number: Option<u32>, row: Row, refusal: Refusal) -> Step {
        let Some(card) = self.card() else { return unknown(UnknownReason::Unforeseen) };
        match (classify(&intent, card, self.prior.as_ref()), row, number) {
            (IntentState::Final(outcome), ..) => Step::Finish(outcome),
            (IntentState::Authenticated, _, Some(_)) => self.confirm_authenticated(intent),
            // The key is used up by an error that Stripe saved, and nothing was charged under it.
            (IntentState::Payable, Row::ErrorReplayed, Some(number)) => self.confirm(intent, number + 1),
            (IntentState::Payable, Row::Rejected | Row::RejectedReplayed, Some(_)) => self.refuse_and_cancel(refusal, intent),
            // Another card was tried since it was authenticated.
            (IntentState::Payable, Row::Rejected | Row::RejectedReplayed, None) => unknown(UnknownReason::OtherCard),
            _ => unknown(self.reason),
        }
    }

    /// A read or a search that failed.
    pub(super) fn not_read(&mut self, phase: &Phase, failure: Failure) -> Step {
        match failure {
            Failure::Refused(refused) if refused.status == 404 && matches!(phase, Phase::Reading) => self.not_there(),
            Failure::NotAsked => unknown(self.reason),
            failure => unknown(Row::of(&Err(failure)).reason()),
        }
    }

    /// The PaymentIntent that the request names does not exist, or belongs to another checkout.
    pub(super) fn not_there(&mut self) -> Step {
        match self.request.goal {
            Goal::Confirm(_) => {
                self.request.goal = Goal::Close(Refusal::UnknownPaymentIntent);
                self.begin_closing()
            }
            Goal::Pay(_) | Goal::Close(_) => unknown(UnknownReason::NoTrace),
        }
    }

    /// Refuses a request of whose checkout no PaymentIntent is known. To a re-send a refusal is told only after the checkout
    /// was closed; what may pass by itself is asked again, as closing would be hasty.
    pub(super) fn refuse(&mut self, refusal: Refusal) -> Step {
        if !self.request.resend {
            return refused(refusal, CheckoutState::Open);
        }
        if refusal.is_transient() {
            return unknown(UnknownReason::NotClosed);
        }
        self.request.goal = Goal::Close(refusal);
        self.begin_closing()
    }

    /// Refuses a request whose PaymentIntent is unpaid: told when it is canceled.
    pub(super) fn refuse_and_cancel(&mut self, refusal: Refusal, intent: PaymentIntent) -> Step {
        self.request.goal = Goal::Close(refusal);
        self.close(intent)
    }

    /// Closes the checkout by canceling its PaymentIntent, unless it has ended already.
    pub(super) fn close(&mut self, intent: PaymentIntent) -> Step {
        if let Some(step) = self.ended(&intent) {
            return step;
        }
        if self.request.settle_only {
            return unknown(UnknownReason::NotSettled);
        }
        if !metadata::is_ours(&intent) {
            return unknown(UnknownReason::Ambiguous);
        }
        let call = writes::cancel(&intent.id, &self.terms);
        self.write(Phase::Canceling { intent: intent.id }, call)
    }

    /// Tries the request's card on an unpaid PaymentIntent, as its card of this number.
    pub(super) fn confirm(&mut self, intent: PaymentIntent, number: u32) -> Step {
        if !metadata::is_ours(&intent) {
            return unknown(UnknownReason::Ambiguous);
        }
        if number > MAX_CARDS {
            return self.refuse_and_cancel(Refusal::CardLimitReached, intent);
        }
        let (card, email) = match &self.request.goal {
            Goal::Pay(pay) => (&pay.card, pay.receipt_email.as_deref()),
            Goal::Confirm(confirm) => (&confirm.card, confirm.receipt_email.as_deref()),
            Goal::Close(_) => return self.close(intent),
        };
        let call = writes::confirm(&intent, number, card, email);
        self.write(Phase::Confirming { intent, number: Some(number) }, call)
    }

    pub(super) fn confirm_authenticated(&mut self, intent: PaymentIntent) -> Step {
        let call = writes::confirm_authenticated(&intent.id, &self.terms);
        self.write(Phase::Confirming { intent, number: None }, call)
    }
}

/// Whether no outcome stands that another order would not change.
fn is_unpaid(intent: &PaymentIntent) -> bool {
    matches!(intent.status, Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction)
}
