//! HTTP and API Gateway: a request becomes what it asks for, an outcome becomes a response. No other room knows either.

mod body;
mod gate;
mod request;
mod response;

pub use request::{Ask, Incoming, Rejected};
pub use response::{config, of_outcome};
