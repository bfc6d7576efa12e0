//! What Till writes at Stripe: create, tombstone, confirm and cancel, each with its idempotency key.
//! <https://docs.stripe.com/api/payment_intents>

use super::request::PayRequest;
use super::{CheckoutId, Terms, metadata};
use crate::settings::CardAuthentication;
use crate::stripe::{Call, ConfirmationMethod, PaymentIntent, PaymentIntentId, PaymentMethodId};

pub(super) const PATH: &str = "/v1/payment_intents";

/// Create and confirm in one call.
pub(super) fn create(checkout: CheckoutId, request: &PayRequest, terms: &Terms) -> Call {
    let PayRequest { order, card, receipt_email } = request;
    let mut form = vec![
        field("amount", order.total().amount().to_string()),
        field("currency", order.total().currency().code()),
        field("payment_method", card.as_str()),
        // Without it Stripe chooses the methods itself, and then refuses to decline a card that requires an action.
        field("payment_method_types[]", "card"),
        field("confirm", "true"),
        // Stripe's receipts show it, so it names the order and never the checkout's id, whose holder may ask about it.
        field("description", order.description()),
    ];
    form.extend(metadata::of_payment(checkout, card, order));
    match terms.card_authentication {
        CardAuthentication::Decline => form.push(authentication(ConfirmationMethod::Automatic)),
        CardAuthentication::Handle => {
            form.extend([field("confirmation_method", "manual"), authentication(ConfirmationMethod::Manual)]);
        }
    }
    form.extend(receipt_email.as_deref().map(|email| field("receipt_email", email)));
    form.extend(terms.statement_descriptor_suffix.map(|suffix| field("statement_descriptor_suffix", suffix)));
    Call::post(PATH, &form, create_key(checkout)).charging()
}

/// The tombstone of a checkout: a PaymentIntent without a card, under the checkout's own key. Its parameters never change,
/// so that closing twice is closing once.
pub(super) fn tombstone(checkout: CheckoutId) -> Call {
    let amount = metadata::TOMBSTONE_AMOUNT.to_string();
    let mut form = vec![field("amount", amount), field("currency", "usd"), field("payment_method_types[]", "card")];
    form.extend(metadata::of_tombstone(checkout));
    Call::post(PATH, &form, create_key(checkout))
}

/// Confirm a PaymentIntent with its `number`-th card, counted from 1; the create tries the first. Stripe takes no key for
/// another card, so no more cards can be tried than there are numbers, however many requests arrive at the same time.
pub(super) fn confirm(intent: &PaymentIntent, number: u32, card: &PaymentMethodId, email: Option<&str>) -> Call {
    let mut form = vec![field("payment_method", card.as_str()), authentication(intent.confirmation_method)];
    form.extend(email.map(|email| field("receipt_email", email)));
    Call::post(&format!("{}/confirm", path(&intent.id)), &form, format!("till-{}-{number}", intent.id.as_str()))
        .charging()
        .giving_way()
}

/// Confirm a PaymentIntent whose card is authenticated. Its key is this event's alone: an answer saved under another one
/// would be about an earlier authentication.
pub(super) fn confirm_authenticated(intent: &PaymentIntentId, terms: &Terms) -> Call {
    Call::post(&format!("{}/confirm", path(intent)), &[], format!("till-{}-{}", intent.as_str(), terms.nonce)).charging()
}

/// Cancel a PaymentIntent. Canceling twice is canceling once, so the key need only hold for this event's own retries.
pub(super) fn cancel(intent: &PaymentIntentId, terms: &Terms) -> Call {
    Call::post(&format!("{}/cancel", path(intent)), &[], format!("till-cancel-{}", terms.nonce)).settling()
}

/// The path of a PaymentIntent.
pub(super) fn path(intent: &PaymentIntentId) -> String {
    format!("{PATH}/{}", intent.as_str())
}

/// Stripe's idempotency key of a checkout's one PaymentIntent, whatever is asked for under it.
fn create_key(checkout: CheckoutId) -> String {
    format!("till-{checkout}")
}

/// What a confirm says of a card that requires authentication: decline it, or let Stripe.js run it.
fn authentication(method: ConfirmationMethod) -> (String, String) {
    match method {
        ConfirmationMethod::Automatic => field("error_on_requires_action", "true"),
        ConfirmationMethod::Manual => field("use_stripe_sdk", "true"),
    }
}

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}
