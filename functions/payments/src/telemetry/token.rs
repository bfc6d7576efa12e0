//! What may stand in a log line as text.

use serde::{Serialize, Serializer};
use std::fmt;

/// A name, a code or an id: one word of letters, digits, `_`, `-` and `.`, 255 at most. It cannot hold an e-mail address, a card
/// number, a key or a client_secret: in the place of such a text, and of any other, stands `withheld`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

/// Parts of Stripe's keys and of a client_secret (<https://docs.stripe.com/keys>).
const SECRET: [&str; 4] = ["sk_", "rk_", "whsec_", "_secret"];

/// The fewest digits of a card's number (ISO/IEC 7812).
const CARD_NUMBER: usize = 13;

impl Token {
    /// The text, if it is one word and no secret.
    pub fn new(text: &str) -> Self {
        let is_word = (1..=255).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b))
            && text.bytes().any(|b| b.is_ascii_alphabetic())
            // So many digits in a row may be a card's number.
            && text.split(|c: char| !c.is_ascii_digit()).all(|digits| digits.len() < CARD_NUMBER);
        let is_secret = SECRET.iter().any(|part| text.contains(part));
        Self(if is_word && !is_secret { text } else { "withheld" }.to_owned())
    }

    /// The word.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Token {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_ids_are_told() {
        for word in ["insufficient_funds", "pi_3TillAbc", "req_1a", "b9f1c0de-7a68-4a7e-9b1d-0a52f2c0e8aa", "1.5-x"] {
            assert_eq!(Token::new(word).as_str(), word);
        }
    }

    #[test]
    fn no_address_card_number_key_or_client_secret_fits_into_a_token() {
        let long = "a".repeat(256);
        for secret in [
            "",
            "shopper@example.com",
            "4242424242424242",
            "pi_4242424242424242",
            "4242-4242-4242-4242",
            "4242 4242 4242 4242",
            "sk_test_51Abc",
            "rk_live_51Abc",
            "whsec_abc",
            "pi_1_secret_2",
            "Bearer abc",
            "{\"a\":1}",
            "two\nlines",
            &long,
        ] {
            assert_eq!(Token::new(secret).as_str(), "withheld", "{secret}");
        }
    }
}
