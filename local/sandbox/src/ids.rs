//! Random identifiers of Stripe's form: a prefix and base-62 characters.

use uuid::Uuid;

const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// `length` random base-62 characters.
pub(crate) fn random(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        // A version 4 UUID has at least 116 random bits in its low and high ends: 19 characters are well within them.
        let mut bits = Uuid::new_v4().as_u128() & ((1 << 62) - 1);
        for _ in 0..10.min(length - text.len()) {
            let index = usize::try_from(bits % 62).unwrap_or_default();
            text.push(char::from(ALPHABET[index]));
            bits /= 62;
        }
    }
    text
}

/// An object's id, such as `pi_3RqXw0K2mB7cD9eF1gH4jL6n`.
pub(crate) fn object(prefix: &str) -> String {
    format!("{prefix}_3{}", random(23))
}

/// A request's id, such as `req_Xw0K2mB7cD9eF1`.
pub(crate) fn request() -> String {
    format!("req_{}", random(14))
}
