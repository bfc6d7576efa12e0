//! HTTP and API Gateway: a request becomes what it asks for, an outcome becomes a response. No other module knows either.

mod body;
mod event;
mod gate;
mod request;
mod response;

pub use event::{read as read_event, to_json};
pub use request::{ApiRequest, is_resend};
pub use response::{config, of_outcome};
