//! Stripe's ids of PaymentIntents and PaymentMethods, parsed once: at the HTTP door, or from Stripe's own answer.

use serde::{Deserialize, Serialize};

/// The most characters after the prefix. Stripe's own ids have 24 to 27; an idempotency key, which is made of ids, has at most 255.
const MAX_LENGTH: usize = 100;

/// A `pm_…` that Stripe.js made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentMethodId(String);

impl PaymentMethodId {
    /// Parses `pm_` and 1 to 100 letters, digits or underscores.
    pub fn parse(text: &str) -> Option<Self> {
        is_stripe_id(text, "pm_").then(|| Self(text.to_owned()))
    }

    /// The id as Stripe writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A `pi_…`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String")]
pub struct PaymentIntentId(String);

impl PaymentIntentId {
    /// Parses `pi_` and 1 to 100 letters, digits or underscores.
    pub fn parse(text: &str) -> Option<Self> {
        // A client_secret begins with the PaymentIntent's id; one that was sent by mistake is not an id.
        (is_stripe_id(text, "pi_") && !text.contains("_secret_")).then(|| Self(text.to_owned()))
    }

    /// The id as Stripe writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PaymentIntentId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not the id of a PaymentIntent")
    }
}

fn is_stripe_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        (1..=MAX_LENGTH).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_letters_digits_and_underscores() {
        assert!(PaymentMethodId::parse("pm_card_visa").is_some());
        assert!(PaymentIntentId::parse("pi_3Abc").is_some());
        for wrong in ["", "pm_", "pi_x", "pm_a/b", "pm_a b", "pm_é", &format!("pm_{}", "a".repeat(101))] {
            assert!(PaymentMethodId::parse(wrong).is_none(), "{wrong}");
        }
        assert!(PaymentIntentId::parse("pi_3Abc_secret_x").is_none());
        assert!(PaymentIntentId::parse(&format!("pi_{}", "a".repeat(101))).is_none());
    }
}
