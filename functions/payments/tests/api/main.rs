//! The function, driven by API Gateway events, against the Stripe sandbox.

#![expect(clippy::unwrap_used, clippy::unchecked_time_subtraction, reason = "a panic is how a test fails")]

mod accounts;
mod authentication;
mod card_limit;
mod cards;
mod catalogue;
mod contract;
mod event;
mod events;
mod faults;
mod kill_switch;
mod lookup;
mod refusals;
mod resends;
mod rolled_key;
mod secret;
mod sequences;
mod settle_only;
mod shop;
mod strangers;
mod stripe_budget;
mod stripe_refuses;
mod telemetry;
mod void;
