//! Confirming a `PaymentIntent`: the attempt to charge its card.

use serde_json::{Value, json};

use super::client_secret;
use crate::acceptance::Course;
use crate::cards::Decline;
use crate::charge::Charge;
use crate::error::Error;
use crate::intent::{PaymentIntent, Status};
use crate::keys::{AccountId, Caller};
use crate::state::State;

/// Refuses a `PaymentMethod` that was used with another `PaymentIntent`.
pub(crate) fn check_unused(state: &State, account: AccountId, method: &str, intent: Option<&str>) -> Result<(), Error> {
    let used_by = state.payment_methods.get(account, method).and_then(|method| method.used_by.as_deref());
    if used_by.is_none() || used_by == intent {
        return Ok(());
    }
    Err(Error::invalid(
        "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected \
         account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod \
         multiple times, you must attach it to a Customer first.",
    ))
}

/// Refuses to have a card authenticated by a redirect: the sandbox leaves that to Stripe.js.
pub(crate) fn check_handled(state: &State, intent: &PaymentIntent, method: &str, course: &Course) -> Result<(), Error> {
    let redirects = course.return_url.is_some() && !course.use_stripe_sdk && course.error_on_requires_action != Some(true);
    let method = state.payment_methods.get(intent.account, method);
    if !redirects || !method.is_some_and(|method| intent.wants_authentication(method)) {
        return Ok(());
    }
    let message = "The sandbox does not redirect a shopper to the bank's page: send `use_stripe_sdk`, and call Stripe.js.";
    Err(Error::invalid(message).code("sandbox_unsupported").param("return_url"))
}

/// Charges the card, or has it authenticated first. The intent and the `PaymentMethod` exist; the intent may be confirmed.
///
/// A decline is the error that Stripe answers, and leaves the intent in `requires_payment_method`.
pub(crate) fn attempt(
    state: &mut State,
    caller: Caller,
    intent: &str,
    method: &str,
    course: &Course,
    now: u64,
) -> Result<(), Error> {
    let missing = || Error::new(500, "api_error", "An unknown error occurred.");
    let method = state.payment_methods.get_mut(caller.account, method).ok_or_else(missing)?;
    let intent = state.intents.get_mut(caller.account, intent).ok_or_else(missing)?;
    method.used_by = Some(intent.id.clone());

    let wants_authentication = intent.wants_authentication(method);
    if wants_authentication && course.error_on_requires_action != Some(true) {
        intent.require_action(&method.id);
        return Ok(());
    }
    let decline = if wants_authentication { Some(&NOT_AUTHENTICATED) } else { method.card.decline() };
    // A payment that wanted authentication was never sent to the network: it leaves no charge.
    let charge = (!wants_authentication).then(|| Charge::new(intent, method, decline, now));
    intent.authentication.clear();
    if let Some(charge) = &charge {
        intent.latest_charge = Some(charge.id.clone());
    }
    let result = match decline {
        None => {
            intent.status = Status::Succeeded;
            intent.amount_received = intent.amount;
            intent.payment_method = Some(method.id.clone());
            intent.last_payment_error = None;
            Ok(())
        }
        Some(decline) => {
            let error = card_error(decline, charge.as_ref().map(|charge| charge.id.as_str()), method.to_json());
            intent.status = Status::RequiresPaymentMethod;
            intent.payment_method = None;
            intent.last_payment_error = Some(error.object());
            Err(error.with("payment_intent", client_secret::seen_by(caller, intent)))
        }
    };
    if let Some(charge) = charge {
        state.charges.insert(charge);
    }
    result
}

/// What a card that wants authentication is told under `error_on_requires_action`.
static NOT_AUTHENTICATED: Decline = Decline {
    code: "authentication_required",
    decline_code: Some("authentication_not_handled"),
    message: "This payment required an authentication action to complete, but `error_on_requires_action` was set. \
              When you're ready, you can upgrade your integration to handle actions at \
              https://stripe.com/docs/payments/payment-intents/upgrade-to-handle-actions.",
    advice_code: None,
    network_decline_code: None,
};

fn card_error(decline: &'static Decline, charge: Option<&str>, method: Value) -> Error {
    let optional = [
        ("decline_code", decline.decline_code),
        ("advice_code", decline.advice_code),
        ("network_decline_code", decline.network_decline_code),
        ("charge", charge),
        ("param", param(decline.code)),
    ];
    let error = Error::card(decline.code, decline.message).with("payment_method", method);
    optional.into_iter().fold(error, |error, (field, value)| match value {
        Some(value) => error.with(field, json!(value)),
        None => error,
    })
}

/// The detail of the card that a code is about.
fn param(code: &str) -> Option<&'static str> {
    match code {
        "incorrect_cvc" => Some("cvc"),
        "expired_card" => Some("exp_month"),
        _ => None,
    }
}
