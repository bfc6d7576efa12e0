//! Bytes in the place of a shopper's request: its path, its headers, its body.
#![no_main]

#[path = "../../tests/properties/check.rs"]
mod check;

use lambda_http::{Body, RequestExt as _, http};
use libfuzzer_sys::fuzz_target;
use payments::settings::Settings;
use std::sync::LazyLock;

static SETTINGS: LazyLock<Settings> = LazyLock::new(|| {
    let vars = [("STRIPE_SECRET_ID", "till"), ("STRIPE_PUBLISHABLE_KEY", "pk_test_1"), ("SITE_ORIGIN", "https://shop.example")];
    Settings::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).expect("the settings are right")
});

/// Paths that lead somewhere; any other comes from the bytes.
const PATHS: [&str; 4] = ["/api/payments", "/api/payments/void", "/api/payments/pi_1/confirm", "/api/config"];

fuzz_target!(|input: (u8, &str, Vec<(&str, &str)>, &[u8])| {
    let (route, path, headers, body) = input;
    let path = PATHS.get(usize::from(route)).copied().unwrap_or(path);
    let mut builder = http::Request::builder().method("POST").header("content-type", "application/json");
    builder = builder.header("idempotency-key", "019ab000-0000-7000-8000-000000000000");
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let Ok(request) = builder.body(Body::from(body)) else { return };
    check::request(&request.with_raw_http_path(path), &SETTINGS, 1_763_800_000_000);
});
