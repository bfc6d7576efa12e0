//! How Stripe behaves where its documents leave room, or where time decides: switches that a test turns while the sandbox runs.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The switches, as `GET /_sandbox/behaviour` shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Behaviour {
    /// How old an intent, or a change of its metadata, must be for search to find it.
    pub(crate) search_lag_ms: u64,
    /// How old an intent must be for the list to show it.
    pub(crate) list_lag_ms: u64,
    /// How long Stripe takes to execute a request.
    pub(crate) latency_ms: u64,
    /// How many `PaymentIntents` of other checkouts there are, and go on being made, a day.
    pub(crate) background_per_day: u64,
    /// Whether a refused POST that was let in, a 400 or a 404, is kept under its idempotency key.
    pub(crate) keep_refusals: bool,
    /// Whether an idempotency key is known under the API key alone that it was first sent with, not in the whole account.
    pub(crate) keys_by_api_key: bool,
    /// Whether other parameters under an idempotency key are noticed although its first request still runs.
    pub(crate) compare_first: bool,
    /// Whether the `PaymentIntent` of a create that confirms is there already while its card is being charged.
    pub(crate) early_intents: bool,
    /// Whether the 409 of a key that is in use is an `invalid_request_error`, not an `idempotency_error`.
    pub(crate) in_use_is_invalid: bool,
}

impl Behaviour {
    pub(crate) fn latency(&self) -> Duration {
        Duration::from_millis(self.latency_ms)
    }

    /// Whether an answer of that status is kept under its idempotency key though nothing was executed.
    pub(crate) fn keeps(&self, status: u16) -> bool {
        self.keep_refusals && matches!(status, 400 | 404)
    }

    /// These switches with some of them changed, as `PUT /_sandbox/behaviour` names them. The error says which is wrong.
    pub(crate) fn with(&self, changes: &[u8]) -> Result<Self, String> {
        let changes: Map<String, Value> = serde_json::from_slice(changes).map_err(|error| error.to_string())?;
        let mut switches = json!(self);
        for (name, value) in changes {
            switches[name] = value;
        }
        serde_json::from_value(switches).map_err(|error| error.to_string())
    }
}
