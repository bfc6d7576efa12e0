//! `POST /_sandbox/3ds/{payment_intent}`: what the shopper did in the 3-D Secure challenge.

use serde_json::Value;

use super::{client_secret, confirmation};
use crate::acceptance::Course;
use crate::authentication::ConfirmationMethod;
use crate::error::Error;
use crate::intent::Status;
use crate::keys::{Caller, KeyKind};
use crate::params::Params;
use crate::state::State;

const RESULTS: &[&str] = &["complete", "fail", "cancel"];

/// Takes `client_secret`, which is the right to it, and `result`; answers the intent, as a publishable key may see it.
///
/// An intent that waits for no challenge (any more) stays as it is.
pub(crate) fn finish(state: &mut State, id: &str, mut params: Params) -> Result<Value, Error> {
    let secret = params.require("client_secret")?;
    let result = params.take_enum("result", RESULTS)?.ok_or_else(|| Error::missing("result"))?;
    params.finish(&[])?;

    let no_such = || Error::no_such(404, "payment_intent", "intent", id);
    let intent = state.intents.of_any_account(id).ok_or_else(no_such)?;
    client_secret::must_match(intent, Some(&secret))?;
    let account = intent.account;
    let intent = state.intents.get_mut(account, id).ok_or_else(no_such)?;
    if intent.status == Status::RequiresAction {
        match (result, intent.confirmation_method, intent.payment_method.clone()) {
            ("complete", ConfirmationMethod::Manual, _) => {
                let now_ms = state.clock.now_ms();
                intent.complete_authentication(now_ms);
                state.authenticated.push(now_ms, account, id.to_owned());
            }
            ("complete", ConfirmationMethod::Automatic, Some(method)) => {
                intent.complete_authentication(state.clock.now_ms());
                let (caller, now) = (Caller { account, kind: KeyKind::Publishable }, state.clock.now());
                // A decline is not this request's: it is told by the intent.
                let _ = confirmation::attempt(state, caller, id, &method, &Course::default(), now);
            }
            _ => intent.fail_authentication(&state.payment_methods),
        }
    }
    state.intents.get(account, id).map(client_secret::public).ok_or_else(no_such)
}
