//! Till's function: card payments for a static storefront, by Stripe's guide "Card payments without bank authentication".
//! <https://docs.stripe.com/payments/without-card-authentication>
//!
//! Data goes one way: event → [`http::ApiRequest`] → [`checkout::CheckoutProcessor`] → Stripe → [`outcome::Outcome`] → response.

pub mod catalog;
pub mod checkout;
pub mod decline;
pub mod diagnostics;
pub mod http;
pub mod money;
pub mod network;
pub mod outcome;
pub mod secret;
pub mod settings;
pub mod stripe;
pub mod telemetry;
pub mod trust;

mod app;
mod deadline;

pub use app::App;

use std::time::SystemTime;

/// The function's clock: milliseconds since 1970.
pub fn now_ms() -> u64 {
    let since_1970 = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since_1970.as_millis()).unwrap_or(u64::MAX)
}
