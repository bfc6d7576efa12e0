//! `/_sandbox/…`: what a test or a person at a terminal does to the sandbox.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::api;
use crate::faults::Rule;
use crate::ids;
use crate::keys::KeyKind;
use crate::params::Params;
use crate::reply::Reply;
use crate::state::Shared;

const PATHS: &[&str] = &[
    "ledger",
    "reset",
    "clock",
    "faults",
    "behaviour",
    "keys/roll",
    "keys/roll-publishable",
    "account/switch",
    "3ds/{payment_intent}",
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_ms: u64,
}

/// Answers one control.
pub(crate) fn answer(shared: &Shared, method: &str, path: &str, body: &[u8]) -> Reply {
    let name = path.strip_prefix("/_sandbox/").unwrap_or_default();
    match (method, name) {
        ("GET", "ledger") => ok(&json!(shared.state().ledger())),
        ("POST", "reset") => {
            shared.reset();
            ok(&json!({}))
        }
        ("POST", "clock") => match serde_json::from_slice::<Advance>(body) {
            Ok(Advance { advance_ms }) => {
                let mut state = shared.state();
                state.clock.advance(Duration::from_millis(advance_ms));
                ok(&json!({ "now_ms": state.clock.now_ms() }))
            }
            Err(error) => refused(400, &format!("{error}. An example: {{\"advance_ms\": 60000}}")),
        },
        ("GET", "faults") => ok(&json!(shared.faults.seen())),
        ("PUT", "faults") => match rules(body) {
            Ok(rules) => {
                shared.faults.set(rules);
                ok(&json!(shared.faults.seen()))
            }
            Err(error) => {
                refused(400, &format!("{error}. An example: [{{\"match\": {{\"nth\": 1}}, \"fault\": \"reset_after\"}}]"))
            }
        },
        ("DELETE", "faults") => {
            shared.faults.clear();
            ok(&json!([]))
        }
        ("GET", "behaviour") => ok(&json!(shared.state().behaviour)),
        ("PUT", "behaviour") => behave(shared, body),
        ("POST", "keys/roll") => {
            shared.state().roll_key();
            current_keys(shared)
        }
        ("POST", "keys/roll-publishable") => {
            shared.state().keys.roll(KeyKind::Publishable);
            current_keys(shared)
        }
        ("POST", "account/switch") => {
            shared.state().switch_account();
            current_keys(shared)
        }
        ("POST", _) if let Some(intent) = name.strip_prefix("3ds/") => authenticate(shared, intent, body),
        _ if PATHS.contains(&name) || name.starts_with("3ds/") => refused(405, &format!("{path} does not take {method}.")),
        _ => refused(404, &format!("There is no control {path}. There are: {}", PATHS.join(", "))),
    }
}

/// Answers as Stripe does: its caller is the stand-in for Stripe.js.
fn authenticate(shared: &Shared, intent: &str, body: &[u8]) -> Reply {
    let state = &mut *shared.state();
    match api::finish_authentication(state, intent, Params::parse(&[body])) {
        Ok(intent) => ok(&intent),
        Err(error) => Reply::json(error.status, &error.into_body(&ids::request(), state.clock.now())),
    }
}

/// Turns the switches that are named, and shows them all.
fn behave(shared: &Shared, body: &[u8]) -> Reply {
    let state = &mut *shared.state();
    match state.behaviour.with(body) {
        Ok(behaviour) => {
            state.behave(behaviour);
            ok(&json!(state.behaviour))
        }
        Err(error) => refused(400, &format!("{error}. An example: {{\"search_lag_ms\": 60000}}")),
    }
}

fn current_keys(shared: &Shared) -> Reply {
    let state = shared.state();
    let key = |kind| state.keys.current(kind);
    ok(&json!({ "secret_key": key(KeyKind::Secret), "publishable_key": key(KeyKind::Publishable) }))
}

fn rules(body: &[u8]) -> Result<Vec<Rule>, String> {
    let rules: Vec<Rule> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    rules.iter().try_for_each(Rule::check)?;
    Ok(rules)
}

fn ok(body: &Value) -> Reply {
    Reply::json(200, body)
}

/// A refusal in words for the person who sent it.
pub(crate) fn refused(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}
