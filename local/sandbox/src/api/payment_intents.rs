//! `/v1/payment_intents`

use serde_json::Value;

use super::expand::Expand;
use super::list::{self, Page};
use super::timeline::Timeline;
use super::unsupported::OF_INTENTS;
use super::{Call, amount, client_secret, confirmation, payment_methods};
use crate::acceptance::{Acceptance, Course};
use crate::authentication::ConfirmationMethod;
use crate::error::Error;
use crate::intent::{PaymentIntent, Status};
use crate::keys::{AccountId, Caller};
use crate::metadata;
use crate::params::{self, Params};
use crate::state::State;

pub(crate) const EXPANDABLE: &[&str] = &["latest_charge", "payment_method"];
/// With a publishable key.
const EXPANDABLE_IN_PUBLIC: &[&str] = &["payment_method"];
const CANCELLATION_REASONS: &[&str] = &["abandoned", "duplicate", "fraudulent", "requested_by_customer"];

const MISSING_PAYMENT_METHOD: &str = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
     PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";

pub(crate) fn create(state: &mut State, mut call: Call, now: u64) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    let (caller, account) = (call.caller, call.caller.account);
    let params = &mut call.params;
    let (amount, currency) = amount::take(params)?;
    let acceptance = Acceptance::take(params, &call.version)?;
    let confirm = params.take_bool("confirm")?.unwrap_or(false);
    let course = Course::take(params)?;
    let method = params.take("payment_method")?;

    let mut intent = PaymentIntent::new(account, now, amount, currency, acceptance);
    intent.describe(metadata::take(params)?, state.clock.now_ms());
    intent.description = params.take("description")?;
    intent.receipt_email = params::email("receipt_email", params.take("receipt_email")?)?;
    intent.statement_descriptor_suffix = statement_descriptor_suffix(params)?;
    if params.take_enum("confirmation_method", &["automatic", "manual"])? == Some("manual") {
        intent.confirmation_method = ConfirmationMethod::Manual;
    }
    request_three_d_secure(params, &mut intent)?;
    let expand = Expand::take(params, caller, EXPANDABLE, "")?;
    call.params.finish(OF_INTENTS)?;

    if confirm {
        intent.acceptance.check(&course)?;
        if method.is_none() {
            return Err(Error::invalid(MISSING_PAYMENT_METHOD).code("payment_intent_unexpected_state"));
        }
    } else {
        course.must_be_absent()?;
    }
    let method = method.map(|id| usable(state, account, &id, None, now)).transpose()?;
    let confirmed_with = method.clone().filter(|_| confirm);
    if let Some(method) = &confirmed_with {
        confirmation::check_handled(state, &intent, method, &course)?;
    }

    let id = intent.id.clone();
    if method.is_some() {
        intent.status = Status::RequiresConfirmation;
        intent.payment_method.clone_from(&method);
    }
    state.intents.insert(intent);
    if let Some(method) = confirmed_with {
        confirmation::attempt(state, caller, &id, &method, &course, now)?;
    }
    show(state, caller, &id, &expand)
}

pub(crate) fn confirm(state: &mut State, mut call: Call, id: &str, now: u64) -> Result<Value, Error> {
    let caller = call.caller;
    let params = &mut call.params;
    let mut intent = identify(state, caller, id, params)?.clone();
    if let Some(email) = params::email("receipt_email", params.take("receipt_email")?)? {
        intent.receipt_email = Some(email);
    }
    request_three_d_secure(params, &mut intent)?;
    let method = params.take("payment_method")?;
    let course = Course::take(params)?;
    let expand = Expand::take(params, caller, expandable(caller), "")?;
    call.params.finish(OF_INTENTS)?;

    if caller.is_publishable() && intent.confirmation_method == ConfirmationMethod::Manual {
        return Err(Error::invalid(format!(
            "This PaymentIntent {id} cannot be confirmed using your publishable key because its `confirmation_method` is set to \
             `manual`. Please use your secret key instead, or create a PaymentIntent with `confirmation_method` set to `automatic`."
        )));
    }
    match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation | Status::RequiresAction => {}
        Status::Succeeded => {
            let message =
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.";
            return Err(unexpected_state(caller, &intent, message));
        }
        Status::Canceled => {
            let message = "You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of \
                           the following statuses may be confirmed: requires_payment_method, requires_confirmation, requires_action.";
            return Err(unexpected_state(caller, &intent, message));
        }
    }
    // Stripe.js stays on the page: it needs no address to return to.
    if !caller.is_publishable() {
        intent.acceptance.check(&course)?;
    }
    let Some(method) = method.or_else(|| intent.payment_method.clone()) else {
        return Err(unexpected_state(caller, &intent, MISSING_PAYMENT_METHOD));
    };
    let method = usable(state, caller.account, &method, Some(id), now)?;
    confirmation::check_handled(state, &intent, &method, &course)?;
    if let Some(stored) = state.intents.get_mut(caller.account, id) {
        *stored = intent;
    }
    confirmation::attempt(state, caller, id, &method, &course, now)?;
    show(state, caller, id, &expand)
}

pub(crate) fn cancel(state: &mut State, mut call: Call, id: &str, now: u64) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    let (caller, account) = (call.caller, call.caller.account);
    let reason = call.params.take_enum("cancellation_reason", CANCELLATION_REASONS)?;
    let expand = Expand::take(&mut call.params, caller, EXPANDABLE, "")?;
    call.params.finish(&[])?;

    let intent = find(state, account, id)?;
    if matches!(intent.status, Status::Succeeded | Status::Canceled) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following \
             statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.",
            intent.status.as_str()
        );
        return Err(unexpected_state(caller, intent, &message));
    }
    if let Some(intent) = state.intents.get_mut(account, id) {
        intent.status = Status::Canceled;
        intent.canceled_at = Some(now);
        intent.cancellation_reason = reason;
        intent.authentication.clear();
    }
    show(state, caller, id, &expand)
}

pub(crate) fn retrieve(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    let caller = call.caller;
    let secret = call.params.take("client_secret")?;
    client_secret::must_be_given(caller, secret.as_deref())?;
    let expand = Expand::take(&mut call.params, caller, expandable(caller), "")?;
    call.params.finish(&[])?;
    let intent = state.intent(caller.account, id).ok_or_else(|| no_such(id))?;
    client_secret::must_match(&intent, secret.as_deref())?;
    Ok(expand.apply(state, caller.account, client_secret::seen_by(caller, &intent)))
}

pub(crate) fn list(state: &mut State, mut call: Call) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    let (caller, account) = (call.caller, call.caller.account);
    let mut page = Page::take(&mut call.params)?;
    let lag = state.behaviour.list_lag_ms;
    if lag > 0 {
        page.created.end = page.created.end.min(state.clock.now_ms().saturating_sub(lag) / 1000 + 1);
    }
    let expand = Expand::take(&mut call.params, caller, EXPANDABLE, "data.")?;
    call.params.finish(&["customer", "customer_account"])?;
    let (intents, has_more) = Timeline::new(state, account).page(&page)?;
    let data = intents.into_iter().map(|intent| expand.apply(state, account, intent.to_json()));
    Ok(list::object("/v1/payment_intents", data, has_more))
}

/// The intent in the path, which a publishable key may touch with its `client_secret` only.
fn identify<'a>(state: &'a State, caller: Caller, id: &str, params: &mut Params) -> Result<&'a PaymentIntent, Error> {
    let secret = params.take("client_secret")?;
    client_secret::must_be_given(caller, secret.as_deref())?;
    let intent = find(state, caller.account, id)?;
    client_secret::must_match(intent, secret.as_deref())?;
    Ok(intent)
}

fn expandable(caller: Caller) -> &'static [&'static str] {
    if caller.is_publishable() { EXPANDABLE_IN_PUBLIC } else { EXPANDABLE }
}

/// Whether a card that need not be authenticated is to be, if it can be.
fn request_three_d_secure(params: &mut Params, intent: &mut PaymentIntent) -> Result<(), Error> {
    let asked = "payment_method_options[card][request_three_d_secure]";
    if let Some(asked) = params.take_enum(asked, &["automatic", "any", "challenge"])? {
        intent.authentication.requested = asked;
    }
    Ok(())
}

/// What follows the account's own name on the shopper's statement. The whole descriptor is refused for cards.
fn statement_descriptor_suffix(params: &mut Params) -> Result<Option<String>, Error> {
    let refused =
        |param: &str, message: String| Err(Error::invalid(message).code("payment_intent_invalid_parameter").param(param));
    if params.take("statement_descriptor")?.is_some() {
        let message = "The statement descriptor cannot be set for card payments. Use `statement_descriptor_suffix` instead.";
        return refused("statement_descriptor", message.to_owned());
    }
    let suffix = params.take("statement_descriptor_suffix")?;
    if let Some(text) = &suffix {
        if text.chars().count() > 22 {
            return refused(
                "statement_descriptor_suffix",
                "The statement descriptor suffix must be at most 22 characters.".to_owned(),
            );
        }
        if text.contains(['<', '>', '\\', '\'', '"', '*']) {
            let message = "The statement descriptor suffix cannot contain any of these: < > \\ ' \" *";
            return refused("statement_descriptor_suffix", message.to_owned());
        }
    }
    Ok(suffix)
}

/// The id of a `PaymentMethod` that may be used with this intent.
fn usable(state: &mut State, account: AccountId, id: &str, intent: Option<&str>, now: u64) -> Result<String, Error> {
    if let Some(kind) = payment_methods::other_kind(id) {
        let message = format!(
            "The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent. Please attach a PaymentMethod of one of the following types: card."
        );
        return Err(Error::invalid(message).code("payment_intent_incompatible_payment_method"));
    }
    let missing = || payment_methods::no_such(400, "payment_method", id);
    let method = payment_methods::resolve(state, account, id, now).ok_or_else(missing)?;
    confirmation::check_unused(state, account, &method, intent)?;
    Ok(method)
}

pub(crate) fn find<'a>(state: &'a State, account: AccountId, id: &str) -> Result<&'a PaymentIntent, Error> {
    state.intents.get(account, id).ok_or_else(|| no_such(id))
}

fn no_such(id: &str) -> Error {
    Error::no_such(404, "payment_intent", "intent", id)
}

pub(crate) fn show(state: &State, caller: Caller, id: &str, expand: &Expand) -> Result<Value, Error> {
    let object = client_secret::seen_by(caller, find(state, caller.account, id)?);
    Ok(expand.apply(state, caller.account, object))
}

/// The endpoint began to execute and found the intent in its way: kept under the idempotency key.
fn unexpected_state(caller: Caller, intent: &PaymentIntent, message: &str) -> Error {
    let intent = client_secret::seen_by(caller, intent);
    Error::invalid(message).code("payment_intent_unexpected_state").with("payment_intent", intent).kept()
}
