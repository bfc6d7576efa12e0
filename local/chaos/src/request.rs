//! What the page sends, and sends again: the same bytes each time.

use crate::cart::Cart;
use crate::weather::Kind;
use serde_json::{Value, json};

/// A request to `/api`.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) kind: Kind,
    pub(crate) path: String,
    pub(crate) body: String,
    /// The PaymentMethod in it.
    pub(crate) card: Option<String>,
    /// It only finds out and tells: what the page sends by itself.
    pub(crate) settle: bool,
}

impl Request {
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
            (Kind::Confirm, confirm_path(&payment_intent))
        } else {
            body["items"] = cart.items();
            (Kind::Pay, "/api/payments".to_owned())
        };
        Self { kind, path, body: body.to_string(), card: Some(token.to_owned()), settle: false }
    }

    /// Closes a checkout.
    pub(crate) fn void(publishable_key: &str) -> Self {
        let body = json!({ "publishable_key": publishable_key }).to_string();
        Self { kind: Kind::Void, path: "/api/payments/void".to_owned(), body, card: None, settle: false }
    }

    /// The same, to find out and tell, and to change nothing.
    pub(crate) fn settling(&self) -> Self {
        let mut body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["settle"] = json!(true);
        Self { body: body.to_string(), settle: true, ..self.clone() }
    }

    /// What follows it when its card's bank has seen the shopper.
    pub(crate) fn completed(&self, payment_intent: &str) -> Self {
        let mut body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("items");
            fields.insert("action".to_owned(), json!("completed"));
        }
        let path = confirm_path(payment_intent);
        Self { kind: Kind::Confirm, path, body: body.to_string(), card: self.card.clone(), settle: false }
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

fn confirm_path(payment_intent: &str) -> String {
    format!("/api/payments/{payment_intent}/confirm")
}
