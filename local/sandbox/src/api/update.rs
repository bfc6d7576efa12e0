//! `POST /v1/payment_intents/{id}`: <https://docs.stripe.com/api/payment_intents/update>.

use serde_json::Value;

use super::Call;
use super::expand::Expand;
use super::payment_intents::{EXPANDABLE, find, show};
use super::unsupported::{OF_INTENTS, OF_UPDATES};
use crate::error::Error;
use crate::metadata::Changes;
use crate::params;
use crate::state::State;

/// Merges `metadata`, and sets or unsets `description` and `receipt_email`, whatever the intent's status. The error of the last
/// attempt is cleared: <https://docs.stripe.com/api/payment_intents/object#payment_intent_object-last_payment_error>.
pub(crate) fn update(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    let (caller, params) = (call.caller, &mut call.params);
    let metadata = Changes::take(params)?;
    let description = params.take_raw("description");
    let receipt_email = params.take_raw("receipt_email");
    params::email("receipt_email", receipt_email.clone().filter(|email| !email.is_empty()))?;
    let expand = Expand::take(params, caller, EXPANDABLE, "")?;
    call.params.finish(&[OF_INTENTS, OF_UPDATES].concat())?;

    let mut intent = find(state, caller.account, id)?.clone();
    if !metadata.is_empty() {
        let changed = metadata.applied_to(intent.metadata.clone())?;
        intent.describe(changed, state.clock.now_ms());
    }
    set(&mut intent.description, description);
    set(&mut intent.receipt_email, receipt_email);
    intent.last_payment_error = None;
    if let Some(stored) = state.intents.get_mut(caller.account, id) {
        *stored = intent;
    }
    show(state, caller, id, &expand)
}

/// An empty value unsets a field.
fn set(field: &mut Option<String>, sent: Option<String>) {
    if let Some(sent) = sent {
        *field = Some(sent).filter(|sent| !sent.is_empty());
    }
}
