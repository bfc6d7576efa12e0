//! A client of Stripe, with the sandbox behind it.

use reqwest::{Method, RequestBuilder};
use sandbox::{Options, Sandbox};
use serde_json::Value;

pub(crate) const VERSION: &str = "2026-07-29.dahlia";

/// The parameters of a payment as Till sends it; a `PaymentMethod` and the rest are added.
pub(crate) const PAYMENT: &[(&str, &str)] = &[
    ("amount", "1099"),
    ("currency", "usd"),
    ("payment_method_types[]", "card"),
    ("confirm", "true"),
    ("error_on_requires_action", "true"),
];

pub(crate) struct Client {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
}

/// An answer, its body already JSON.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn error(&self, field: &str) -> &str {
        self.body["error"][field].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }

    /// Asserts a refusal by status and code.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.error("code")), (status, code), "{:#}", self.body);
        self
    }
}

impl Client {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        // reqwest wants TLS to be chosen, though nothing here uses it. An error says that another test was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let sandbox = Sandbox::start(options).await.unwrap();
        Self { sandbox, http: reqwest::Client::new() }
    }

    /// A request with the secret key and the pinned version.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.sandbox.url()));
        request.bearer_auth(self.sandbox.secret_key()).header("stripe-version", VERSION)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, params: &[(&str, &str)]) -> Answer {
        send(form(self.request(Method::POST, path), params)).await
    }

    pub(crate) async fn post_with_key(&self, key: &str, path: &str, params: &[(&str, &str)]) -> Answer {
        send(form(self.request(Method::POST, path).header("idempotency-key", key), params)).await
    }

    /// Creates and confirms a `PaymentIntent`, declining authentication.
    pub(crate) async fn pay(&self, method: &str) -> Answer {
        self.post("/v1/payment_intents", &[PAYMENT, &[("payment_method", method)]].concat()).await
    }

    /// Creates an unconfirmed `PaymentIntent`; its id.
    pub(crate) async fn intent(&self) -> String {
        let params = [("amount", "1099"), ("currency", "usd"), ("payment_method_types[]", "card")];
        let intent = self.post("/v1/payment_intents", &params).await.succeeds();
        intent["id"].as_str().unwrap().to_owned()
    }

    /// A `PaymentMethod` by card number, as Stripe.js makes it; its id.
    pub(crate) async fn card(&self, number: &str) -> String {
        self.tokenize(number).await.succeeds()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn tokenize(&self, number: &str) -> Answer {
        self.tokenize_with(&[("card[number]", number)]).await
    }

    /// A `PaymentMethod` of a Visa card, with some parameters changed or added.
    pub(crate) async fn tokenize_with(&self, changes: &[(&str, &str)]) -> Answer {
        const VISA: &[(&str, &str)] = &[
            ("type", "card"),
            ("card[number]", "4242424242424242"),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2034"),
            ("card[cvc]", "123"),
        ];
        let kept = VISA.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let params: Vec<(&str, &str)> = kept.chain(changes).copied().collect();
        let request = self.http.post(format!("{}/v1/payment_methods", self.sandbox.url()));
        send(form(request.bearer_auth(self.sandbox.publishable_key()), &params)).await
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    try_send(request).await.unwrap()
}

/// As [`send`]; the error is the connection's, or the body's if it is not JSON.
pub(crate) async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Ok(Answer { status, headers, body: response.json().await? })
}

pub(crate) fn form(request: RequestBuilder, params: &[(&str, &str)]) -> RequestBuilder {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}
