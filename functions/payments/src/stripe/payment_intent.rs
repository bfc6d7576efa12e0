//! The fields of Stripe's PaymentIntent that decide an outcome.
//! <https://docs.stripe.com/api/payment_intents/object>

use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A PaymentIntent.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    /// Where it stands; only `succeeded` is paid.
    pub status: Status,
    /// In the currency's minor unit.
    pub amount: u64,
    /// Three letters, lower case.
    pub currency: String,
    /// Seconds since 1970.
    pub created: u64,
    /// Whether it is real money.
    pub livemode: bool,
    /// Who confirms it after an authentication: how it was born, whatever the setting says now.
    #[serde(default)]
    pub confirmation_method: ConfirmationMethod,
    /// What lets the page run the authentication. It cannot be printed.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// What we wrote on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The card that it was last tried with, and after success the one that paid.
    #[serde(default, deserialize_with = "id_of")]
    pub payment_method: Option<String>,
    /// Why the last try failed.
    #[serde(default)]
    pub last_payment_error: Option<CardError>,
}

/// <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-confirmation_method>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationMethod {
    /// Stripe's default. Ours are confirmed with `error_on_requires_action`, and so never want an action.
    #[default]
    Automatic,
    /// The server confirms again, once the shopper's bank is content.
    Manual,
}

/// <https://docs.stripe.com/payments/paymentintents/lifecycle>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Nothing can be charged any more.
    Canceled,
    /// The outcome comes later.
    Processing,
    /// The shopper's bank wants to see the shopper.
    RequiresAction,
    /// Authorized, and not captured: not a state that we ask for.
    RequiresCapture,
    /// To be confirmed by the server.
    RequiresConfirmation,
    /// No card, or the last one was declined.
    RequiresPaymentMethod,
    /// Paid.
    Succeeded,
    /// One that Stripe added later.
    #[serde(other)]
    Unrecognized,
}

/// Why a card was refused: the body of a 402, or a PaymentIntent's `last_payment_error`.
/// <https://docs.stripe.com/api/errors>. Its message is written for developers, and is not read.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CardError {
    /// `card_declined`, `expired_card` …
    pub code: Option<String>,
    /// The bank's reason, where it gave one.
    pub decline_code: Option<String>,
    /// The card that was refused.
    #[serde(default, deserialize_with = "id_of")]
    pub payment_method: Option<String>,
}

/// A page of a list, newest first.
#[derive(Debug, Deserialize)]
pub struct PaymentIntentList {
    /// At most a hundred.
    pub data: Vec<PaymentIntent>,
    /// Whether older ones follow.
    pub has_more: bool,
}

/// An id that may have been expanded to the object that it names.
fn id_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum IdOrObject {
        Id(String),
        Object { id: String },
    }
    Ok(Option::deserialize(deserializer)?.map(|found| match found {
        IdOrObject::Id(id) | IdOrObject::Object { id } => id,
    }))
}
