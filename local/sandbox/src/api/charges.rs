//! `/v1/charges`

use serde_json::Value;

use super::Call;
use super::expand::Expand;
use crate::error::Error;
use crate::state::State;

pub(crate) fn retrieve(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    call.caller.must_have("rak_charge_read")?;
    let expand = Expand::take(&mut call.params, call.caller, &["payment_intent"], "")?;
    call.params.finish(&[])?;
    let account = call.caller.account;
    let charge = state.charge(account, id).ok_or_else(|| Error::no_such(404, "charge", "id", id))?;
    Ok(expand.apply(state, account, charge.to_json()))
}
