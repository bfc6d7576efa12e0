//! The sandbox over HTTP, as a client of Stripe sees it.

mod cards;
mod client;
mod idempotency;
mod payment_intents;
mod payment_methods;
mod secrets;
