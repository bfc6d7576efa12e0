//! A checkout as a client knows it that has no page, and the requests that can be made of it.

use crate::browser::Request;
use crate::clock;
use crate::world::World;
use serde_json::{Value, json};

const HOUR_MS: u64 = 3_600_000;

#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: String,
    publishable_key: String,
    /// `{items, currency, total}`
    pub(crate) cart: Value,
    /// The requests that were sent, oldest first, each once.
    sent: Vec<Request>,
    /// The PaymentMethods, oldest first.
    pub(crate) cards: Vec<String>,
    /// Of the last answer that named one.
    pub(crate) intent: Option<String>,
    pub(crate) client_secret: Option<String>,
}

impl Order {
    /// A new one; some are hours old.
    pub(crate) fn new(world: &World) -> Self {
        let age = [0, 23 * HOUR_MS - 3000, 23 * HOUR_MS + 60_000, 25 * HOUR_MS][world.shared.pick(&[12, 2, 1, 1], 1)];
        let mut random = [0; 10];
        fastrand::fill(&mut random);
        let id = uuid::Builder::from_unix_timestamp_millis(clock::now_ms() - age, &random).into_uuid().to_string();
        let (publishable_key, cart) = (world.sandbox.publishable_key(), cart(world));
        Self { id, publishable_key, cart, sent: Vec::new(), cards: Vec::new(), intent: None, client_secret: None }
    }

    /// Notes what is sent.
    pub(crate) fn send(&mut self, request: &Request) {
        let is_same = |sent: &Request| sent.path == request.path && sent.body == request.body;
        if !self.sent.iter().any(is_same) && !request.body.contains("\"settle\"") {
            self.sent.push(request.clone());
        }
    }

    /// Notes what is told.
    pub(crate) fn hear(&mut self, body: &Value) {
        let text = |field: &str| body[field].as_str().map(str::to_owned);
        self.intent = text("payment_intent").or(self.intent.take());
        self.client_secret = text("client_secret").or(self.client_secret.take());
    }

    fn request(&self, path: &str, mut body: Value) -> Request {
        body["publishable_key"] = json!(self.publishable_key);
        let (method, path, checkout) = ("POST".to_owned(), path.to_owned(), self.id.clone());
        Request { method, path, checkout, resend: !self.sent.is_empty(), body: body.to_string() }
    }

    pub(crate) fn create(&self, card: &str) -> Request {
        let Self { cart, .. } = self;
        let mut body = json!({ "payment_method": card, "items": cart["items"] });
        body["currency"] = cart["currency"].clone();
        body["expected_total"] = cart["total"].clone();
        self.request("/api/payments", body)
    }

    /// A confirm of a PaymentIntent, with a total that is so much more.
    pub(crate) fn confirm(&self, intent: &str, card: &str, more: u64) -> Request {
        let total = self.cart["total"].as_u64().unwrap_or_default() + more;
        let body = json!({ "payment_method": card, "currency": self.cart["currency"], "expected_total": total });
        self.request(&format!("/api/payments/{intent}/confirm"), body)
    }

    /// What follows the bank's dialog, whether or not there was one.
    pub(crate) fn completed(&self) -> Option<Request> {
        let Request { path, body, .. } = self.confirm(self.intent.as_ref()?, self.cards.last()?, 0);
        let mut body: Value = serde_json::from_str(&body).unwrap_or_default();
        body["action"] = json!("completed");
        Some(self.request(&path, body))
    }

    pub(crate) fn void(&self) -> Request {
        self.request("/api/payments/void", json!({}))
    }

    /// Its last request once more, marked as what it is.
    pub(crate) fn again(&self) -> Option<Request> {
        self.sent.last().map(|last| Request { resend: true, ..last.clone() })
    }

    /// The same, only to find out.
    pub(crate) fn settle(&self) -> Option<Request> {
        let last = self.again()?;
        let mut body: Value = serde_json::from_str(&last.body).unwrap_or_default();
        body["settle"] = json!(true);
        Some(Request { body: body.to_string(), ..last })
    }

    /// A copy of one of the first three requests, as it was.
    pub(crate) fn copy(&self, world: &World) -> Option<Request> {
        self.sent.get(world.shared.pick(&[3, 2, 1], 1)).cloned()
    }
}

/// `{items, currency, total}` by one of the two price lists.
pub(crate) fn cart(world: &World) -> Value {
    let carts =
        [("star-map", 1, "usd", 1099), ("star-map", 2, "cad", 2998), ("star-map", 1, "usd", 999), ("tide-table", 1, "usd", 650)];
    let (sku, quantity, currency, total) = carts[world.shared.pick(&[5, 2, 2, 1], 2)];
    json!({ "items": [{ "sku": sku, "quantity": quantity }], "currency": currency, "total": total })
}
