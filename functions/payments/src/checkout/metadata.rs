//! What Till writes on a PaymentIntent to know it again, and what it reads there. <https://docs.stripe.com/metadata>

use super::CheckoutId;
use crate::catalog::Order;
use crate::stripe::{PaymentIntent, PaymentMethodId};

pub(super) const CHECKOUT: &str = "till_checkout";
/// The card of the create, so that a later request can tell whether it is the first one again.
const CARD: &str = "till_card";
const VOID: &str = "till_void";
const ITEMS: &str = "till_items_";
/// The amount of every tombstone, in US cents: its parameters never change.
pub(super) const TOMBSTONE_AMOUNT: u64 = 100;
/// Stripe's limit for a metadata value, in characters.
const MAX_VALUE: usize = 500;

/// The metadata of a checkout's PaymentIntent, as fields of a form.
pub(super) fn of_payment(checkout: CheckoutId, card: &PaymentMethodId, order: &Order) -> Vec<(String, String)> {
    let items = split_items(order).into_iter().enumerate().map(|(n, part)| (format!("{ITEMS}{}", n + 1), part));
    let names = [(CHECKOUT.to_owned(), checkout.to_string()), (CARD.to_owned(), card.as_str().to_owned())];
    names.into_iter().chain(items).map(|(name, value)| (format!("metadata[{name}]"), value)).collect()
}

/// The metadata of its tombstone.
pub(super) fn of_tombstone(checkout: CheckoutId) -> [(String, String); 2] {
    [(format!("metadata[{CHECKOUT}]"), checkout.to_string()), (format!("metadata[{VOID}]"), "true".to_owned())]
}

/// Whether `intent` was made for `checkout`.
pub(super) fn belongs_to(intent: &PaymentIntent, checkout: CheckoutId) -> bool {
    intent.metadata.get(CHECKOUT).is_some_and(|id| *id == checkout.to_string())
}

/// Whether `intent` is a tombstone, and not a PaymentIntent of the merchant's that has a tombstone's metadata.
pub(super) fn is_tombstone(intent: &PaymentIntent) -> bool {
    intent.metadata.contains_key(VOID) && intent.amount == TOMBSTONE_AMOUNT && !is_tried(intent)
}

/// Whether a card was tried. Stripe clears the error when anybody updates the PaymentIntent, the charge stays.
fn is_tried(intent: &PaymentIntent) -> bool {
    intent.payment_method.is_some() || intent.last_payment_error.is_some() || intent.latest_charge.is_some()
}

/// Whether the create tried `card`. A PaymentIntent of an earlier release does not say, and may have.
pub(super) fn may_have_begun_with(intent: &PaymentIntent, card: &PaymentMethodId) -> bool {
    intent.metadata.get(CARD).is_none_or(|first| first == card.as_str())
}

/// Whether Till made `intent`. A merchant's own tool may have copied the metadata onto a PaymentIntent of its own, but Till
/// makes none without trying a card, except tombstones.
pub(super) fn is_ours(intent: &PaymentIntent) -> bool {
    is_tombstone(intent) || (is_tried(intent) && intent.metadata.contains_key(&format!("{ITEMS}1")))
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
