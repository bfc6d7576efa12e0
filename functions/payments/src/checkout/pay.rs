//! The first attempt of a checkout: create and confirm its PaymentIntent in one call.

use super::{Desk, PaymentMethodId, Sight, declined, intent, paid};
use crate::catalog::Order;
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::stripe::{Answer, Call, Failure, PaymentIntent, Status};

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
    pub async fn pay(&mut self, payment: &Payment) -> Outcome {
        let form = intent::create(
            self.checkout,
            &payment.order,
            &payment.card,
            payment.receipt_email.as_deref(),
            self.statement_descriptor_suffix,
        );
        let call = Call::post(PATH, &form, intent::create_key(self.checkout));
        match self.stripe.call::<PaymentIntent>(&call).await {
            // A success does not change any more. Anything else may have, since it was saved.
            Ok(Answer { value, .. }) if value.status == Status::Succeeded => paid(&value),
            Ok(Answer { value, replayed: true }) => self.look_again(&value.id, payment).await,
            Ok(Answer { value, .. }) => match self.judge(&value, &payment.card) {
                Sight::Settled(outcome) => outcome,
                Sight::Open => Outcome::Unknown(Doubt::Unforeseen),
            },
            Err(failure) => self.after_failure(failure, payment).await,
        }
    }

    async fn after_failure(&mut self, failure: Failure, payment: &Payment) -> Outcome {
        match &failure {
            Failure::Refused(refused) if refused.is_decline() => match &refused.error.payment_intent {
                // A bank that saw the purchase twice may have approved it the first time.
                Some(made) if refused.replayed || refused.error.code.as_deref() == Some("duplicate_transaction") => {
                    self.look_again(&made.id, payment).await
                }
                Some(made) => declined(made, &refused.card_error()),
                None => self.settle_by_lookup(payment).await,
            },
            Failure::Refused(refused) if refused.is_mismatch() => self.settle_by_lookup(payment).await,
            _ if self.stripe.maybe_executed() => match self.lookup().await {
                Ok(Some(found)) => self.settle(found, payment).await,
                Ok(None) | Err(_) => self.give_up(&failure),
            },
            _ => self.give_up(&failure),
        }
    }

    /// A saved answer was not a success: only a fresh read tells what holds now.
    async fn look_again(&mut self, id: &str, payment: &Payment) -> Outcome {
        match self.read(id).await {
            Ok(fresh) => self.settle(fresh, payment).await,
            Err(failure) => Outcome::Unknown(super::doubt(&failure)),
        }
    }

    /// The checkout's key was used before. Its PaymentIntent tells what for.
    async fn settle_by_lookup(&mut self, payment: &Payment) -> Outcome {
        match self.lookup().await {
            Ok(Some(found)) => self.settle(found, payment).await,
            Ok(None) => Outcome::Unknown(Doubt::NoTrace),
            Err(failure) => Outcome::Unknown(super::doubt(&failure)),
        }
    }

    /// Goes on from a fresh PaymentIntent of this checkout.
    async fn settle(&mut self, found: PaymentIntent, payment: &Payment) -> Outcome {
        if intent::is_tombstone(&found) {
            return self.cancel(&found).await.refusing(Refusal::CheckoutClosed);
        }
        match self.judge(&found, &payment.card) {
            Sight::Settled(outcome) => outcome,
            Sight::Open if intent::charges(&found, &payment.order) => {
                self.try_card(found, &payment.card, payment.receipt_email.as_deref()).await
            }
            // An earlier send asked for something else. It is canceled before "nothing was charged" is said of it.
            Sight::Open => {
                let total = payment.order.total().amount();
                self.cancel(&found).await.refusing(Refusal::TotalChanged(total))
            }
        }
    }

    /// Reads a PaymentIntent afresh.
    pub(super) async fn read(&mut self, id: &str) -> Result<PaymentIntent, Failure> {
        self.stripe.call(&Call::get(&format!("{PATH}/{id}"), &[])).await.map(|answer| answer.value)
    }
}
