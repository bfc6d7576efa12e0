//! The first attempt of a checkout: create and confirm its PaymentIntent in one call.

use super::word::Saved;
use super::{Desk, PaymentMethodId, Sight, Word, doubt, intent, judge};
use crate::catalog::Order;
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::stripe::{Call, Failure, PaymentIntent};

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
        let form = intent::create(self.checkout, payment, self.statement_descriptor_suffix, self.card_authentication);
        let call = Call::post(PATH, &form, intent::create_key(self.checkout));
        let result = self.stripe.call::<PaymentIntent>(&call).await;
        let found = match Word::of(&result, card) {
            Word::Told(outcome) => return outcome,
            Word::Stale(Saved { payment_intent, refused: Some(card) }) => return self.look_again(&payment_intent, &card).await,
            Word::Stale(Saved { payment_intent, refused: None }) => self.read(&payment_intent).await.map(Some),
            // Refused at the door, every time.
            Word::Silent if !self.stripe.maybe_executed() => return self.give_up_on(result),
            Word::Silent => self.lookup().await,
        };
        match found {
            Ok(Some(found)) => self.settle(found, payment).await,
            Ok(None) => Outcome::Unknown(Doubt::NoTrace),
            Err(failure) => Outcome::Unknown(doubt(&failure)),
        }
    }

    /// A card that was refused, and asked for again: what holds now, without trying it again.
    async fn look_again(&mut self, payment_intent: &str, card: &PaymentMethodId) -> Outcome {
        self.resend = true;
        match self.read(payment_intent).await.map(|fresh| judge(&fresh, card)) {
            Ok(Sight::Settled(outcome)) => outcome,
            Ok(_) => Outcome::Unknown(Doubt::OtherCard),
            Err(failure) => Outcome::Unknown(doubt(&failure)),
        }
    }

    fn give_up_on<T>(&self, result: Result<T, Failure>) -> Outcome {
        match result {
            Ok(_) => Outcome::Unknown(Doubt::Unforeseen),
            Err(failure) => self.give_up(&failure),
        }
    }

    /// Goes on from a fresh PaymentIntent of this checkout, which an earlier send, or this one, has made.
    async fn settle(&mut self, found: PaymentIntent, payment: &Payment) -> Outcome {
        self.resend = true;
        if intent::is_tombstone(&found) {
            return self.cancel(&found).await.refusing(Refusal::CheckoutClosed);
        }
        match judge(&found, &payment.card) {
            Sight::Settled(outcome) => outcome,
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
