//! What a publishable key may do with a `PaymentIntent`, by its `client_secret`, and what it is shown of it.
//!
//! <https://docs.stripe.com/js/payment_intents/payment_intent>

use serde_json::Value;

use crate::error::Error;
use crate::intent::PaymentIntent;
use crate::keys::Caller;

/// The fields that Stripe.js gives to a merchant's page.
const PUBLIC: &[&str] = &[
    "id",
    "object",
    "amount",
    "amount_details",
    "automatic_payment_methods",
    "canceled_at",
    "cancellation_reason",
    "capture_method",
    "client_secret",
    "confirmation_method",
    "created",
    "currency",
    "description",
    "last_payment_error",
    "livemode",
    "next_action",
    "payment_method",
    "payment_method_configuration_details",
    "payment_method_types",
    "processing",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "source",
    "status",
];

/// Refuses a publishable key without the `client_secret`.
pub(crate) fn must_be_given(caller: Caller, sent: Option<&str>) -> Result<(), Error> {
    if caller.is_publishable() && sent.is_none() { Err(Error::missing("client_secret")) } else { Ok(()) }
}

/// Refuses a `client_secret` that is not the intent's.
pub(crate) fn must_match(intent: &PaymentIntent, sent: Option<&str>) -> Result<(), Error> {
    if sent.is_none_or(|sent| sent == intent.client_secret) {
        return Ok(());
    }
    let message = "The client_secret provided does not match the client_secret associated with the PaymentIntent.";
    Err(Error::invalid(message).code("payment_intent_invalid_parameter").param("client_secret"))
}

/// The intent as that caller may see it.
pub(crate) fn seen_by(caller: Caller, intent: &PaymentIntent) -> Value {
    if caller.is_publishable() { public(intent) } else { intent.to_json() }
}

/// The intent as a publishable key may see it.
pub(crate) fn public(intent: &PaymentIntent) -> Value {
    let mut object = intent.to_json();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| PUBLIC.contains(&name.as_str()));
    }
    object
}
