//! `/v1/payment_intents`

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::expand::Expand;
use super::list::{self, Page};
use super::{Call, confirmation, payment_methods};
use crate::error::Error;
use crate::intent::{PaymentIntent, Status};
use crate::keys::{AccountId, Caller};
use crate::params::Params;
use crate::state::State;

const EXPANDABLE: &[&str] = &["latest_charge", "payment_method"];
const CURRENCIES: &[(&str, &str)] = &[("usd", "$"), ("cad", "$"), ("eur", "€"), ("gbp", "£")];
const LEAST: i64 = 50;
const MOST: i64 = 99_999_999;

const MISSING_PAYMENT_METHOD: &str = "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the \
     PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.";

pub(crate) fn create(state: &mut State, mut call: Call) -> Result<Value, Error> {
    allowed(call.caller)?;
    let account = call.caller.account;
    let params = &mut call.params;
    let amount = amount(params)?;
    let currency = currency(params)?;
    let confirm = params.take_bool("confirm")?.unwrap_or(false);
    let error_on_requires_action = params.take_bool("error_on_requires_action")?;
    let types = params.take_list("payment_method_types");
    let method = params.take("payment_method")?;

    let mut intent = PaymentIntent::new(account, call.now, amount, currency);
    intent.metadata = metadata(params)?;
    intent.description = params.take("description")?;
    intent.receipt_email = params.take("receipt_email")?;
    intent.statement_descriptor_suffix = params.take("statement_descriptor_suffix")?;
    let expand = Expand::take(params, EXPANDABLE, "")?;
    call.params.finish()?;

    if let Some(types) = types.filter(|types| types != &["card"]) {
        let message = format!("The sandbox knows the PaymentMethod type card only, not {}.", types.join(", "));
        return Err(Error::invalid(message).param("payment_method_types"));
    }
    if error_on_requires_action.is_some() && !confirm {
        return Err(only_with_confirm("error_on_requires_action"));
    }
    check_limits(intent.amount, &intent.currency)?;
    if confirm && method.is_none() {
        return Err(Error::invalid(MISSING_PAYMENT_METHOD).code("payment_intent_unexpected_state"));
    }
    let method = method.map(|id| usable(state, account, &id, None, call.now)).transpose()?;

    let id = intent.id.clone();
    if method.is_some() {
        intent.status = Status::RequiresConfirmation;
        intent.payment_method.clone_from(&method);
    }
    state.intents.insert(intent);
    if let (true, Some(method)) = (confirm, method) {
        confirmation::attempt(state, account, &id, &method, call.now)?;
    }
    show(state, account, &id, &expand)
}

pub(crate) fn confirm(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    allowed(call.caller)?;
    let account = call.caller.account;
    let params = &mut call.params;
    let method = params.take("payment_method")?;
    let receipt_email = params.take("receipt_email")?;
    params.take_bool("error_on_requires_action")?;
    let expand = Expand::take(params, EXPANDABLE, "")?;
    call.params.finish()?;

    let intent = find(state, account, id)?;
    match intent.status {
        Status::RequiresPaymentMethod | Status::RequiresConfirmation => {}
        Status::Succeeded => {
            return Err(unexpected_state(
                intent,
                "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.",
            ));
        }
        Status::Canceled => {
            return Err(unexpected_state(
                intent,
                "You cannot confirm this PaymentIntent because it has a status of canceled. Only a PaymentIntent with one of \
                 the following statuses may be confirmed: requires_payment_method, requires_confirmation, requires_action.",
            ));
        }
    }
    let Some(method) = method.or_else(|| intent.payment_method.clone()) else {
        return Err(unexpected_state(intent, MISSING_PAYMENT_METHOD));
    };
    let method = usable(state, account, &method, Some(id), call.now)?;
    if let (Some(email), Some(intent)) = (receipt_email, state.intents.get_mut(account, id)) {
        intent.receipt_email = Some(email);
    }
    confirmation::attempt(state, account, id, &method, call.now)?;
    show(state, account, id, &expand)
}

pub(crate) fn cancel(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    allowed(call.caller)?;
    let account = call.caller.account;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = call.params.take_enum("cancellation_reason", &reasons)?;
    let expand = Expand::take(&mut call.params, EXPANDABLE, "")?;
    call.params.finish()?;

    let intent = find(state, account, id)?;
    if matches!(intent.status, Status::Succeeded | Status::Canceled) {
        let message = format!(
            "You cannot cancel this PaymentIntent because it has a status of {}. Only a PaymentIntent with one of the following \
             statuses may be canceled: requires_payment_method, requires_capture, requires_confirmation, requires_action, processing.",
            intent.status.as_str()
        );
        return Err(unexpected_state(intent, &message));
    }
    if let Some(intent) = state.intents.get_mut(account, id) {
        intent.status = Status::Canceled;
        intent.canceled_at = Some(call.now);
        intent.cancellation_reason = reason;
    }
    show(state, account, id, &expand)
}

pub(crate) fn retrieve(state: &mut State, mut call: Call, id: &str) -> Result<Value, Error> {
    allowed(call.caller)?;
    let expand = Expand::take(&mut call.params, EXPANDABLE, "")?;
    call.params.finish()?;
    show(state, call.caller.account, id, &expand)
}

pub(crate) fn list(state: &mut State, mut call: Call) -> Result<Value, Error> {
    allowed(call.caller)?;
    let account = call.caller.account;
    let page = Page::take(&mut call.params)?;
    let expand = Expand::take(&mut call.params, EXPANDABLE, "data.")?;
    call.params.finish()?;
    let newest_first = state.intents.rows().iter().rev().filter(|intent| intent.account == account);
    let (intents, has_more) = page.of(newest_first, "payment_intent", |intent| (&intent.id, intent.created))?;
    let data = intents.into_iter().map(|intent| expand.apply(state, account, intent.to_json())).collect();
    Ok(list::object("/v1/payment_intents", data, has_more))
}

/// Metadata within Stripe's limits: 50 keys of 40 characters without brackets, values of 500 characters.
pub(crate) fn metadata(params: &mut Params) -> Result<BTreeMap<String, String>, Error> {
    let metadata = params.take_map("metadata");
    if metadata.len() > 50 {
        let message = format!("You can only provide up to 50 keys for metadata, but you are trying to set {}.", metadata.len());
        return Err(Error::invalid(message).param("metadata"));
    }
    for (key, value) in &metadata {
        if key.contains(['[', ']']) {
            let message = "Metadata keys cannot contain square brackets ([]), and metadata values must be strings.";
            return Err(Error::invalid(message).param("metadata"));
        }
        if key.chars().count() > 40 {
            let message = format!("Metadata keys must be at most 40 characters long, but '{key}' is longer.");
            return Err(Error::invalid(message).param("metadata"));
        }
        if value.chars().count() > 500 {
            let message = format!(
                "Metadata values can have up to 500 characters, but you passed in a value that is {} characters.",
                value.chars().count()
            );
            return Err(Error::invalid(message).param(&format!("metadata[{key}]")));
        }
    }
    Ok(metadata.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

fn allowed(caller: Caller) -> Result<(), Error> {
    caller.must_be_secret()
}

fn amount(params: &mut Params) -> Result<i64, Error> {
    let amount = params.take_integer("amount")?.ok_or_else(|| Error::missing("amount"))?;
    if amount < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(Error::invalid(message).code("parameter_invalid_integer").param("amount"));
    }
    Ok(amount)
}

/// Stripe's limits, which depend on the currency.
fn check_limits(amount: i64, currency: &str) -> Result<(), Error> {
    let symbol = CURRENCIES.iter().find(|(code, _)| *code == currency).map_or("", |(_, symbol)| symbol);
    let refused = |code: &str, message: String| Err(Error::invalid(message).code(code).param("amount"));
    match amount {
        ..LEAST => refused("amount_too_small", format!("Amount must be at least {symbol}0.50 {currency}")),
        LEAST..=MOST => Ok(()),
        _ => refused("amount_too_large", format!("Amount must be no more than {symbol}999,999.99")),
    }
}

fn currency(params: &mut Params) -> Result<String, Error> {
    let sent = params.require("currency")?.to_lowercase();
    if CURRENCIES.iter().any(|(code, _)| *code == sent) {
        return Ok(sent);
    }
    let known: Vec<&str> = CURRENCIES.iter().map(|(code, _)| *code).collect();
    let message = format!("Invalid currency: {sent}. The sandbox knows these currencies: {}", known.join(", "));
    Err(Error::invalid(message).param("currency"))
}

/// The id of a PaymentMethod that may be used with this intent.
fn usable(state: &mut State, account: AccountId, id: &str, intent: Option<&str>, now: u64) -> Result<String, Error> {
    let missing = || payment_methods::no_such(400, "payment_method", id);
    let method = payment_methods::resolve(state, account, id, now).ok_or_else(missing)?;
    confirmation::check_unused(state, account, &method, intent)?;
    Ok(method)
}

fn find<'a>(state: &'a State, account: AccountId, id: &str) -> Result<&'a PaymentIntent, Error> {
    state.intents.get(account, id).ok_or_else(|| Error::no_such(404, "payment_intent", "intent", id))
}

fn show(state: &State, account: AccountId, id: &str, expand: &Expand) -> Result<Value, Error> {
    Ok(expand.apply(state, account, find(state, account, id)?.to_json()))
}

fn unexpected_state(intent: &PaymentIntent, message: &str) -> Error {
    Error::invalid(message).code("payment_intent_unexpected_state").with("payment_intent", intent.to_json()).kept()
}

fn only_with_confirm(param: &str) -> Error {
    Error::invalid(format!("`{param}` can only be passed when `confirm` is set to true."))
        .param(param)
        .with("code", json!("parameter_unknown"))
}
