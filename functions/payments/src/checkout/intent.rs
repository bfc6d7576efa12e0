//! The PaymentIntents that we write: their parameters, their keys, and the metadata by which we know them again.
//! <https://docs.stripe.com/api/payment_intents/create>

use super::id::{CheckoutId, PaymentMethodId};
use super::pay::Payment;
use crate::catalog::Order;
use crate::settings::CardAuthentication;
use crate::stripe::{ConfirmationMethod, PaymentIntent};
use std::fmt::Write as _;

const CHECKOUT: &str = "till_checkout";
const VOID: &str = "till_void";
const ITEMS: &str = "till_items_";
/// Stripe's limit for a metadata value, in characters.
const MAX_VALUE: usize = 500;

pub(super) type Form = Vec<(String, String)>;

/// Shortens what every form repeats.
pub(super) fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn metadata(name: &str, value: impl Into<String>) -> (String, String) {
    (format!("metadata[{name}]"), value.into())
}

/// Create and confirm in one call.
pub(super) fn create(
    checkout: CheckoutId,
    payment: &Payment,
    suffix: Option<&str>,
    card_authentication: CardAuthentication,
) -> Form {
    let Payment { order, card, receipt_email } = payment;
    let mut form = vec![
        field("amount", order.total().amount().to_string()),
        field("currency", order.total().currency().code()),
        field("payment_method", card.as_str()),
        // Without it Stripe chooses the methods itself, and then refuses to decline what wants an action.
        field("payment_method_types[]", "card"),
        field("confirm", "true"),
        field("description", format!("Checkout {checkout}")),
        metadata(CHECKOUT, checkout.to_string()),
    ];
    match card_authentication {
        CardAuthentication::Decline => form.push(authentication(ConfirmationMethod::Automatic)),
        CardAuthentication::Handle => {
            form.extend([field("confirmation_method", "manual"), authentication(ConfirmationMethod::Manual)]);
        }
    }
    form.extend(split_items(order).into_iter().enumerate().map(|(n, part)| metadata(&format!("{ITEMS}{}", n + 1), part)));
    form.extend(receipt_email.as_deref().map(|email| field("receipt_email", email)));
    form.extend(suffix.map(|suffix| field("statement_descriptor_suffix", suffix)));
    form
}

/// What a confirm says of a card that wants authentication: refuse it, or let Stripe.js run it.
pub(super) fn authentication(method: ConfirmationMethod) -> (String, String) {
    match method {
        ConfirmationMethod::Automatic => field("error_on_requires_action", "true"),
        ConfirmationMethod::Manual => field("use_stripe_sdk", "true"),
    }
}

/// The tombstone of a checkout: an intent that nothing can be charged with, under the checkout's own key. Its
/// parameters never change, so that closing twice is closing once.
pub(super) fn tombstone(checkout: CheckoutId) -> Form {
    vec![
        field("amount", "100"),
        field("currency", "usd"),
        field("payment_method_types[]", "card"),
        metadata(CHECKOUT, checkout.to_string()),
        metadata(VOID, "true"),
    ]
}

/// Stripe's idempotency key of a checkout's one PaymentIntent, whatever is asked for under it.
pub(super) fn create_key(checkout: CheckoutId) -> String {
    format!("till-{checkout}")
}

/// Stripe's idempotency key for trying a card on an intent; `round` counts the saved 5xx answers before it.
pub(super) fn confirm_key(intent: &PaymentIntent, card: &PaymentMethodId, round: u32) -> String {
    let mut key = format!("till-{}-{}", intent.id, card.as_str());
    if round > 0 {
        let _ = write!(key, "-{round}");
    }
    key
}

/// Whether `intent` was made for `checkout`.
pub(super) fn belongs_to(intent: &PaymentIntent, checkout: CheckoutId) -> bool {
    intent.metadata.get(CHECKOUT).is_some_and(|id| *id == checkout.to_string())
}

/// Whether `intent` is a tombstone.
pub(super) fn is_tombstone(intent: &PaymentIntent) -> bool {
    intent.metadata.contains_key(VOID)
}

/// Whether `intent` charges exactly this order.
pub(super) fn charges(intent: &PaymentIntent, order: &Order) -> bool {
    intent.amount == order.total().amount()
        && intent.currency == order.total().currency().code()
        && items_of(intent) == order.words().collect::<Vec<_>>().join(",")
}

/// The items written on an intent, `sku:quantity,…`.
pub(super) fn items_of(intent: &PaymentIntent) -> String {
    (1..).map_while(|n| intent.metadata.get(&format!("{ITEMS}{n}")).cloned()).collect::<Vec<_>>().join(",")
}

/// The order's words, joined by commas, in as many values as they need.
fn split_items(order: &Order) -> Vec<String> {
    let mut values = vec![String::new()];
    for words in order.words() {
        match values.last_mut() {
            Some(value) if value.is_empty() => *value = words,
            Some(value) if value.len() + 1 + words.len() <= MAX_VALUE => {
                value.push(',');
                value.push_str(&words);
            }
            _ => values.push(words),
        }
    }
    values
}
