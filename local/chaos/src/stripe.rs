//! What others than the function ask of Stripe: the page's card fields, and the merchant's own hands.

use crate::dice::Dice;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A test card's number, and what becomes of it.
pub(crate) type Card = (&'static str, &'static str);

const PAID: &str = "a card that pays";
const REFUSED: &str = "a card that is refused";
const ASKS: &str = "a card whose bank wants to see the shopper";

pub(crate) const PAYS: [(u32, Card); 3] =
    [(5, ("4242424242424242", PAID)), (1, ("5555555555554444", PAID)), (1, ("4000001240000000", PAID))];
const DECLINED: [(u32, Card); 4] = [
    (3, ("4000000000000002", REFUSED)),
    (3, ("4000000000009995", REFUSED)),
    (2, ("4000000000000127", REFUSED)),
    (1, ("4000000000009979", REFUSED)),
];
/// Refused where authentication is declined. Where it is handled, the first ones pay after it, and the last are refused after it.
const AUTHENTICATES: [(u32, Card); 5] = [
    (3, ("4000002760003184", ASKS)),
    (2, ("4000002500003155", ASKS)),
    (2, ("4000000000003220", ASKS)),
    (1, ("4000008400001629", ASKS)),
    (1, ("4000008260003178", ASKS)),
];

/// The card of the n-th try: often one that is not simply paid, and in the end one that is.
pub(crate) fn card(dice: &mut Dice, tries: u16, stubborn: bool) -> Card {
    if stubborn || dice.chance(if tries == 0 { 0.25 } else { 0.2 }) {
        *dice.among(&DECLINED)
    } else if dice.chance(0.25) {
        *dice.among(&AUTHENTICATES)
    } else {
        *dice.among(&PAYS)
    }
}

/// A client of the sandbox's REST.
#[derive(Debug)]
pub(crate) struct Stripe {
    http: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Stripe {
    pub(crate) fn new(url: String) -> Self {
        Self { http: Client::builder(TokioExecutor::new()).build_http(), url }
    }

    /// A PaymentMethod for a card number, as the card fields make one with the publishable key.
    pub(crate) async fn tokenize(&self, key: &str, number: &str) -> Result<String, String> {
        let form = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2040"),
            ("card[cvc]", "123"),
        ];
        let made = self.post("/v1/payment_methods", key, None, &form).await?;
        made["id"].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("no PaymentMethod: {made}"))
    }

    /// What the shopper does in the bank's dialog: `complete`, `fail` or `cancel`. The intent's status after it.
    pub(crate) async fn authenticate(
        &self,
        key: &str,
        intent: &str,
        client_secret: &str,
        result: &str,
    ) -> Result<String, String> {
        let form = [("client_secret", client_secret), ("result", result)];
        let shown = self.post(&format!("/_sandbox/3ds/{intent}"), key, None, &form).await?;
        shown["status"].as_str().map(ToOwned::to_owned).ok_or_else(|| format!("no PaymentIntent: {shown}"))
    }

    /// Asks a door of the sandbox's for something that counts nowhere. When it answers, it has read what had arrived before.
    pub(crate) async fn knock(&self, door: &str) {
        for _ in 0..2 {
            let Ok(request) = hyper::Request::get(format!("{door}/_sandbox/behaviour")).body(Full::default()) else { return };
            if let Ok(response) = self.http.request(request).await {
                let _ = response.into_body().collect().await;
            }
        }
    }

    /// Posts a form; the error is the transport's.
    pub(crate) async fn post(
        &self,
        path: &str,
        key: &str,
        idempotency_key: Option<&str>,
        form: &[(&str, &str)],
    ) -> Result<Value, String> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = hyper::Request::post(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {key}"))
            .header("stripe-version", "2026-07-29.dahlia")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(idempotency_key) = idempotency_key {
            request = request.header("idempotency-key", idempotency_key);
        }
        let request = request.body(Full::from(body)).map_err(|error| error.to_string())?;
        let response = self.http.request(request).await.map_err(|error| error.to_string())?;
        let body = response.into_body().collect().await.map_err(|error| error.to_string())?.to_bytes();
        serde_json::from_slice(&body).map_err(|error| error.to_string())
    }
}
