//! What Stripe's answer to a write says of the checkout: the one place where an answer is believed, or not.

use super::id::PaymentMethodId;
use super::{Sight, declined, judge, paid, requires_action};
use crate::outcome::{Doubt, Outcome};
use crate::stripe::{Answer, Failure, PaymentIntent, Status};

/// The code of a bank that saw the same purchase moments ago, and may have approved it then.
const DUPLICATE: &str = "duplicate_transaction";

/// Stripe's word.
#[derive(Debug)]
pub enum Word {
    /// It settles the matter.
    Told(Outcome),
    /// It was saved earlier, or is about an earlier payment: only a fresh read of the PaymentIntent tells what holds now.
    Stale(Saved),
    /// It does not say what became of the checkout.
    Silent,
}

/// What a stale answer was about.
#[derive(Debug)]
pub struct Saved {
    /// The `pi_…`
    pub payment_intent: String,
    /// The card that was tried, as Stripe names it. Such a card is not tried again by itself.
    pub tried: PaymentMethodId,
}

impl Saved {
    /// Of an answer that names the card, or was given to a request with `card`.
    fn about(intent: &PaymentIntent, named: Option<&str>, card: &PaymentMethodId) -> Self {
        let tried = named.and_then(PaymentMethodId::parse).unwrap_or_else(|| card.clone());
        Self { payment_intent: intent.id.clone(), tried }
    }
}

impl Word {
    /// Reads the answer to a create or a confirm with `card`.
    pub fn of(result: &Result<Answer<PaymentIntent>, Failure>, card: &PaymentMethodId) -> Self {
        match result {
            // A success does not change any more. Anything else may have, since it was saved.
            Ok(Answer { value, .. }) if value.status == Status::Succeeded => Self::Told(paid(value)),
            Ok(Answer { value, replayed: true }) => Self::Stale(Saved::about(value, value.payment_method.as_deref(), card)),
            // A fresh answer is about the card that was just tried.
            Ok(Answer { value, .. }) if value.status == Status::RequiresAction => Self::Told(requires_action(value)),
            Ok(Answer { value, .. }) => match judge(value, card) {
                Sight::Settled(outcome) => Self::Told(outcome),
                Sight::Open | Sight::Authenticated => Self::Told(Outcome::Unknown(Doubt::Unforeseen)),
            },
            Err(Failure::Refused(refused)) if refused.is_decline() => match &refused.error.payment_intent {
                Some(intent) if refused.replayed || refused.error.code.as_deref() == Some(DUPLICATE) => {
                    let named = intent.last_payment_error.as_ref().and_then(|error| error.payment_method.as_deref());
                    Self::Stale(Saved::about(intent, named, card))
                }
                Some(intent) => Self::Told(declined(intent, &refused.card_error())),
                None => Self::Silent,
            },
            Err(_) => Self::Silent,
        }
    }
}
