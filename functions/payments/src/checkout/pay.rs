//! The first attempt of a checkout: create and confirm its PaymentIntent in one call.

use super::word::Tried;
use super::{Desk, PaymentMethodId, Sight, Word, doubt, intent, judge, judge_after};
use crate::catalog::Order;
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::settings::CardAuthentication;
use crate::stripe::{Answer, Call, Failure, PaymentIntent};

const PATH: &str = "/v1/payment_intents";

/// A request to pay, checked.
pub struct Payment {
    /// What is bought; its total is what the shopper saw.
    pub order: Order,
    /// The card.
    pub card: PaymentMethodId,
    /// Where Stripe sends the receipt.
    pub receipt_email: Option<String>,
}

impl Desk<'_> {
    /// Pays a checkout, or finds out what became of it when it was paid before.
    pub(super) async fn pay(&mut self, payment: &Payment) -> Outcome {
        let card = &payment.card;
        let mut result = self.create(payment, self.card_authentication).await;
        // The setting may have been switched since the first send, whose answer is saved under other bytes.
        if is_mismatch(&result) {
            result = self.create(payment, self.card_authentication.other()).await;
        }
        let (found, tried) = match Word::of(&result, card) {
            Word::Told(outcome) => return outcome,
            Word::Stale(payment_intent, tried) => (self.read(&payment_intent).await.map(Some), Some(tried)),
            // Refused at the door, every time.
            Word::Silent if !self.stripe.maybe_executed() => return self.give_up_on(result),
            Word::Silent => (self.lookup().await, (!is_mismatch(&result)).then(|| Tried::sent(card))),
        };
        match found {
            Ok(Some(found)) => self.settle(found, payment, tried).await,
            Ok(None) => Outcome::Unknown(Doubt::NoTrace),
            Err(failure) => Outcome::Unknown(doubt(&failure)),
        }
    }

    /// Under the checkout's own key: it executes once, whichever way it asks.
    async fn create(&mut self, payment: &Payment, mode: CardAuthentication) -> Result<Answer<PaymentIntent>, Failure> {
        let form = intent::create(self.checkout, payment, self.statement_descriptor_suffix, mode);
        self.stripe.call(&Call::post(PATH, &form, intent::create_key(self.checkout))).await
    }

    fn give_up_on<T>(&self, result: Result<T, Failure>) -> Outcome {
        match result {
            Ok(_) => Outcome::Unknown(Doubt::Unforeseen),
            Err(failure) => self.give_up(&failure),
        }
    }

    /// Goes on from a fresh PaymentIntent of this checkout, which an earlier send, or this one, has made. A card that may
    /// have been `tried` before is not tried again once the shopper has gone on to another.
    async fn settle(&mut self, found: PaymentIntent, payment: &Payment, tried: Option<Tried>) -> Outcome {
        self.resend = true;
        if intent::is_tombstone(&found) {
            return self.cancel(&found).await.refusing(Refusal::CheckoutClosed);
        }
        let sight = tried.as_ref().map_or_else(|| judge(&found, &payment.card), |tried| judge_after(&found, tried));
        match sight {
            Sight::Settled(outcome) => outcome,
            Sight::Open if tried.is_some_and(|tried| is_about_another(&found, &tried.card)) => Outcome::Unknown(Doubt::OtherCard),
            // An earlier send asked for something else.
            _ if !intent::charges(&found, &payment.order) => {
                Outcome::NotAttempted(Refusal::TotalChanged(payment.order.total().amount()))
            }
            sight => self.go_on(sight, &found, &payment.card, payment.receipt_email.as_deref()).await,
        }
    }

    /// Reads a PaymentIntent afresh.
    pub(super) async fn read(&mut self, id: &str) -> Result<PaymentIntent, Failure> {
        self.stripe.call(&Call::get(&format!("{PATH}/{id}"), &[])).await.map(|answer| answer.value)
    }
}

/// Whether the checkout's key was used for something else, such as another card. Without this answer, it may have been this.
fn is_mismatch<T>(result: &Result<T, Failure>) -> bool {
    matches!(result, Err(Failure::Refused(refused)) if refused.is_mismatch())
}

/// Whether the latest word on an unpaid PaymentIntent is about another card.
fn is_about_another(intent: &PaymentIntent, card: &PaymentMethodId) -> bool {
    let refused = intent.last_payment_error.as_ref().and_then(|error| error.payment_method.as_deref());
    intent.payment_method.as_deref().or(refused).is_some_and(|latest| latest != card.as_str())
}
