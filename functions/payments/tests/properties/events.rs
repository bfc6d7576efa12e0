//! Whatever event comes: no panic, an outcome in every answer, and the function lives on.

use crate::check;
use lambda_http::Context;
use payments::settings::Settings;
use payments::telemetry::{self, Sink};
use payments::{App, now_ms};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use uuid::{NoContext, Timestamp, Uuid};

const OUTCOMES: [&str; 5] = ["paid", "declined", "requires_action", "not_attempted", "unknown"];

/// Text with control characters, of which `\PC` has none.
const ASCII: &str = "[\\x00-\\x7f]{0,24}";
/// A field's name that is cut where it is told, in the middle of a character's bytes.
const LONG: &str = "éxéééééééééééééééééééééééééééééééééééééééé";

/// Any JSON, as deep as a few levels.
fn junk() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,16}".prop_map(Value::from),
        prop::sample::select(vec!["usd", "cad", "star-map", "pm_card_visa", "pm_card_visa_chargeDeclined", "a@b.example"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(prop_oneof!["[a-z_]{1,12}", ASCII], inner, 0..4).prop_map(Value::from_iter),
        ]
    })
}

/// A request that would be paid, with up to three of its fields, or new ones, replaced by junk.
fn body(publishable_key: &str) -> impl Strategy<Value = String> + use<> {
    let names = vec!["payment_method", "items", "currency", "expected_total", "publishable_key", "receipt_email", "action", "x"];
    let changes = prop::collection::vec((prop::sample::select(names), junk()), 0..4);
    let right = json!({
        "payment_method": "pm_card_visa", "items": [{ "sku": "star-map", "quantity": 1 }], "currency": "usd",
        "expected_total": 1099, "publishable_key": publishable_key,
    });
    let paid = Just(right.to_string());
    let mut with_unknown = right.clone();
    with_unknown[LONG] = json!(1);
    let near = changes.prop_map(move |changes| {
        let mut body = right.clone();
        for (name, value) in changes {
            body[name] = value;
        }
        body.to_string()
    });
    let (unknown, large) = (Just(with_unknown.to_string()), Just("x".repeat(9000)));
    prop_oneof![4 => paid, 6 => near, 3 => unknown, 1 => junk().prop_map(|value| value.to_string()), 1 => ASCII, 1 => large]
}

fn checkout_id() -> impl Strategy<Value = String> {
    let minted = (-400_000_i64..100_000_000).prop_map(|ago| {
        let ms = now_ms().saturating_add_signed(-ago);
        Uuid::new_v7(Timestamp::from_unix(NoContext, ms / 1000, 0)).to_string()
    });
    prop_oneof![8 => minted, 1 => "\\PC{0,40}", 1 => Just(Uuid::new_v4().to_string())]
}

fn event(publishable_key: &str) -> impl Strategy<Value = Value> + use<> {
    let method = prop_oneof![12 => Just("POST"), 2 => prop::sample::select(vec!["GET", "PUT", "DELETE", "OPTIONS", "HEAD"])];
    let path = prop_oneof![
        6 => Just("/api/payments".to_owned()),
        5 => prop::sample::select(vec![
            "/api/payments/void", "/api/payments/pi_1/confirm", "/api/config", "/api/payments/", "/prod/api/payments",
        ]).prop_map(ToOwned::to_owned),
        1 => "/[a-z0-9%/._~-]{0,30}",
        1 => "\\PC{0,30}",
    ];
    let names =
        vec!["origin", "x-origin-verify", "till-resend", "cookie", "accept", "host", "x-forwarded-proto", "x-forwarded-port"];
    let headers = prop::collection::hash_map(prop::sample::select(names), prop_oneof![3 => "\\PC{0,24}", 1 => ASCII], 0..4);
    let query = prop_oneof![3 => Just(String::new()), 2 => "\\PC{0,24}", 1 => "[ -~]{0,24}"];
    let media =
        prop::sample::select(vec!["application/json", "application/json", "application/json; charset=utf-8", "text/html", ""]);
    (method, path, query, headers, media, checkout_id(), body(publishable_key), (prop::bool::weighted(0.9), any::<bool>())).prop_map(
        |(method, path, query, headers, media, checkout, body, (has_body, is_base64))| {
            let mut headers: serde_json::Map<_, _> = headers.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect();
            headers.insert("content-type".to_owned(), json!(media));
            headers.insert("idempotency-key".to_owned(), json!(checkout));
            json!({
                "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": query, "queryStringParameters": { "q": query }, "headers": headers,
                "requestContext": {
                    "accountId": "1", "apiId": "api", "domainName": query, "requestId": "r", "routeKey": "$default", "stage": "$default",
                    "time": "22/Nov/2026:00:00:00 +0000", "timeEpoch": 1,
                    "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "t" },
                },
                "body": has_body.then_some(body), "isBase64Encoded": is_base64,
            })
        },
    )
}

#[test]
fn every_event_is_answered_with_an_outcome() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stripe = runtime.block_on(Sandbox::start(Options::default())).unwrap();
    let (url, publishable_key) = (stripe.url(), stripe.publishable_key());
    let vars = [
        ("STRIPE_SECRET_ID", stripe.secret_id()),
        ("STRIPE_PUBLISHABLE_KEY", &publishable_key),
        ("STRIPE_API_BASE", &url),
        ("AWS_ENDPOINT_URL", &url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
    ];
    let settings = Settings::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
    let log = Arc::new(Mutex::new(String::new()));
    let told = Arc::clone(&log);
    let sink: Sink = Box::new(move |line| told.lock().unwrap().push_str(&telemetry::to_json(line, "test", 0).to_string()));
    let app = App::new(Ok(settings.clone()), sink);
    let (answered, seen) = (Cell::new(0_u32), RefCell::new(BTreeSet::new()));
    let result = TestRunner::default().run(&event(&publishable_key), |event| {
        let text = event.to_string();
        if let Some(request) = payments::http::read_event(&text, Context::default()) {
            check::request(&request, &settings, now_ms());
        }
        let answer = runtime.block_on(app.invoke(&text, Context::default()));
        let text = answer["body"].as_str().unwrap_or_default();
        let body: Value = serde_json::from_str(text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let is_config = answer["statusCode"] == 200 && body["publishable_key"].is_string();
        prop_assert!(is_config || OUTCOMES.contains(&body["outcome"].as_str().unwrap_or_default()), "{}", body);
        let log = std::mem::take(&mut *log.lock().unwrap());
        prop_assert!(!log.contains("\"panic\""), "a panic: {}", log);
        for said in [text, &log] {
            prop_assert!(["sk_test_", "_secret_", "b.example"].iter().all(|secret| !said.contains(secret)), "{}", said);
        }
        seen.borrow_mut().insert(body["outcome"].as_str().unwrap_or("config").to_owned());
        answered.set(answered.get() + 1);
        if answered.get().is_multiple_of(500) {
            stripe.reset();
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let reached = ["not_attempted", "paid", "unknown"].iter().all(|outcome| seen.borrow().contains(*outcome));
    assert!(reached, "the events go all the way: {seen:?}");
}
