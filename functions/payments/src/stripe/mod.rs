//! A small client for the part of Stripe's API that a card payment needs.
//!
//! `client` sends one request; `retry` decides whether it is sent again; `session` is everything that one event asks of
//! Stripe, within one budget of time and requests; `payment_intent` and `error` are what comes back.

mod client;
mod error;
mod id;
mod payment_intent;
mod retry;
mod session;

pub use client::{API_VERSION, Answer, Call, Client, interpret};
pub use error::{Failure, Refused, Silence};
pub use id::{PaymentIntentId, PaymentMethodId};
pub use payment_intent::{CardError, Charge, ConfirmationMethod, Listed, PaymentIntent, PaymentIntentList, Status};
pub use session::{Budget, CallStats, MAX_REQUESTS, Session};
