//! What a fresh PaymentIntent says of its checkout.

use super::metadata;
use crate::decline::Decline;
use crate::outcome::{CheckoutState, Outcome, Receipt, Refusal, UnknownReason};
use crate::stripe::{CardError, ConfirmationMethod, PaymentIntent, PaymentMethodId, Status};

/// What can be done with a PaymentIntent, with one card in question.
#[derive(Debug)]
pub(super) enum IntentState {
    /// The outcome holds, whatever the shopper asks next.
    Final(Outcome),
    /// Unpaid, and the card in question has not been refused: it can be tried.
    Payable,
    /// Unpaid, and the card in question is authenticated: the server may charge it.
    Authenticated,
}

/// A card that an earlier request tried, as Stripe's saved answer tells.
#[derive(Clone, Debug)]
pub(super) struct PriorAttempt {
    /// As Stripe names it, which differs from the request for Stripe's test cards.
    pub(super) card: PaymentMethodId,
    /// Why it was refused, where the saved answer says.
    pub(super) refused: Option<CardError>,
}

/// Reads a *fresh* PaymentIntent with `card` in question, which an earlier request may have tried.
pub(super) fn classify(intent: &PaymentIntent, card: &PaymentMethodId, prior: Option<&PriorAttempt>) -> IntentState {
    let is_about_card = |other: Option<&PaymentMethodId>| other == Some(prior.map_or(card, |prior| &prior.card));
    match intent.status {
        Status::Succeeded => IntentState::Final(paid(intent)),
        Status::Canceled => IntentState::Final(closed(Refusal::CheckoutClosed)),
        Status::RequiresPaymentMethod => match (&intent.last_payment_error, prior.and_then(|prior| prior.refused.as_ref())) {
            (Some(error), _) if is_about_card(error.payment_method.as_ref()) => IntentState::Final(declined(intent, error)),
            // Refused then, and unpaid now: another card that came later changes neither.
            (_, Some(error)) => IntentState::Final(declined(intent, error)),
            _ => IntentState::Payable,
        },
        Status::RequiresAction if is_about_card(intent.payment_method.as_ref()) => IntentState::Final(requires_action(intent)),
        Status::RequiresConfirmation
            if is_about_card(intent.payment_method.as_ref()) && intent.confirmation_method == ConfirmationMethod::Manual =>
        {
            IntentState::Authenticated
        }
        Status::RequiresConfirmation | Status::RequiresAction => IntentState::Payable,
        Status::Processing | Status::RequiresCapture | Status::Unrecognized => {
            IntentState::Final(Outcome::Unknown(UnknownReason::Pending))
        }
    }
}

/// The outcome of a PaymentIntent that has reached its end; `refusal` is told where that is not `paid`.
pub(super) fn ended(intent: &PaymentIntent, refusal: &Refusal) -> Option<Outcome> {
    match intent.status {
        Status::Succeeded => Some(paid(intent)),
        Status::Canceled => Some(closed(refusal.clone())),
        _ => None,
    }
}

/// Whether the latest attempt on an unpaid PaymentIntent was made with another card.
pub(super) fn is_about_another(intent: &PaymentIntent, card: &PaymentMethodId) -> bool {
    let refused = intent.last_payment_error.as_ref().and_then(|error| error.payment_method.as_ref());
    intent.payment_method.as_ref().or(refused).is_some_and(|latest| latest != card)
}

/// The outcome of a PaymentIntent that succeeded.
pub(super) fn paid(intent: &PaymentIntent) -> Outcome {
    Outcome::Paid(Receipt::of(intent, &metadata::items_of(intent)))
}

/// The outcome of a card that was refused, on a PaymentIntent that is unpaid.
pub(super) fn declined(intent: &PaymentIntent, error: &CardError) -> Outcome {
    Outcome::Declined { decline: Decline::from(error), payment_intent: intent.id.clone() }
}

/// The outcome of a PaymentIntent whose card requires authentication. One that is to decline such cards never gets there.
pub(super) fn requires_action(intent: &PaymentIntent) -> Outcome {
    match &intent.client_secret {
        Some(client_secret) if intent.confirmation_method == ConfirmationMethod::Manual => {
            Outcome::RequiresAction { payment_intent: intent.id.clone(), client_secret: client_secret.clone() }
        }
        _ => Outcome::Unknown(UnknownReason::Unforeseen),
    }
}

/// The outcome of a request whose checkout is closed.
pub(super) fn closed(refusal: Refusal) -> Outcome {
    Outcome::NotAttempted { refusal, checkout: CheckoutState::Closed }
}
