//! The sandbox over HTTP, as a client of Stripe sees it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod access;
mod authentication;
mod background;
mod browser;
mod cards;
mod client;
mod controls;
mod faults;
mod idempotency;
mod loopback;
mod objects;
mod parameters;
mod payment_intents;
mod payment_methods;
mod readme;
mod refunds;
mod search;
mod secrets;
mod update;
mod versions;
