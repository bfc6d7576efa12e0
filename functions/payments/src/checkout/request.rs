//! What can be asked of a checkout, checked: the input of the protocol.

use super::CheckoutId;
use crate::catalog::Order;
use crate::money::Currency;
use crate::outcome::Refusal;
use crate::stripe::{PaymentIntentId, PaymentMethodId};

/// A request about one checkout.
#[derive(Clone, Debug)]
pub struct CheckoutRequest {
    /// The `Idempotency-Key`.
    pub checkout: CheckoutId,
    /// The card that the request names. Whatever is asked, a payment with it is this checkout's: a card of ours is used once.
    pub card: Option<PaymentMethodId>,
    /// Whether an earlier request of this checkout may have reached Stripe: by the `Till-Resend` header, by the route
    /// (confirm and void are never first), or by the checkout's age. Decided once, where the event is read.
    pub resend: bool,
    /// `"settle": true`: find out and tell, change nothing at Stripe.
    pub settle_only: bool,
    /// What is asked for.
    pub goal: Goal,
}

/// What a request wants.
#[derive(Clone, Debug)]
pub enum Goal {
    /// The first card.
    Pay(PayRequest),
    /// Another card after a decline, or the same one after its authentication.
    Confirm(ConfirmRequest),
    /// The checkout's end, and what the caller is told when it is closed: that it is, or why the request was refused.
    Close(Refusal),
}

/// A request to pay.
#[derive(Clone, Debug)]
pub struct PayRequest {
    /// What is bought; its total is what the shopper saw.
    pub order: Order,
    /// The card.
    pub card: PaymentMethodId,
    /// Where Stripe sends the receipt.
    pub receipt_email: Option<String>,
}

/// A request to try another card, or to continue after an authentication.
#[derive(Clone, Debug)]
pub struct ConfirmRequest {
    /// The PaymentIntent of the checkout.
    pub payment_intent: PaymentIntentId,
    /// The other card.
    pub card: PaymentMethodId,
    /// What the shopper saw, in minor units.
    pub expected_total: u64,
    /// The currency that the shopper saw.
    pub currency: Currency,
    /// Where Stripe sends the receipt.
    pub receipt_email: Option<String>,
    /// `"action": "completed"`: Stripe.js has run the authentication.
    pub action_completed: bool,
}
