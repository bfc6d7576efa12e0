//! What Stripe's answer to a write says of the checkout: the one place where an answer is believed, or not.

use super::id::PaymentMethodId;
use super::{Sight, declined, judge, paid, requires_action};
use crate::outcome::{Doubt, Outcome};
use crate::stripe::{Answer, CardError, Failure, PaymentIntent, Status};

/// The code of a bank that saw the same purchase moments ago, and may have approved it then.
const DUPLICATE: &str = "duplicate_transaction";

/// Stripe's word.
#[derive(Debug)]
pub enum Word {
    /// It settles the matter.
    Told(Outcome),
    /// It was saved earlier, or is about an earlier payment: only a fresh read of this PaymentIntent tells what holds now.
    Stale(String, Tried),
    /// It does not say what became of the checkout.
    Silent,
}

/// A card that was tried before, and is not tried again by itself.
#[derive(Debug)]
pub struct Tried {
    /// As Stripe names it.
    pub card: PaymentMethodId,
    /// How Stripe refused it, where a saved answer tells.
    pub refused: Option<CardError>,
}

impl Tried {
    /// The `card` that was sent, whatever came of it.
    pub fn sent(card: &PaymentMethodId) -> Self {
        Self { card: card.clone(), refused: None }
    }

    /// The card that a saved answer to a request with `card` is about.
    fn named(name: Option<&str>, card: &PaymentMethodId, refused: Option<CardError>) -> Self {
        Self { card: name.and_then(PaymentMethodId::parse).unwrap_or_else(|| card.clone()), refused }
    }
}

impl Word {
    /// Reads the answer to a create or a confirm with `card`.
    pub fn of(result: &Result<Answer<PaymentIntent>, Failure>, card: &PaymentMethodId) -> Self {
        match result {
            // A success does not change any more. Anything else may have, since it was saved.
            Ok(Answer { value, .. }) if value.status == Status::Succeeded => Self::Told(paid(value)),
            Ok(Answer { value, replayed: true }) => {
                Self::Stale(value.id.clone(), Tried::named(value.payment_method.as_deref(), card, None))
            }
            // A fresh answer is about the card that was just tried.
            Ok(Answer { value, .. }) if value.status == Status::RequiresAction => Self::Told(requires_action(value)),
            Ok(Answer { value, .. }) => match judge(value, card) {
                Sight::Settled(outcome) => Self::Told(outcome),
                Sight::Open | Sight::Authenticated => Self::Told(Outcome::Unknown(Doubt::Unforeseen)),
            },
            Err(Failure::Refused(refused)) if refused.is_decline() => match &refused.error.payment_intent {
                Some(intent) if refused.replayed || refused.error.code.as_deref() == Some(DUPLICATE) => {
                    let named = intent.last_payment_error.as_ref().and_then(|error| error.payment_method.as_deref());
                    Self::Stale(intent.id.clone(), Tried::named(named, card, Some(refused.card_error())))
                }
                Some(intent) => Self::Told(declined(intent, &refused.card_error())),
                None => Self::Silent,
            },
            Err(_) => Self::Silent,
        }
    }
}
