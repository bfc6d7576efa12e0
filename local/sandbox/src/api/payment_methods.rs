//! `/v1/payment_methods`

use serde_json::{Value, json};

use super::Call;
use super::unsupported::OF_METHODS;
use crate::cards::{self, TestCard};
use crate::clock::year_and_month;
use crate::error::Error;
use crate::keys::AccountId;
use crate::metadata;
use crate::params::{self, Params};
use crate::payment_method::{Details, PaymentMethod, no_billing_details};
use crate::state::State;

/// Creates one from a card number, as Stripe.js does with a publishable key.
pub(crate) fn create(state: &mut State, mut call: Call, now: u64) -> Result<Value, Error> {
    call.caller.must_have("rak_payment_method_write")?;
    let params = &mut call.params;
    match params.require("type")?.as_str() {
        "card" => {}
        other => return Err(Error::invalid(format!("The sandbox knows the type card only, not {other}.")).param("type")),
    }
    let token = params.take("card[token]")?;
    if let Some(token) = token {
        return Err(Error::no_such(400, "token", "card[token]", &token));
    }
    let number = params.require("card[number]")?;
    let exp_month = params.take_integer("card[exp_month]")?.ok_or_else(|| Error::missing("card[exp_month]"))?;
    let exp_year = params.take_integer("card[exp_year]")?.ok_or_else(|| Error::missing("card[exp_year]"))?;
    let cvc = params.take("card[cvc]")?;
    let allow_redisplay = params.take_enum("allow_redisplay", &["always", "limited", "unspecified"])?;
    let billing = billing_details(params)?;
    let metadata = metadata::take(params)?;
    call.params.finish(OF_METHODS)?;

    let card = card(&number)?;
    let exp_year = check_expiry(exp_month, exp_year, now)?;
    if let Some(cvc) = &cvc {
        check_cvc(cvc, card)?;
    }
    let details = Details {
        exp_month,
        exp_year,
        cvc_given: cvc.is_some(),
        billing,
        metadata,
        allow_redisplay: allow_redisplay.unwrap_or("unspecified"),
    };
    let method = PaymentMethod::new(call.caller.account, now, card, details);
    let object = method.to_json();
    state.payment_methods.insert(method);
    Ok(object)
}

pub(crate) fn retrieve(state: &mut State, call: Call, id: &str, now: u64) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    call.params.finish(&["expand"])?;
    let account = call.caller.account;
    let id = resolve(state, account, id, now).unwrap_or_else(|| id.to_owned());
    let method = state.payment_method(account, &id);
    method.map(|method| method.to_json()).ok_or_else(|| no_such(404, "payment_method", &id))
}

/// The kind of Stripe's test `PaymentMethods` that are no cards: <https://docs.stripe.com/testing#non-card-payments>.
pub(crate) fn other_kind(id: &str) -> Option<&'static str> {
    id.starts_with("pm_usBankAccount").then_some("us_bank_account")
}

/// The id of a `PaymentMethod` that exists. A test id such as `pm_card_visa` makes a new one at each use.
pub(crate) fn resolve(state: &mut State, account: AccountId, id: &str, now: u64) -> Option<String> {
    if let Some(card) = cards::by_token(id) {
        let details = Details::of_a_test_card(year_and_month(now).0 + 1);
        let method = PaymentMethod::new(account, now, card, details);
        let id = method.id.clone();
        state.payment_methods.insert(method);
        return Some(id);
    }
    state.payment_methods.get(account, id).map(|method| method.id.clone())
}

pub(crate) fn no_such(status: u16, param: &str, id: &str) -> Error {
    Error::no_such(status, "PaymentMethod", param, id)
}

fn card(number: &str) -> Result<&'static TestCard, Error> {
    let number: String = number.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let digits = (12..=19).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if !digits || !cards::passes_luhn(&number) {
        return Err(refused("incorrect_number", "Your card number is incorrect.", "number"));
    }
    cards::by_number(&number).ok_or_else(|| {
        let message = "Your card was declined. Your request was in test mode, but used a non test card. \
                       For a list of valid test cards, visit: https://stripe.com/docs/testing.";
        Error::card("card_declined", message).with("decline_code", json!("test_mode_live_card"))
    })
}

/// The year in four digits.
fn check_expiry(month: i64, year: i64, now: u64) -> Result<i64, Error> {
    let (this_year, this_month) = year_and_month(now);
    let year = if (0..100).contains(&year) { year + 2000 } else { year };
    if !(1..=12).contains(&month) || (year == this_year && month < this_month) {
        return Err(refused("invalid_expiry_month", "Your card's expiration month is invalid.", "exp_month"));
    }
    if year < this_year || year > this_year + 50 {
        return Err(refused("invalid_expiry_year", "Your card's expiration year is invalid.", "exp_year"));
    }
    Ok(year)
}

fn check_cvc(cvc: &str, card: &TestCard) -> Result<(), Error> {
    let length = if card.brand == "amex" { 3..=4 } else { 3..=3 };
    if length.contains(&cvc.len()) && cvc.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(refused("invalid_cvc", "Your card's security code is invalid.", "cvc"))
}

fn refused(code: &'static str, message: &'static str, param: &str) -> Error {
    Error::card(code, message).param(param)
}

fn billing_details(params: &mut Params) -> Result<Value, Error> {
    let mut billing = no_billing_details();
    let email = "billing_details[email]";
    billing["email"] = params::email(email, params.take_unless_empty(email))?.into();
    for field in ["name", "phone", "tax_id"] {
        billing[field] = params.take_unless_empty(&format!("billing_details[{field}]")).into();
    }
    for field in ["city", "country", "line1", "line2", "postal_code", "state"] {
        billing["address"][field] = params.take_unless_empty(&format!("billing_details[address][{field}]")).into();
    }
    Ok(billing)
}
