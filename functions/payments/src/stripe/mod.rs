//! A small client for the part of Stripe's API that a card payment needs.
//!
//! `client` sends one request; `retry` decides whether it is sent again; `conversation` is all that one event says to
//! Stripe, inside one budget of time; `payment_intent` and `error` are what comes back.

mod client;
mod conversation;
mod error;
mod payment_intent;
mod retry;

pub use client::{API_VERSION, Answer, Call, Client, interpret};
pub use conversation::{Budget, Conversation, Tally};
pub use error::{Failure, Refused};
pub use payment_intent::{CardError, ConfirmationMethod, PaymentIntent, PaymentIntentList, Status};
