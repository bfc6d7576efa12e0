//! Closing a checkout: proving "nothing was charged" by writing, not by reading.
//!
//! An empty list proves nothing while an earlier send may still be under way. But a tombstone written under the
//! checkout's own idempotency key does: any create that comes later meets a mismatch, and finds it.

use super::{Age, Desk, doubt, intent, paid};
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::stripe::{Call, PaymentIntent, Status};

/// What came of closing a checkout.
#[derive(Debug)]
pub(super) enum Closing {
    /// It had been paid.
    Paid(Outcome),
    /// Nothing is charged, and nothing can be.
    Closed,
    /// Neither could be proved.
    Unknown(Doubt),
}

impl Closing {
    /// The outcome of a request that was refused for `refusal`, now that its checkout was to be closed.
    pub(super) fn refusing(self, refusal: Refusal) -> Outcome {
        match self {
            Self::Paid(outcome) => outcome,
            Self::Closed => Outcome::NotAttempted(refusal),
            Self::Unknown(doubt) => Outcome::Unknown(doubt),
        }
    }
}

impl Desk<'_> {
    /// Closes the checkout, unless it is paid.
    pub(super) async fn close(&mut self) -> Closing {
        if self.checkout.age(self.now_ms) == Age::Quiet {
            return self.close_found(Closing::Closed).await;
        }
        let call = Call::post("/v1/payment_intents", &intent::tombstone(self.checkout), intent::create_key(self.checkout));
        match self.stripe.call::<PaymentIntent>(&call).await {
            Ok(answer) => self.cancel(&answer.value).await,
            // The key was used before, or is used now; or this very tombstone was written, and a saved error hides it.
            Err(failure) if self.stripe.maybe_executed() => self.close_found(Closing::Unknown(doubt(&failure))).await,
            Err(failure) => Closing::Unknown(doubt(&failure)),
        }
    }

    /// Closes the PaymentIntent that was made for the checkout; `none` is what it means if there is none.
    async fn close_found(&mut self, none: Closing) -> Closing {
        match self.lookup().await {
            Ok(Some(found)) => self.cancel(&found).await,
            Ok(None) => none,
            Err(failure) => Closing::Unknown(doubt(&failure)),
        }
    }

    /// Cancels a PaymentIntent of this checkout. <https://docs.stripe.com/api/payment_intents/cancel>
    pub(super) async fn cancel(&mut self, found: &PaymentIntent) -> Closing {
        if let Some(ended) = ended(found) {
            return ended;
        }
        // Canceling twice is canceling once, so the key need only hold for this event's own retries.
        let key = format!("till-cancel-{}", uuid::Uuid::new_v4());
        let call = Call::post(&format!("/v1/payment_intents/{}/cancel", found.id), &[], key).settling();
        let failure = match self.stripe.call::<PaymentIntent>(&call).await {
            Ok(answer) => return ended(&answer.value).unwrap_or(Closing::Unknown(Doubt::Unforeseen)),
            Err(failure) => failure,
        };
        match self.read(&found.id).await {
            Ok(fresh) => ended(&fresh).unwrap_or(Closing::Unknown(doubt(&failure))),
            Err(_) => Closing::Unknown(doubt(&failure)),
        }
    }
}

/// What a PaymentIntent that has reached its end means for the checkout.
fn ended(intent: &PaymentIntent) -> Option<Closing> {
    match intent.status {
        Status::Succeeded => Some(Closing::Paid(paid(intent))),
        Status::Canceled => Some(Closing::Closed),
        _ => None,
    }
}
