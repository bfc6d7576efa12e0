//! A shop with its function, its Stripe and a shopper's checkouts. Its methods are what a shopper's page does.

pub(crate) use crate::event::{Event, Reply};
use payments::settings::Settings;
use payments::telemetry::{self, Line, Sink};
use payments::{App, now_ms};
use sandbox::{Options, Sandbox, Status};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use uuid::{NoContext, Timestamp, Uuid};

/// The price of one `star-map`, in US cents.
pub(crate) const PRICE: u64 = 1099;

pub(crate) struct Shop {
    pub(crate) app: App,
    pub(crate) stripe: Arc<Sandbox>,
    lines: Arc<Mutex<Vec<Line>>>,
}

impl Shop {
    pub(crate) async fn open() -> Self {
        Self::open_with(&[]).await
    }

    /// With more settings, or others.
    pub(crate) async fn open_with(settings: &[(&str, &str)]) -> Self {
        let stripe = Sandbox::start(Options::default()).await.expect("the sandbox starts");
        Self::open_beside(Arc::new(stripe), settings)
    }

    /// Before a Stripe that is there already.
    pub(crate) fn open_beside(stripe: Arc<Sandbox>, settings: &[(&str, &str)]) -> Self {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&lines);
        let tell: Sink = Box::new(move |line: &Line| told.lock().expect("no test panics here").push(line.clone()));
        let app = App::new(Settings::from_vars(vars(&stripe, settings)), tell);
        Self { app, stripe, lines }
    }

    /// With another place for its lines.
    pub(crate) async fn open_telling(tell: Sink) -> Self {
        let stripe = Sandbox::start(Options::default()).await.expect("the sandbox starts");
        let app = App::new(Settings::from_vars(vars(&stripe, &[])), tell);
        Self { app, stripe: Arc::new(stripe), lines: Arc::default() }
    }

    /// Another environment of the same function, cold, before the same Stripe.
    pub(crate) fn another_function(&self) -> Self {
        Self::open_beside(Arc::clone(&self.stripe), &[])
    }

    /// A PaymentMethod for a card number, as Stripe.js makes one.
    pub(crate) async fn card(&self, number: &str) -> String {
        let form = format!("type=card&card[number]={number}&card[exp_month]=12&card[exp_year]=2040&card[cvc]=123");
        let made = reqwest::Client::new()
            .post(format!("{}/v1/payment_methods", self.stripe.url()))
            .bearer_auth(self.stripe.publishable_key())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .expect("the sandbox answers");
        let made: Value = made.json().await.expect("a PaymentMethod");
        made["id"].as_str().unwrap_or_else(|| panic!("no PaymentMethod: {made}")).to_owned()
    }

    /// A request of the merchant's own tool to Stripe; its answer.
    pub(crate) async fn merchant_posts(&self, path: &str, form: &[(&str, &str)]) -> Value {
        self.post_under("", path, form).await
    }

    /// The same under an idempotency key.
    pub(crate) async fn post_under(&self, key: &str, path: &str, form: &[(&str, &str)]) -> Value {
        let mut request =
            reqwest::Client::new().post(format!("{}{path}", self.stripe.url())).bearer_auth(self.stripe.secret_key());
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await;
        answer.expect("the sandbox answers").json().await.expect("is JSON")
    }

    /// How many requests Stripe has seen, Secrets Manager's not among them.
    pub(crate) fn stripe_requests(&self) -> usize {
        self.stripe.ledger().requests().iter().filter(|request| request.path.starts_with("/v1/")).count()
    }

    /// A new checkout, minted now.
    pub(crate) fn checkout(&self) -> Checkout<'_> {
        self.checkout_aged(Duration::ZERO)
    }

    /// A checkout that was minted a while ago.
    pub(crate) fn checkout_aged(&self, age: Duration) -> Checkout<'_> {
        let minted = Duration::from_millis(now_ms()) - age;
        let id = Uuid::new_v7(Timestamp::from_unix(NoContext, minted.as_secs(), minted.subsec_nanos())).to_string();
        Checkout { shop: self, id, publishable_key: self.stripe.publishable_key() }
    }

    /// Sends an event and reads the answer, which always has an outcome but for the configuration.
    pub(crate) async fn send(&self, event: &Event) -> Reply {
        let mut context = lambda_http::Context::default();
        "test-request".clone_into(&mut context.request_id);
        context.deadline = event.time_left.map_or(0, |left| now_ms() + u64::try_from(left.as_millis()).unwrap());
        let reply = Reply::of(&self.app.invoke(&event.to_json().to_string(), context).await);
        assert_eq!(reply.headers["content-type"], "application/json", "{reply}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{reply}");
        reply
    }

    /// How many PaymentIntents are paid.
    pub(crate) fn charges(&self) -> usize {
        self.stripe.ledger().intents().iter().filter(|intent| intent.status == Status::Succeeded).count()
    }

    /// Everything that the function would have logged, as it would stand in the log.
    pub(crate) fn log(&self) -> Vec<Value> {
        self.lines.lock().unwrap().iter().map(|line| telemetry::to_json(line, "test", now_ms())).collect()
    }
}

/// The function's environment, as Lambda would set it.
fn vars(stripe: &Sandbox, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let (url, publishable_key) = (stripe.url(), stripe.publishable_key());
    let usual = [
        ("STRIPE_SECRET_ID", stripe.secret_id()),
        ("STRIPE_PUBLISHABLE_KEY", &publishable_key),
        ("STRIPE_API_BASE", &url),
        ("AWS_ENDPOINT_URL", &url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    usual.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The function's settings before `stripe`.
pub(crate) fn settings(stripe: &Sandbox) -> Settings {
    Settings::from_vars(vars(stripe, &[])).expect("the settings are right")
}

/// What the events of these tests carry, and no log line may.
const CANARIES: [&str; 4] = ["canary", "_secret_", "sk_test_", "rk_test_"];

impl Drop for Shop {
    /// Every test looks through its own log.
    fn drop(&mut self) {
        let log = json!(self.log()).to_string();
        if !std::thread::panicking() {
            for canary in CANARIES {
                assert!(!log.contains(canary), "{canary} is in the log: {log}");
            }
        }
    }
}

/// A shopper's checkout. What it sends is a first send unless `.again()` says otherwise.
pub(crate) struct Checkout<'a> {
    shop: &'a Shop,
    pub(crate) id: String,
    publishable_key: String,
}

impl Checkout<'_> {
    /// One star map in US dollars, with `card`.
    pub(crate) fn payment(&self, card: &str) -> Event {
        let body = json!({
            "payment_method": card,
            "items": [{ "sku": "star-map", "quantity": 1 }],
            "currency": "usd",
            "expected_total": PRICE,
            "publishable_key": self.publishable_key,
            "receipt_email": "canary@example.com",
        });
        Event::post("/api/payments", &self.id, &body)
    }

    /// Another card on `payment_intent`.
    pub(crate) fn another_card(&self, payment_intent: &str, card: &str) -> Event {
        let body = json!({
            "payment_method": card,
            "currency": "usd",
            "expected_total": PRICE,
            "publishable_key": self.publishable_key,
        });
        Event::post(&format!("/api/payments/{payment_intent}/confirm"), &self.id, &body).again()
    }

    pub(crate) fn leaving(&self) -> Event {
        Event::post("/api/payments/void", &self.id, &json!({ "publishable_key": self.publishable_key }))
    }

    /// What the page sends by itself after a reload: find out, and change nothing.
    pub(crate) async fn settle(&self, event: Event) -> Reply {
        self.settle_at(self.shop, event).await
    }

    /// The same at another environment of the function.
    pub(crate) async fn settle_at(&self, shop: &Shop, event: Event) -> Reply {
        shop.send(&event.field("settle", json!(true)).again()).await
    }

    pub(crate) async fn pay(&self, card: &str) -> Reply {
        self.shop.send(&self.payment(card)).await
    }

    pub(crate) async fn pay_again(&self, card: &str) -> Reply {
        self.shop.send(&self.payment(card).again()).await
    }

    pub(crate) async fn confirm(&self, payment_intent: &str, card: &str) -> Reply {
        self.shop.send(&self.another_card(payment_intent, card)).await
    }

    pub(crate) async fn void(&self) -> Reply {
        self.shop.send(&self.leaving().again()).await
    }
}
