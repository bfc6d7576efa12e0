//! `POST /v1/refunds`: <https://docs.stripe.com/api/refunds/create>.

use serde_json::Value;

use super::expand::Expand;
use super::unsupported::OF_REFUNDS;
use super::{Call, amount};
use crate::charge::Charge;
use crate::error::Error;
use crate::keys::AccountId;
use crate::metadata;
use crate::refund::Refund;
use crate::state::State;
use crate::table::Stored;

const REASONS: &[&str] = &["duplicate", "fraudulent", "requested_by_customer"];

/// Gives back the charge of a `PaymentIntent`: the amount that is asked for, or all that is left of it.
pub(crate) fn create(state: &mut State, mut call: Call, now: u64) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    call.caller.must_have("rak_charge_write")?;
    let (caller, params) = (call.caller, &mut call.params);
    let intent = params.require("payment_intent")?;
    let amount = params.take_integer("amount")?;
    let reason = params.take_enum("reason", REASONS)?;
    let metadata = metadata::take(params)?;
    let expand = Expand::take(params, caller, &["charge", "payment_intent"], "")?;
    call.params.finish(OF_REFUNDS)?;

    let mut refund = refund(state, caller.account, &intent, amount, now)?;
    refund.reason = reason;
    refund.metadata = metadata;
    let object = refund.to_json();
    state.refunds.insert(refund);
    Ok(expand.apply(state, caller.account, object))
}

/// Gives back the charge of an intent, whoever's it is: what a merchant does in the Dashboard.
pub(crate) fn refund_any(state: &mut State, intent: &str, amount: Option<u64>) -> Result<Refund, Error> {
    let account = state.intents.of_any_account(intent).map_or(0, Stored::account);
    let amount = amount.map(|amount| i64::try_from(amount).unwrap_or(i64::MAX));
    let now = state.clock.now();
    let refund = refund(state, account, intent, amount, now)?;
    state.refunds.insert(refund.clone());
    Ok(refund)
}

/// Takes the amount off the charge; never more than is left of it.
fn refund(state: &mut State, account: AccountId, intent: &str, amount: Option<i64>, now: u64) -> Result<Refund, Error> {
    let no_such = || Error::no_such(400, "payment_intent", "payment_intent", intent);
    let paid = state.intents.get(account, intent).ok_or_else(no_such)?;
    let charge = paid.latest_charge.as_deref().and_then(|charge| state.charges.get_mut(account, charge));
    let Some(charge) = charge.filter(|charge| charge.paid) else {
        return Err(Error::invalid(format!("This PaymentIntent ({intent}) does not have a successful charge to refund.")));
    };
    let left = charge.amount - charge.amount_refunded;
    if left == 0 {
        let message = format!("Charge {} has already been refunded.", charge.id);
        return Err(Error::invalid(message).code("charge_already_refunded"));
    }
    let amount = amount.unwrap_or(left);
    check(charge, left, amount)?;
    let refund = Refund::new(charge, amount, now);
    charge.refunded_by(&refund);
    Ok(refund)
}

fn check(charge: &Charge, left: i64, amount: i64) -> Result<(), Error> {
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(Error::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    if amount > left {
        let which = if left == charge.amount { "charge amount" } else { "unrefunded amount on charge" };
        let written = |amount| amount::written(amount, &charge.currency);
        let message = format!("Refund amount ({}) is greater than {which} ({})", written(amount), written(left));
        return Err(Error::invalid(message).param("amount"));
    }
    Ok(())
}
