//! A request to the API: a page's as it was sent, or one without a page.

use crate::cart::Cart;
use crate::weather::Kind;
use serde_json::{Value, json};

const PAY: &str = "/api/payments";
const VOID: &str = "/api/payments/void";

/// A request for a checkout.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) path: String,
    pub(crate) body: String,
    /// The PaymentMethod in it.
    pub(crate) card: Option<String>,
    /// It only finds out and tells.
    pub(crate) settle: bool,
}

impl Request {
    /// What a page sends.
    pub(crate) fn read(path: String, body: String) -> Self {
        let fields: Value = serde_json::from_str(&body).unwrap_or_default();
        let kind = match path.as_str() {
            PAY => Kind::Pay,
            VOID => Kind::Void,
            _ => Kind::Confirm,
        };
        let card = fields["payment_method"].as_str().map(ToOwned::to_owned);
        Self { kind, card, settle: fields["settle"] == true, path, body }
    }

    /// Pays `cart` with `token`: the first card of a checkout, or another one on its PaymentIntent.
    pub(crate) fn payment(publishable_key: &str, cart: &Cart, token: &str, email: &str, confirms: Option<String>) -> Self {
        let mut body = json!({
            "payment_method": token,
            "currency": cart.currency,
            "expected_total": cart.shown,
            "publishable_key": publishable_key,
            "receipt_email": email,
        });
        let (kind, path) = if let Some(payment_intent) = confirms {
            (Kind::Confirm, format!("{PAY}/{payment_intent}/confirm"))
        } else {
            body["items"] = cart.items();
            (Kind::Pay, PAY.to_owned())
        };
        Self { kind, path, body: body.to_string(), card: Some(token.to_owned()), settle: false }
    }

    /// Closes a checkout.
    pub(crate) fn void(publishable_key: &str) -> Self {
        let body = json!({ "publishable_key": publishable_key }).to_string();
        Self { kind: Kind::Void, path: VOID.to_owned(), body, card: None, settle: false }
    }

    /// The same, to find out and tell, and to change nothing.
    pub(crate) fn settling(&self) -> Self {
        let mut body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["settle"] = json!(true);
        Self { body: body.to_string(), settle: true, ..self.clone() }
    }

    /// Its body as a story shows it.
    pub(crate) fn words(&self) -> String {
        let mut body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|name, _| name != "publishable_key" && name != "receipt_email");
        }
        body.to_string()
    }
}
