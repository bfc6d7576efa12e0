//! The fields of Stripe's PaymentIntent that decide an outcome.
//! <https://docs.stripe.com/api/payment_intents/object>

use super::id::{PaymentIntentId, PaymentMethodId};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A PaymentIntent.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: PaymentIntentId,
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
    /// Who confirms it after an authentication. It never changes, whatever the setting says now.
    #[serde(default)]
    pub confirmation_method: ConfirmationMethod,
    /// What lets the page run the authentication. It cannot be printed.
    #[serde(default)]
    pub client_secret: Option<SecretString>,
    /// What we wrote on it.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The card of the latest attempt, and after success the one that paid.
    #[serde(default, deserialize_with = "payment_method_of")]
    pub payment_method: Option<PaymentMethodId>,
    /// Why the latest attempt failed.
    #[serde(default)]
    pub last_payment_error: Option<CardError>,
    /// The charge of the latest attempt that reached the card's network.
    #[serde(default, deserialize_with = "charge_of")]
    pub latest_charge: Option<Charge>,
}

/// <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-confirmation_method>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmationMethod {
    /// Stripe's default. Ours are confirmed with `error_on_requires_action`, and so never require an action.
    #[default]
    Automatic,
    /// The server confirms again, after the shopper has authenticated the card.
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
    /// The card's bank requires authentication.
    RequiresAction,
    /// Authorized and not captured: Till never asks for this.
    RequiresCapture,
    /// The server has to confirm it.
    RequiresConfirmation,
    /// It has no card, or the last one was declined.
    RequiresPaymentMethod,
    /// Paid.
    Succeeded,
    /// A status that Stripe added later.
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
    #[serde(default, deserialize_with = "payment_method_of")]
    pub payment_method: Option<PaymentMethodId>,
}

/// A charge, paid or failed. <https://docs.stripe.com/api/charges/object>
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct Charge {
    /// What was given back, in minor units. Known only where the charge is expanded.
    #[serde(default, rename = "amount_refunded")]
    pub refunded: Option<u64>,
}

/// A page of a list or of search results, newest first.
#[derive(Debug, Deserialize)]
pub struct PaymentIntentList {
    /// At most a hundred.
    pub data: Vec<Listed>,
    /// Whether older ones follow.
    pub has_more: bool,
}

/// One entry of a page. One that cannot be read must not hide the others.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Listed {
    /// A PaymentIntent as the documents describe it.
    Readable(Box<PaymentIntent>),
    /// Anything else that has an id.
    Unreadable {
        /// The id, by which the next page is asked for.
        id: String,
        /// What was written on it, as far as it is readable.
        #[serde(default)]
        metadata: BTreeMap<String, serde_json::Value>,
    },
}

/// An object that Stripe shows by its id, or whole where `expand[]` asks for it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Expandable<T> {
    Id(String),
    Object(T),
}

/// A card or bank account of another kind (`card_…`, `ba_…`) is none of ours, and counts as no PaymentMethod.
fn payment_method_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PaymentMethodId>, D::Error> {
    #[derive(Deserialize)]
    struct Object {
        id: String,
    }
    let found: Option<Expandable<Object>> = Option::deserialize(deserializer)?;
    Ok(found.and_then(|found| match found {
        Expandable::Id(id) | Expandable::Object(Object { id }) => PaymentMethodId::parse(&id),
    }))
}

fn charge_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Charge>, D::Error> {
    let found: Option<Expandable<Charge>> = Option::deserialize(deserializer)?;
    Ok(found.map(|found| match found {
        Expandable::Id(_) => Charge::default(),
        Expandable::Object(charge) => charge,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_entry_that_cannot_be_read_hides_no_other() {
        let readable = json!({
            "id": "pi_1", "status": "succeeded", "amount": 1099, "currency": "usd", "created": 1, "livemode": false,
            "payment_method": "card_1Old", "latest_charge": { "id": "ch_1", "amount_refunded": 300 },
        });
        let unreadable = json!({ "id": "pi_2", "status": 7, "metadata": { "till_checkout": "K", "n": 1 } });
        let page: PaymentIntentList =
            serde_json::from_value(json!({ "data": [unreadable, readable], "has_more": false })).unwrap();
        let [Listed::Unreadable { id, metadata }, Listed::Readable(intent)] = page.data.as_slice() else {
            panic!("{:?}", page.data)
        };
        assert_eq!((id.as_str(), &metadata["till_checkout"]), ("pi_2", &json!("K")));
        let refunded = intent.latest_charge.and_then(|charge| charge.refunded);
        assert_eq!((intent.payment_method.as_ref(), refunded), (None, Some(300)));
    }
}
