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
pub mod publishable_key;
pub mod secret;
pub mod settings;
pub mod stripe;
pub mod telemetry;
pub mod trust;

mod app;
mod deadline;
mod platform;

pub use app::App;
pub use platform::{Platform, now_ms};
