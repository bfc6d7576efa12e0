//! A checkout's way to its outcome.
//!
//! At most one PaymentIntent is ever made for a checkout, because its id alone is Stripe's idempotency key, and a
//! PaymentIntent succeeds at most once. `pay` makes it, `confirm` puts another card on it, `close` ends it; `lookup`
//! finds it when an answer was lost. `word` and [`judge`] say what an answer and a PaymentIntent mean.

mod close;
mod confirm;
mod id;
mod intent;
mod lookup;
mod pay;
mod word;

pub use confirm::Retry;
pub use id::{Age, CheckoutId, CheckoutIdError, PaymentIntentId, PaymentMethodId};
pub use pay::Payment;
pub use word::Word;

use word::Tried;

use crate::decline::Decline;
use crate::outcome::{Doubt, Outcome, Receipt, Refusal};
use crate::settings::CardAuthentication;
use crate::stripe::{CardError, ConfirmationMethod, Conversation, Failure, PaymentIntent, Status};

/// What can be wanted of a checkout.
pub enum Want {
    /// The first card.
    Pay(Payment),
    /// Another card after a decline, or the same after its authentication.
    Confirm(Retry),
    /// Its end: the shopper leaves it.
    Void,
}

/// One checkout, and the conversation with Stripe about it.
pub struct Desk<'a> {
    /// Whose outcome is sought.
    pub checkout: CheckoutId,
    /// With Stripe.
    pub stripe: Conversation<'a>,
    /// Milliseconds since 1970, when the event came.
    pub now_ms: u64,
    /// What the merchant's statement adds.
    pub statement_descriptor_suffix: Option<&'a str>,
    /// How a new PaymentIntent treats a card that wants authentication.
    pub card_authentication: CardAuthentication,
    /// Whether the kill switch is on.
    pub paused: bool,
    /// Whether an earlier request of this checkout may have reached Stripe: by the header, or because Stripe shows it.
    pub resend: bool,
}

/// What a fresh look at a PaymentIntent shows.
#[derive(Debug)]
enum Sight {
    /// An outcome that stands whatever the shopper asks next.
    Settled(Outcome),
    /// Unpaid, and the card in question has not been refused: it can be tried.
    Open,
    /// Unpaid, and the card in question has been authenticated: the server may charge it.
    Authenticated,
}

impl Desk<'_> {
    /// Brings what is wanted, or what was refused, to its outcome. To a re-send no refusal is told before its checkout
    /// is closed.
    pub async fn attend(&mut self, want: Result<Want, Refusal>) -> Outcome {
        // Another card and a void follow an earlier request, whatever their headers say.
        self.resend |= matches!(want, Ok(Want::Confirm(_) | Want::Void));
        let outcome = match want {
            Ok(Want::Void) => self.close().await.refusing(Refusal::CheckoutClosed),
            Ok(_) if self.paused => Outcome::NotAttempted(Refusal::Paused),
            Ok(Want::Pay(payment)) => self.pay(&payment).await,
            Ok(Want::Confirm(retry)) => self.confirm(&retry).await,
            Err(refusal) => Outcome::NotAttempted(refusal),
        };
        match outcome {
            // Read off a PaymentIntent that is canceled: there is nothing left to close.
            Outcome::NotAttempted(Refusal::CheckoutClosed) => outcome,
            // What may pass by itself is asked again; closing the checkout for it would be hasty.
            Outcome::NotAttempted(refusal) if self.resend && refusal.is_passing() => Outcome::Unknown(Doubt::NotClosed),
            Outcome::NotAttempted(refusal) if self.resend => self.close().await.refusing(refusal),
            outcome => outcome,
        }
    }

    /// The outcome of a failure after which nothing more can be found out.
    fn give_up(&self, failure: &Failure) -> Outcome {
        if self.stripe.maybe_executed() {
            return Outcome::Unknown(doubt(failure));
        }
        Outcome::NotAttempted(refusal(failure))
    }
}

/// Reads a *fresh* PaymentIntent with `card` in question.
fn judge(intent: &PaymentIntent, card: &PaymentMethodId) -> Sight {
    let is_about_card = intent.payment_method.as_deref() == Some(card.as_str());
    match intent.status {
        Status::Succeeded => Sight::Settled(paid(intent)),
        Status::Canceled => Sight::Settled(Outcome::NotAttempted(Refusal::CheckoutClosed)),
        Status::RequiresPaymentMethod => match &intent.last_payment_error {
            Some(error) if error.payment_method.as_deref() == Some(card.as_str()) => Sight::Settled(declined(intent, error)),
            _ => Sight::Open,
        },
        Status::RequiresAction if is_about_card => Sight::Settled(requires_action(intent)),
        Status::RequiresConfirmation if is_about_card && intent.confirmation_method == ConfirmationMethod::Manual => {
            Sight::Authenticated
        }
        Status::RequiresConfirmation | Status::RequiresAction => Sight::Open,
        Status::Processing | Status::RequiresCapture | Status::Unrecognized => Sight::Settled(Outcome::Unknown(Doubt::Pending)),
    }
}

/// Reads a *fresh* PaymentIntent on which a card was tried before.
fn judge_after(intent: &PaymentIntent, tried: &Tried) -> Sight {
    match (judge(intent, &tried.card), &tried.refused) {
        // Refused then, and unpaid now: that another card came last changes neither.
        (Sight::Open, Some(error)) if intent.status == Status::RequiresPaymentMethod => Sight::Settled(declined(intent, error)),
        (sight, _) => sight,
    }
}

/// The outcome of a PaymentIntent that succeeded.
fn paid(intent: &PaymentIntent) -> Outcome {
    Outcome::Paid(Receipt::of(intent, &intent::items_of(intent)))
}

fn declined(intent: &PaymentIntent, error: &CardError) -> Outcome {
    Outcome::Declined { decline: Decline::from(error), payment_intent: intent.id.clone() }
}

/// The outcome of a PaymentIntent whose bank wants to see the shopper. One that was to decline such cards never gets there.
fn requires_action(intent: &PaymentIntent) -> Outcome {
    match &intent.client_secret {
        Some(client_secret) if intent.confirmation_method == ConfirmationMethod::Manual => {
            Outcome::RequiresAction { payment_intent: intent.id.clone(), client_secret: client_secret.clone() }
        }
        _ => Outcome::Unknown(Doubt::Unforeseen),
    }
}

fn doubt(failure: &Failure) -> Doubt {
    match failure {
        Failure::NotSent | Failure::NoReply(_) => Doubt::NoReply,
        Failure::Refused(refused) if refused.is_busy() => Doubt::InUse,
        Failure::Refused(refused) if refused.is_mismatch() => Doubt::NoTrace,
        Failure::Refused(refused) if refused.status >= 500 => Doubt::NoReply,
        Failure::Refused(_) => Doubt::Unforeseen,
    }
}

/// What the caller is told of a request that Stripe did not execute.
fn refusal(failure: &Failure) -> Refusal {
    match failure {
        Failure::Refused(refused) if refused.is_rate_limit() => Refusal::RateLimited,
        Failure::Refused(refused) if refused.error.param.as_deref() == Some("payment_method") => Refusal::invalid(
            "payment_method_invalid",
            "payment_method",
            "Stripe does not take this PaymentMethod: it is unknown here, or was used before. Make a new one.",
        ),
        Failure::Refused(refused) if refused.error.param.as_deref() == Some("receipt_email") => {
            Refusal::invalid("email_invalid", "receipt_email", "Stripe does not take this e-mail address.")
        }
        _ => Refusal::ServiceUnavailable,
    }
}
