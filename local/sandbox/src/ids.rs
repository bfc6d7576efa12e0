//! Random identifiers of Stripe's form: a prefix and base-62 characters.

use std::iter::repeat_with;

use uuid::Builder;

/// So many random base-62 characters. Nothing real is protected by them.
pub(crate) fn random(length: usize) -> String {
    repeat_with(fastrand::alphanumeric).take(length).collect()
}

/// An object's id, such as `pi_3RqXw0K2mB7cD9eF1gH4jL6n`.
pub(crate) fn object(prefix: &str) -> String {
    format!("{prefix}_3{}", random(23))
}

/// A UUID of version 4.
pub(crate) fn uuid() -> String {
    Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid().to_string()
}

/// A request's id, such as `req_Xw0K2mB7cD9eF1`.
pub(crate) fn request() -> String {
    format!("req_{}", random(14))
}
