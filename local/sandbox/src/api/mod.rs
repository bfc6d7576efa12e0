//! The REST endpoints: parameters in, an object or a refusal out. Nothing here knows HTTP.

mod amount;
mod authentication;
mod charges;
mod client_secret;
mod confirmation;
mod expand;
mod list;
mod payment_intents;
mod payment_methods;
mod query;
mod refunds;
mod search;
mod timeline;
mod unsupported;
mod update;

pub(crate) use authentication::finish as finish_authentication;
pub(crate) use refunds::refund_any;

use serde_json::Value;

use crate::error::Error;
use crate::keys::Caller;
use crate::params::Params;
use crate::state::State;
use crate::versions::Version;

/// One request to an endpoint, its sender known.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) caller: Caller,
    pub(crate) version: Version,
    pub(crate) method: String,
    /// With `/v1/` in front.
    pub(crate) path: String,
    pub(crate) params: Params,
}

/// Executes one request; `now` are Unix seconds.
pub(crate) fn execute(state: &mut State, call: Call, now: u64) -> Result<Value, Error> {
    let path = call.path.clone();
    let segments: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (call.method.as_str(), segments.as_slice()) {
        ("POST", ["payment_intents"]) => payment_intents::create(state, call, now),
        ("GET", ["payment_intents"]) => payment_intents::list(state, call),
        ("GET", ["payment_intents", "search"]) => search::search(state, call),
        ("GET", ["payment_intents", id]) => payment_intents::retrieve(state, call, id),
        ("POST", ["payment_intents", id]) => update::update(state, call, id),
        ("POST", ["payment_intents", id, "confirm"]) => payment_intents::confirm(state, call, id, now),
        ("POST", ["payment_intents", id, "cancel"]) => payment_intents::cancel(state, call, id, now),
        ("POST", ["payment_methods"]) => payment_methods::create(state, call, now),
        ("GET", ["payment_methods", id]) => payment_methods::retrieve(state, call, id, now),
        ("GET", ["charges", id]) => charges::retrieve(state, call, id),
        ("POST", ["refunds"]) => refunds::create(state, call, now),
        (method, _) => {
            let message = format!(
                "Unrecognized request URL ({method}: {path}). The sandbox serves PaymentIntents, PaymentMethods, Charges and Refunds; its README says which calls."
            );
            Err(Error::new(404, "invalid_request_error", message))
        }
    }
}
