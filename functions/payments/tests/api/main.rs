//! The function, driven by API Gateway events, against the Stripe sandbox.

mod cards;
mod catalogue;
mod contract;
mod kill_switch;
mod refusals;
mod resends;
mod shop;
mod telemetry;
mod void;
