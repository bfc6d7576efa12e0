//! What is refused before Stripe hears of it: to a first send `not_attempted`, with the parameter's name.

use crate::shop::{Event, Shop};
use base64::Engine as _;
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

fn nothing_reached_stripe(shop: &Shop) {
    assert!(shop.stripe.ledger().intents().is_empty());
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let shop = Shop::open().await;
    let item = |sku: &str, quantity: Value| json!([{ "sku": sku, "quantity": quantity }]);
    let many: Vec<_> = (0..21).map(|n| json!({ "sku": format!("sku-{n}"), "quantity": 1 })).collect();
    let twenty_one = json!(many);
    for (field, value, code, param) in [
        ("payment_method", Value::Null, "parameter_missing", "payment_method"),
        ("payment_method", json!(4242), "parameter_invalid", "payment_method"),
        ("payment_method", json!("tok_visa"), "parameter_invalid", "payment_method"),
        ("items", Value::Null, "parameter_missing", "items"),
        ("items", json!({}), "parameter_invalid", "items"),
        ("items", json!([]), "order_empty", "items"),
        ("items", json!([7]), "parameter_invalid", "items[0]"),
        ("items", json!([{ "sku": "star-map" }]), "parameter_missing", "items[0].quantity"),
        ("items", json!([{ "sku": "star-map", "quantity": 1, "price": 1 }]), "parameter_unknown", "items[0].price"),
        ("items", item("nothing", json!(1)), "sku_unknown", "items[0].sku"),
        ("items", item("star-map", json!(0)), "quantity_out_of_range", "items[0].quantity"),
        ("items", item("star-map", json!(11)), "quantity_out_of_range", "items[0].quantity"),
        ("items", item("star-map", json!(-1)), "parameter_invalid", "items[0].quantity"),
        ("items", item("star-map", json!(1.5)), "parameter_invalid", "items[0].quantity"),
        ("items", item("star-map", json!("1")), "parameter_invalid", "items[0].quantity"),
        (
            "items",
            json!([{ "sku": "star-map", "quantity": 1 }, { "sku": "star-map", "quantity": 1 }]),
            "sku_repeated",
            "items[1].sku",
        ),
        ("items", twenty_one, "order_too_long", "items"),
        ("currency", Value::Null, "parameter_missing", "currency"),
        ("currency", json!("eur"), "parameter_invalid", "currency"),
        ("currency", json!("USD"), "parameter_invalid", "currency"),
        ("expected_total", Value::Null, "parameter_missing", "expected_total"),
        ("expected_total", json!("1099"), "parameter_invalid", "expected_total"),
        ("expected_total", json!(10.99), "parameter_invalid", "expected_total"),
        ("expected_total", json!(4_242_424_242_424_242_u64), "parameter_invalid", "expected_total"),
        ("publishable_key", Value::Null, "parameter_missing", "publishable_key"),
        ("receipt_email", json!("nobody"), "parameter_invalid", "receipt_email"),
        ("receipt_email", json!("a b@example.com"), "parameter_invalid", "receipt_email"),
        ("receipt_email", json!("a\u{202e}b@example.com"), "parameter_invalid", "receipt_email"),
        ("receipt_email", json!("a\u{200b}b@example.com"), "parameter_invalid", "receipt_email"),
        ("receipt_email", json!("a\u{3164}b@example.com"), "parameter_invalid", "receipt_email"),
        ("receipt_email", json!("a@example\u{e0061}.com"), "parameter_invalid", "receipt_email"),
        ("amount", json!(1), "parameter_unknown", "amount"),
    ] {
        let reply = shop.send(&shop.checkout().payment("pm_card_visa").field(field, value)).await;
        reply.must_be(400, "not_attempted", code);
        assert_eq!(reply.body["error"]["param"], param, "{reply}");
        assert_eq!(reply.body["error"]["type"], "invalid_request_error", "{reply}");
    }
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn a_body_that_is_no_json_object_is_said_to_be_none() {
    let shop = Shop::open().await;
    let deep = "[".repeat(4000);
    for body in ["", "{", "[]", "null", "\"text\"", "\u{feff}{}", "{\"a\":1}{", &deep] {
        let reply = shop.send(&shop.checkout().payment("pm_card_visa").with_body(body)).await;
        reply.must_be(400, "not_attempted", "json_invalid");
    }
    let mut binary = shop.checkout().payment("pm_card_visa");
    binary.body = Some(base64::prelude::BASE64_STANDARD.encode([0xff, 0xfe, 0x00]));
    binary.base64 = true;
    shop.send(&binary).await.must_be(400, "not_attempted", "json_invalid");
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn a_body_in_base64_is_a_body() {
    let shop = Shop::open().await;
    let mut event = shop.checkout().payment("pm_card_visa");
    event.body = event.body.map(|body| base64::prelude::BASE64_STANDARD.encode(body));
    event.base64 = true;
    shop.send(&event).await.must_be_paid();
}

#[tokio::test]
async fn a_key_must_be_a_fresh_uuid_of_version_7() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa");
    let missing = shop.send(&payment.clone().without("idempotency-key")).await;
    missing.must_be(400, "not_attempted", "parameter_missing");
    assert_eq!(missing.body["error"]["param"], "Idempotency-Key");
    for key in ["", "order-1", "6fa459ea-ee8a-4ca4-894e-db77e160355e", &shop.checkout().id.to_uppercase()] {
        let reply = shop.send(&payment.clone().header("idempotency-key", key)).await;
        reply.must_be(400, "not_attempted", "parameter_invalid");
        assert_eq!(reply.body["error"]["param"], "Idempotency-Key");
    }
    let ahead = uuid::Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, payments::now_ms() / 1000 + 320, 0)).to_string();
    shop.send(&payment.header("idempotency-key", &ahead)).await.must_be(400, "not_attempted", "parameter_invalid");
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn an_old_checkout_is_gone() {
    let shop = Shop::open().await;
    shop.checkout_aged(23 * HOUR - Duration::from_mins(1)).pay("pm_card_visa").await.must_be_paid();
    let reply = shop.checkout_aged(23 * HOUR + Duration::from_secs(1)).pay("pm_card_visa").await;
    reply.must_be(410, "not_attempted", "checkout_expired");
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn another_total_than_the_servers_is_refused_with_the_servers() {
    let shop = Shop::open().await;
    for shown in [0, 1, 1098, 1100, 10_990] {
        let reply = shop.send(&shop.checkout().payment("pm_card_visa").field("expected_total", json!(shown))).await;
        reply.must_be(409, "not_attempted", "total_changed");
        assert_eq!(reply.body["total"], 1099);
    }
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn a_page_of_another_publishable_key_is_outdated() {
    let shop = Shop::open().await;
    let event = shop.checkout().payment("pm_card_visa").field("publishable_key", json!("pk_test_other"));
    shop.send(&event).await.must_be(409, "not_attempted", "page_outdated");
    // The checkout may have been paid in the other account: nobody here can tell.
    shop.send(&event.again()).await.must_be(503, "unknown", "outcome_unknown");
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn paths_methods_sizes_and_types() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa");
    for path in
        ["/", "/api", "/api/payment", "/api/payments/", "/api/payments/pi_1", "/api/payments/pi_1/pi_2/confirm", "/api/Config"]
    {
        let event = Event { path: path.to_owned(), ..payment.clone() };
        shop.send(&event).await.must_be(404, "not_attempted", "path_unknown");
    }
    for (method, path, allow) in
        [("GET", "/api/payments", "POST"), ("DELETE", "/api/payments/void", "POST"), ("POST", "/api/config", "GET")]
    {
        let event = Event { method: method.to_owned(), path: path.to_owned(), ..payment.clone() };
        let reply = shop.send(&event).await;
        reply.must_be(405, "not_attempted", "method_not_allowed");
        assert_eq!(reply.headers["allow"], allow);
    }
    let large = payment.clone().field("description", json!("x".repeat(9 * 1024)));
    shop.send(&large).await.must_be(413, "not_attempted", "body_too_large");
    let padded = |length: usize| payment.clone().with_body(&format!("{:length$}", payment.body.as_deref().unwrap()));
    shop.send(&padded(8 * 1024 + 1)).await.must_be(413, "not_attempted", "body_too_large");
    for media in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        let reply = shop.send(&payment.clone().header("content-type", media)).await;
        reply.must_be(415, "not_attempted", "media_type_unsupported");
    }
    shop.send(&payment.clone().without("content-type")).await.must_be(415, "not_attempted", "media_type_unsupported");
    nothing_reached_stripe(&shop);
    shop.send(&padded(8 * 1024).header("content-type", "Application/JSON; charset=utf-8")).await.must_be_paid();
}

#[tokio::test]
async fn a_stage_before_the_path_is_no_part_of_it() {
    let shop = Shop::open().await;
    let event = shop.checkout().payment("pm_card_visa");
    let staged = Event { path: "/prod/api/payments".to_owned(), stage: "prod".to_owned(), ..event };
    shop.send(&staged).await.must_be_paid();
}

#[tokio::test]
async fn only_our_own_page_through_our_own_distribution_may_call() {
    let shop = Shop::open_with(&[("SITE_ORIGIN", "https://shop.example"), ("ORIGIN_VERIFY", "old-value,new-value")]).await;
    let payment = shop.checkout().payment("pm_card_visa").header("origin", "https://shop.example");
    for verify in ["", "other-value", "old-value,new-value", "old-valu"] {
        shop.send(&payment.clone().header("x-origin-verify", verify)).await.must_be(403, "not_attempted", "forbidden");
    }
    shop.send(&payment).await.must_be(403, "not_attempted", "forbidden");
    let verified = payment.header("x-origin-verify", "old-value");
    for origin in ["https://evil.example", "null", "https://shop.example.evil.example", "http://shop.example"] {
        shop.send(&verified.clone().header("origin", origin)).await.must_be(403, "not_attempted", "forbidden");
    }
    // Nothing can be closed for somebody who may not be the shopper.
    shop.send(&verified.clone().header("origin", "null").again()).await.must_be(503, "unknown", "outcome_unknown");
    nothing_reached_stripe(&shop);
    shop.send(&verified).await.must_be_paid();
    let without_origin = shop.checkout().payment("pm_card_visa").header("x-origin-verify", "new-value");
    shop.send(&without_origin).await.must_be_paid();
}

#[tokio::test]
async fn a_confirm_and_a_void_are_never_first_sends() {
    let shop = Shop::open_with(&[("SITE_ORIGIN", "https://shop.example")]).await;
    let checkout = shop.checkout();
    for event in [checkout.leaving(), checkout.another_card("pi_3Nobody", "pm_card_visa")] {
        let event = event.without("till-resend");
        for refused in [
            event.clone().header("origin", "https://evil.example"),
            event.clone().header("content-type", "text/plain"),
            event.clone().with_body("{"),
            event.clone().without("idempotency-key"),
        ] {
            shop.send(&refused).await.must_be(503, "unknown", "outcome_unknown");
        }
    }
    let broken = Shop::open_with(&[("STRIPE_PUBLISHABLE_KEY", "sk_test_x")]).await;
    let checkout = broken.checkout();
    broken.send(&checkout.leaving()).await.must_be(503, "unknown", "outcome_unknown");
    broken.send(&checkout.another_card("pi_3Nobody", "pm_card_visa").without("till-resend")).await.must_be(
        503,
        "unknown",
        "outcome_unknown",
    );
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn an_unknown_payment_intent_is_refused_when_its_checkout_is_closed() {
    let shop = Shop::open().await;
    let unknown = shop.checkout().confirm("pi_3Nobody", "pm_card_visa").await;
    unknown.must_be(404, "not_attempted", "payment_intent_unknown").must_leave_it("closed");
    // Where the checkout has a payment of its own, that decides.
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    let wrong = checkout.confirm("pi_3Nobody", "pm_card_visa").await;
    wrong.must_be(404, "not_attempted", "payment_intent_unknown").must_leave_it("closed");
    checkout.confirm(&intent, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    let paid = shop.checkout();
    paid.pay("pm_card_visa").await.must_be_paid();
    paid.confirm("pi_3Nobody", "pm_card_visa").await.must_be_paid();
}

#[tokio::test]
async fn null_is_a_value_of_the_wrong_type() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa");
    let body = payment.body.clone().unwrap();
    for field in ["receipt_email", "currency"] {
        let mut body: Value = serde_json::from_str(&body).unwrap();
        body[field] = Value::Null;
        let reply = shop.send(&payment.clone().with_body(&body.to_string())).await;
        reply.must_be(400, "not_attempted", "parameter_invalid");
        assert_eq!(reply.body["error"]["param"], field);
    }
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn an_id_that_makes_an_idempotency_key_too_long_is_refused() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let long = format!("pm_{}", "a".repeat(252));
    checkout.pay(&long).await.must_be(400, "not_attempted", "parameter_invalid");
    nothing_reached_stripe(&shop);
}

#[tokio::test]
async fn an_id_that_is_none_can_never_be_used() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa");
    for event in [payment.clone().without("idempotency-key"), payment.header("idempotency-key", "nothing")] {
        shop.send(&event).await.must_be(400, "not_attempted", shop_code(&event)).must_leave_it("closed");
    }
}

fn shop_code(event: &Event) -> &'static str {
    if event.headers.iter().any(|(name, _)| name == "idempotency-key") { "parameter_invalid" } else { "parameter_missing" }
}
