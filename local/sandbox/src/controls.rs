//! `/_sandbox/…`: what a test or a person at a terminal does to the sandbox.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::reply::Reply;
use crate::state::Shared;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

/// Answers one control.
pub(crate) fn answer(shared: &Shared, method: &str, path: &str, body: &[u8]) -> Reply {
    match (method, path) {
        ("GET", "/_sandbox/ledger") => ok(&json!(shared.state().ledger())),
        ("POST", "/_sandbox/reset") => {
            shared.state().reset();
            ok(&json!({}))
        }
        ("POST", "/_sandbox/clock") => match serde_json::from_slice::<Advance>(body) {
            Ok(Advance { advance_ms }) => {
                let mut state = shared.state();
                state.clock.advance(Duration::from_millis(advance_ms));
                ok(&json!({ "now_ms": state.clock.now_ms() }))
            }
            Err(error) => refused(400, &format!("{error}; an example: {{\"advance_ms\": 60000}}")),
        },
        ("POST", "/_sandbox/keys/roll") => ok(&json!({ "secret_key": shared.state().roll_key() })),
        (_, "/_sandbox/ledger" | "/_sandbox/reset" | "/_sandbox/clock" | "/_sandbox/keys/roll") => {
            refused(405, &format!("{path} does not take {method}."))
        }
        _ => refused(404, &format!("There is no control {path}.")),
    }
}

fn ok(body: &Value) -> Reply {
    Reply::json(200, body)
}

fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}
