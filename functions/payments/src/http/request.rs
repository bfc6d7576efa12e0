//! From an API Gateway event (HTTP API, payload 2.0) to what it asks for.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use super::body::Fields;
use super::gate;
use crate::catalog::{Listed, MAX_ITEMS, Order, OrderError};
use crate::checkout::{Age, CheckoutId, CheckoutIdError, CheckoutRequest, ConfirmRequest, Goal, PayRequest};
use crate::money::{Currency, Money};
use crate::outcome::Refusal;
use crate::settings::Settings;
use crate::stripe::{PaymentIntentId, PaymentMethodId};
use lambda_http::{Request, RequestExt as _};
use serde_json::Value;

/// The header with the checkout's id.
pub(super) const KEY: &str = "Idempotency-Key";
const SETTLE: &[u8] = b"\"settle\"";
/// No honest request comes near it.
const MAX_BODY: usize = 8 * 1024;

/// A request, read.
pub enum ApiRequest {
    /// `GET /api/config`
    Config,
    /// Anything about a checkout.
    Checkout(CheckoutRequest),
    /// A request that is refused as it stands, and whose checkout cannot be closed: its id is none, or it is not known to
    /// live in our Stripe account.
    Rejected {
        /// Whether an earlier request for the same checkout may have been executed.
        resend: bool,
        /// Why.
        refusal: Refusal,
    },
}

/// The paths below `/api/payments`.
#[derive(PartialEq, Eq)]
enum Route {
    Pay,
    Confirm(Option<PaymentIntentId>),
    Void,
}

impl ApiRequest {
    /// Reads an event at `now_ms`, milliseconds since 1970.
    pub fn read(event: &Request, settings: &Settings, now_ms: u64) -> Self {
        let resend = is_resend(event, now_ms);
        let reject = |refusal| Self::Rejected { resend, refusal };
        if let Err(refusal) = gate::pass(event.headers(), settings) {
            return reject(refusal);
        }
        let path = event.raw_http_path();
        let is_post = event.method() == "POST";
        match route(path) {
            None if path != "/api/config" => reject(Refusal::UnknownPath),
            None if event.method() == "GET" => Self::Config,
            None => reject(Refusal::Method("GET")),
            Some(_) if !is_post => reject(Refusal::Method("POST")),
            Some(route) => read_post(event, &route, settings, now_ms, resend).map_or_else(reject, Self::Checkout),
        }
    }
}

/// Whether an earlier request of the same checkout may have reached Stripe: by the header, by the route, as a confirm or a
/// void follows another request, or by the age of the checkout, as a browser's own copy of a request has no header. The one
/// place where this is decided; it needs no settings.
pub fn is_resend(event: &Request, now_ms: u64) -> bool {
    let is_post = event.method() == "POST";
    let follows = is_post && matches!(route(event.raw_http_path()), Some(Route::Confirm(_) | Route::Void));
    let is_old = || checkout_id(event, now_ms).is_ok_and(|checkout| checkout.age(now_ms) != Age::Live);
    // `"settle"` goes with re-sends only.
    let settles = || event.body().windows(SETTLE.len()).any(|text| text == SETTLE);
    event.headers().contains_key("till-resend") || follows || is_old() || settles()
}

fn route(path: &str) -> Option<Route> {
    match path.strip_prefix("/api/payments")? {
        "" => Some(Route::Pay),
        "/void" => Some(Route::Void),
        rest => {
            let id = rest.strip_prefix('/')?.strip_suffix("/confirm")?;
            (!id.contains('/')).then(|| Route::Confirm(PaymentIntentId::parse(id)))
        }
    }
}

fn read_post(event: &Request, route: &Route, settings: &Settings, now_ms: u64, resend: bool) -> Result<CheckoutRequest, Refusal> {
    let body: &[u8] = event.body().as_ref();
    if body.len() > MAX_BODY {
        return Err(Refusal::TooLarge);
    }
    if !is_json(event) {
        return Err(Refusal::MediaType);
    }
    let mut fields = Fields::parse(body)?;
    let checkout = checkout_id(event, now_ms)?;
    let given = fields.required("publishable_key", "The pk_… that the page uses.", text)?;
    // After the key was rolled, an old page may still find out and close: the account is the same.
    let is_current = given == settings.publishable_key.as_str();
    let may_settle = resend && settings.publishable_key.is_of_the_account_of(&given);
    if !(is_current || may_settle) {
        return Err(Refusal::PageOutdated);
    }
    let card = fields.peek("payment_method").and_then(|card| PaymentMethodId::parse(card.as_str()?));
    let settle_only =
        fields.optional("settle", "Only true: find out, and change nothing.", |value| (value == true).then_some(()));
    let goal = settle_only.clone().and_then(|_| match route {
        Route::Void => fields.finish().map(|()| Goal::Close(Refusal::CheckoutClosed)),
        _ if checkout.age(now_ms) != Age::Live => Err(Refusal::CheckoutExpired),
        Route::Pay => payment(fields, settings.price_list).map(Goal::Pay),
        Route::Confirm(Some(id)) => confirmation(fields, id.clone()).map(Goal::Confirm),
        Route::Confirm(None) => Err(Refusal::UnknownPaymentIntent),
    });
    let settle_only = matches!(settle_only, Ok(Some(())));
    let goal = match goal {
        Ok(Goal::Pay(_) | Goal::Confirm(_)) if !is_current && !settle_only => Goal::Close(Refusal::PageOutdated),
        Ok(goal) => goal,
        Err(refusal) => Goal::Close(refusal),
    };
    Ok(CheckoutRequest { checkout, card, resend: resend || settle_only, settle_only, goal })
}

fn is_json(event: &Request) -> bool {
    let content_type = event.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

fn checkout_id(event: &Request, now_ms: u64) -> Result<CheckoutId, Refusal> {
    let wrong = |code, message| Refusal::InvalidCheckoutId { code, message };
    let Some(value) = event.headers().get(KEY) else {
        return Err(wrong("parameter_missing", "Is missing. The checkout's id: a UUID of version 7.".to_owned()));
    };
    CheckoutId::parse(value.to_str().unwrap_or_default(), now_ms).map_err(|error| match error {
        // It will be one, in a moment.
        CheckoutIdError::Future => Refusal::invalid("parameter_invalid", KEY, format!("{error}.")),
        error => wrong("parameter_invalid", format!("{error}.")),
    })
}

fn payment(mut fields: Fields, price_list: &'static [Listed]) -> Result<PayRequest, Refusal> {
    let card = payment_method(&mut fields)?;
    let receipt_email = fields.optional("receipt_email", "Must be an e-mail address.", email)?;
    let currency = currency(&mut fields)?;
    let items = fields.required("items", "A list of {sku, quantity}.", list)?;
    let expected_total = expected_total(&mut fields)?;
    fields.finish()?;
    let wanted = items.into_iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()?;
    let wanted = wanted.iter().map(|(sku, quantity)| (sku.as_str(), *quantity));
    let order = Order::price(price_list, wanted, currency).map_err(order_refusal)?;
    if order.total().amount() != expected_total {
        let currency = currency.code().to_owned();
        return Err(Refusal::TotalChanged { total: order.total().amount(), currency });
    }
    Ok(PayRequest { order, card, receipt_email })
}

fn confirmation(mut fields: Fields, payment_intent: PaymentIntentId) -> Result<ConfirmRequest, Refusal> {
    let card = payment_method(&mut fields)?;
    let receipt_email = fields.optional("receipt_email", "Must be an e-mail address.", email)?;
    let currency = currency(&mut fields)?;
    let expected_total = expected_total(&mut fields)?;
    let action =
        fields.optional("action", "Only completed: the card action is done.", |value| (value == "completed").then_some(()))?;
    fields.finish()?;
    Ok(ConfirmRequest { payment_intent, card, expected_total, currency, receipt_email, action_completed: action.is_some() })
}

fn payment_method(fields: &mut Fields) -> Result<PaymentMethodId, Refusal> {
    fields.required("payment_method", "The pm_… that Stripe.js made.", |value| PaymentMethodId::parse(value.as_str()?))
}

fn currency(fields: &mut Fields) -> Result<Currency, Refusal> {
    fields.required("currency", "One of usd and cad.", |value| Currency::parse(value.as_str()?))
}

fn expected_total(fields: &mut Fields) -> Result<u64, Refusal> {
    // A card's number, in the wrong field, would be logged as an amount.
    let amount = |value: Value| value.as_u64().filter(|amount| *amount <= Money::MAX_AMOUNT);
    fields.required("expected_total", "The total that the page showed, in cents.", amount)
}

fn item((position, value): (usize, Value)) -> Result<(String, u64), Refusal> {
    let mut fields = Fields::of(value, format!("items[{position}]"))?;
    let sku = fields.required("sku", "The sku of an item of the catalogue.", text)?;
    let quantity = fields.required("quantity", "A whole number, at least 1.", |value| value.as_u64())?;
    fields.finish()?;
    Ok((sku, quantity))
}

fn order_refusal(error: OrderError) -> Refusal {
    match error {
        OrderError::Empty => Refusal::invalid("order_empty", "items", "At least one item is needed."),
        OrderError::TooManyItems => {
            Refusal::invalid("order_too_long", "items", format!("At most {MAX_ITEMS} different items fit in one order."))
        }
        OrderError::UnknownSku(n) => Refusal::invalid("sku_unknown", format!("items[{n}].sku"), "The shop does not sell this."),
        OrderError::RepeatedSku(n) => {
            Refusal::invalid("sku_repeated", format!("items[{n}].sku"), "Stands in the order twice; use quantity instead.")
        }
        OrderError::Quantity(n, most) => {
            Refusal::invalid("quantity_out_of_range", format!("items[{n}].quantity"), format!("From 1 to {most}."))
        }
        OrderError::Currency => Refusal::invalid("currency_unsupported", "currency", "The shop has no prices in this currency."),
        OrderError::TooLarge => Refusal::invalid("amount_too_large", "items", "The total is more than can be charged at once."),
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

fn list(value: Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values),
        _ => None,
    }
}

/// One `@` between two parts without spaces: Stripe judges the rest.
fn email(value: Value) -> Option<String> {
    let address = text(value)?;
    let (user, host) = address.split_once('@')?;
    let plain = address.len() <= 254 && !address.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c));
    (plain && !user.is_empty() && !host.is_empty() && !host.contains('@')).then_some(address)
}

/// Characters that show nothing: they hide what an address is. Unicode's `Default_Ignorable_Code_Point`
/// (<https://www.unicode.org/Public/UCD/latest/ucd/DerivedCoreProperties.txt>), the blank of Braille, and annotations.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
