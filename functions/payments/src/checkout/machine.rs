//! The protocol of a checkout: which step comes next, given what was observed. No I/O and no clock, so that every sequence
//! of answers can be tried. [`super::CheckoutProcessor`] takes the steps.

use super::answers::{self, Next, Row, Write, WriteResult};
use super::request::{CheckoutRequest, Goal};
use super::state::{self, IntentState, PriorAttempt, classify, closed};
use super::{Age, MAX_CARDS, metadata, writes};
use crate::outcome::{CheckoutState, Outcome, Refusal, UnknownReason};
use crate::settings::CardAuthentication;
use crate::stripe::{Answer, Call, CardError, Failure, PaymentIntent, PaymentIntentId, PaymentMethodId, Status};
use std::mem;
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
    /// Whether something else may belong to the checkout, but does not say so or cannot be read.
    pub doubtful: bool,
}

/// What is being waited for.
#[derive(Clone, Debug)]
enum Phase {
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
    terms: Terms<'a>,
    request: CheckoutRequest,
    age: Age,
    phase: Phase,
    /// The card that a saved answer is about.
    prior: Option<PriorAttempt>,
    /// A saved success: it stays true if the fresh read fails.
    paid: Option<Outcome>,
    /// Why the outcome is unknown, if nothing more can be found out.
    reason: UnknownReason,
}

impl<'a> Machine<'a> {
    /// A request under these `terms`.
    pub fn new(mut request: CheckoutRequest, terms: Terms<'a>) -> Self {
        if terms.paused && !request.settle_only && !matches!(request.goal, Goal::Close(_)) {
            request.goal = Goal::Close(Refusal::Paused);
        }
        let age = request.checkout.age(terms.now_ms);
        Self { terms, request, age, phase: Phase::Finished, prior: None, paid: None, reason: UnknownReason::NoTrace }
    }

    /// What is asked, of which checkout.
    pub fn request(&self) -> &CheckoutRequest {
        &self.request
    }

    /// The first step.
    pub fn start(&mut self) -> Step {
        let CheckoutRequest { checkout, resend, settle_only, ref goal, .. } = self.request;
        match goal {
            Goal::Close(refusal) if !resend => refused(refusal.clone(), CheckoutState::Open),
            // No answer of ours ever named this PaymentIntent, so there may be no checkout to close.
            Goal::Close(Refusal::UnknownPaymentIntent) => self.find(None),
            Goal::Close(_) if !settle_only && self.age != Age::Settled => {
                self.write(Phase::WritingTombstone, writes::tombstone(checkout))
            }
            Goal::Confirm(confirm) => self.read(confirm.payment_intent.clone(), Phase::Reading),
            Goal::Pay(pay) if !settle_only => {
                let create = writes::create(checkout, pay, &self.terms);
                self.write(Phase::Creating { sent_twice: false }, create)
            }
            Goal::Pay(_) | Goal::Close(_) => self.find(None),
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

    fn write(&mut self, phase: Phase, call: Call) -> Step {
        self.phase = phase;
        Step::Write(call)
    }

    fn read(&mut self, intent: PaymentIntentId, phase: Phase) -> Step {
        self.phase = phase;
        Step::Read(intent)
    }

    fn find(&mut self, tombstone: Option<PaymentIntent>) -> Step {
        self.phase = Phase::Finding { tombstone };
        Step::Find
    }

    /// Tries the request's card on an unpaid PaymentIntent, as its card of this number.
    fn confirm(&mut self, intent: PaymentIntent, number: u32) -> Step {
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

    fn confirm_authenticated(&mut self, intent: PaymentIntent) -> Step {
        let call = writes::confirm_authenticated(&intent.id, &self.terms);
        self.write(Phase::Confirming { intent, number: None }, call)
    }

    fn created(&mut self, sent_twice: bool, answer: WriteResult) -> Step {
        let write = if self.request.resend { Write::CreateAgain } else { Write::CreateFirst };
        let row = self.note(&answer);
        match (answers::next(write, row), answer) {
            (Next::Tell, answer) => self.tell(&answer),
            (Next::Read, answer) => match intent_in(&answer) {
                Some(intent) => self.read(intent.id.clone(), Phase::Reading),
                None => unknown(UnknownReason::Unforeseen),
            },
            (Next::Find, _) => self.find(None),
            (Next::SendAgain, _) if !sent_twice => match self.start() {
                Step::Write(create) => self.write(Phase::Creating { sent_twice: true }, create),
                step => step,
            },
            (Next::SendAgain | Next::Refuse, Err(failure)) => self.refuse(answers::refusal(&failure, write)),
            (Next::Dead, Err(failure)) => Step::Finish(closed(answers::refusal(&failure, write))),
            _ => unknown(self.reason),
        }
    }

    fn confirmed(&mut self, intent: PaymentIntent, number: Option<u32>, answer: &WriteResult) -> Step {
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

    fn tombstone_written(&mut self, answer: WriteResult) -> Step {
        self.reason = Row::of(&answer).reason();
        match (answers::next(Write::Tombstone, Row::of(&answer)), answer) {
            (Next::Written, Ok(Answer { value, .. })) => self.find(Some(value)),
            (Next::Find, _) => self.find(None),
            (Next::Dead, _) => Step::Finish(closed(self.refusal())),
            _ => unknown(self.reason),
        }
    }

    fn canceled(&mut self, intent: PaymentIntentId, answer: WriteResult) -> Step {
        self.reason = Row::of(&answer).reason();
        match answer {
            Ok(Answer { value, .. }) => self.ended(&value).unwrap_or(unknown(self.reason)),
            Err(_) => self.read(intent, Phase::Verifying),
        }
    }

    /// Notes what an answer proves whatever comes next: a saved success, and which card a saved answer is about.
    fn note(&mut self, answer: &WriteResult) -> Row {
        let row = Row::of(answer);
        self.reason = row.reason();
        match answer {
            Ok(Answer { value, .. }) if row == Row::SucceededReplayed => self.paid = Some(state::paid(value)),
            Ok(Answer { value, .. }) => self.prior = self.prior_attempt(value.payment_method.as_ref(), None),
            Err(Failure::Refused(refused)) if matches!(row, Row::DeclinedReplayed | Row::DeclinedDuplicate) => {
                let named = intent_in(answer).and_then(|intent| intent.last_payment_error.as_ref()?.payment_method.as_ref());
                self.prior = self.prior_attempt(named, Some(refused.card_error()));
            }
            Err(_) => {}
        }
        row
    }

    fn prior_attempt(&self, named: Option<&PaymentMethodId>, refused: Option<CardError>) -> Option<PriorAttempt> {
        let card = named.or(self.card())?.clone();
        Some(PriorAttempt { card, refused })
    }

    /// Tells a fresh answer, which is about the card that was just tried.
    fn tell(&self, answer: &WriteResult) -> Step {
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

    /// Chooses among the PaymentIntents with the checkout's id: one that succeeded, then the one that Till made, then a
    /// tombstone.
    fn found(&mut self, tombstone: Option<PaymentIntent>, Found { intents, complete, doubtful }: Found) -> Step {
        let (tombstones, payments): (Vec<_>, Vec<_>) = intents.into_iter().partition(metadata::is_tombstone);
        let succeeded = payments.iter().rev().find(|intent| intent.status == Status::Succeeded);
        let chosen = succeeded.or(payments.first()).or(tombstones.first());
        match (chosen, tombstone) {
            _ if succeeded.is_none() && (payments.len() > 1 || doubtful) => unknown(UnknownReason::Ambiguous),
            (Some(chosen), None) => self.read(chosen.id.clone(), Phase::Reading),
            (Some(chosen), Some(_)) if !metadata::is_tombstone(chosen) => self.read(chosen.id.clone(), Phase::Reading),
            (_, Some(tombstone)) => self.close(tombstone),
            // Nothing can be under way any more.
            (None, None) if self.age == Age::Settled && complete => Step::Finish(closed(self.refusal())),
            (None, None) if self.refusal() == Refusal::UnknownPaymentIntent => {
                refused(Refusal::UnknownPaymentIntent, CheckoutState::Open)
            }
            (None, None) => unknown(self.reason),
        }
    }

    /// Goes on from a fresh PaymentIntent.
    fn was_read(&mut self, intent: PaymentIntent) -> Step {
        if !metadata::belongs_to(&intent, self.request.checkout) {
            return self.not_there();
        }
        if metadata::is_tombstone(&intent) && !matches!(self.request.goal, Goal::Close(_)) {
            return self.refuse_and_cancel(Refusal::CheckoutClosed, intent);
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
    fn proceed(&mut self, authenticated: bool, intent: PaymentIntent) -> Step {
        match &self.request.goal {
            // A late copy of the first request: the shopper has gone on to another card since.
            Goal::Pay(pay) if !authenticated && self.is_outdated(&intent, &pay.card) => unknown(UnknownReason::OtherCard),
            Goal::Pay(pay) if !metadata::charges(&intent, &pay.order) => {
                let total = pay.order.total();
                let refusal = Refusal::TotalChanged { total: total.amount(), currency: total.currency().code().to_owned() };
                self.refuse_and_cancel(refusal, intent)
            }
            Goal::Confirm(confirm) if intent.amount != confirm.expected_total || intent.currency != confirm.currency.code() => {
                let refusal = Refusal::TotalChanged { total: intent.amount, currency: intent.currency.clone() };
                self.refuse_and_cancel(refusal, intent)
            }
            Goal::Pay(_) | Goal::Confirm(_) if authenticated => self.confirm_authenticated(intent),
            Goal::Confirm(confirm) if confirm.action_completed => match intent.status {
                // Whichever card it was: the shopper authenticated it for this checkout.
                Status::RequiresConfirmation => self.confirm_authenticated(intent),
                // Another card is being authenticated: a late copy of this request may not end that.
                Status::RequiresAction => unknown(UnknownReason::OtherCard),
                _ => self.refuse_and_cancel(action_not_pending(), intent),
            },
            Goal::Pay(_) | Goal::Confirm(_) => self.confirm(intent, 2),
            Goal::Close(_) => self.close(intent),
        }
    }

    /// Whether the request is the checkout's first one again, and the latest attempt was made with another card.
    fn is_outdated(&self, intent: &PaymentIntent, card: &PaymentMethodId) -> bool {
        let named = self.prior.as_ref().map_or(card, |prior| &prior.card);
        metadata::may_have_begun_with(intent, card) && state::is_about_another(intent, named)
    }

    /// Goes on from a fresh PaymentIntent after a confirm whose answer does not tell the outcome.
    fn check(&mut self, intent: PaymentIntent, number: Option<u32>, row: Row, refusal: Refusal) -> Step {
        let Some(card) = self.card() else { return unknown(UnknownReason::Unforeseen) };
        match (classify(&intent, card, self.prior.as_ref()), row, number) {
            (IntentState::Final(outcome), ..) => Step::Finish(outcome),
            (IntentState::Authenticated, _, Some(_)) => self.confirm_authenticated(intent),
            // The key is used up by an error that Stripe saved, and nothing was charged under it.
            (IntentState::Payable, Row::ErrorReplayed, Some(number)) => self.confirm(intent, number + 1),
            (IntentState::Payable, Row::Rejected | Row::RejectedReplayed, Some(_)) => self.refuse_and_cancel(refusal, intent),
            _ => unknown(self.reason),
        }
    }

    /// A read or a search that failed.
    fn not_read(&mut self, phase: &Phase, failure: Failure) -> Step {
        match failure {
            Failure::Refused(refused) if refused.status == 404 && matches!(phase, Phase::Reading) => self.not_there(),
            failure => unknown(Row::of(&Err(failure)).reason()),
        }
    }

    /// The PaymentIntent that the request names does not exist, or belongs to another checkout. The checkout's own is
    /// looked for: it decides what can be told.
    fn not_there(&mut self) -> Step {
        match self.request.goal {
            Goal::Confirm(_) => {
                self.request.goal = Goal::Close(Refusal::UnknownPaymentIntent);
                self.find(None)
            }
            Goal::Pay(_) | Goal::Close(_) => unknown(UnknownReason::NoTrace),
        }
    }

    /// Refuses a request of whose checkout no PaymentIntent is known. To a re-send a refusal is told only after the checkout
    /// was closed; what may pass by itself is asked again, as closing would be hasty.
    fn refuse(&mut self, refusal: Refusal) -> Step {
        if !self.request.resend {
            return refused(refusal, CheckoutState::Open);
        }
        if refusal.is_transient() {
            return unknown(UnknownReason::NotClosed);
        }
        self.request.goal = Goal::Close(refusal);
        self.start()
    }

    /// Refuses a request whose PaymentIntent is unpaid: told when it is canceled.
    fn refuse_and_cancel(&mut self, refusal: Refusal, intent: PaymentIntent) -> Step {
        self.request.goal = Goal::Close(refusal);
        self.close(intent)
    }

    /// Closes the checkout by canceling its PaymentIntent, unless it has ended already.
    fn close(&mut self, intent: PaymentIntent) -> Step {
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

    fn ended(&self, intent: &PaymentIntent) -> Option<Step> {
        state::ended(intent, &self.refusal()).map(Step::Finish)
    }

    /// What is told once the checkout is closed.
    fn refusal(&self) -> Refusal {
        match &self.request.goal {
            Goal::Close(refusal) => refusal.clone(),
            Goal::Pay(_) | Goal::Confirm(_) if self.age == Age::Live => Refusal::CheckoutClosed,
            Goal::Pay(_) | Goal::Confirm(_) => Refusal::CheckoutExpired,
        }
    }

    fn card(&self) -> Option<&PaymentMethodId> {
        match &self.request.goal {
            Goal::Pay(pay) => Some(&pay.card),
            Goal::Confirm(confirm) => Some(&confirm.card),
            Goal::Close(_) => None,
        }
    }
}

/// The PaymentIntent in an answer, if there is one.
fn intent_in(answer: &WriteResult) -> Option<&PaymentIntent> {
    match answer {
        Ok(Answer { value, .. }) => Some(value),
        Err(Failure::Refused(refused)) => refused.error.payment_intent.as_ref(),
        Err(Failure::NotSent | Failure::NoReply(_)) => None,
    }
}

fn action_not_pending() -> Refusal {
    let message = "No authentication of this card is pending, and nothing was charged.";
    Refusal::invalid("action_not_pending", "action", message)
}

fn refused(refusal: Refusal, checkout: CheckoutState) -> Step {
    Step::Finish(Outcome::NotAttempted { refusal, checkout })
}

fn unknown(reason: UnknownReason) -> Step {
    Step::Finish(Outcome::Unknown(reason))
}
