//! One line a payment, and nothing in it that should not be.

use crate::shop::Shop;
use payments::telemetry::Line;
use serde_json::json;

#[tokio::test]
async fn every_payment_is_one_line_with_its_ids_and_metrics() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let paid = checkout.pay("pm_card_visa").await;
    let log = shop.log();
    let [line] = log.as_slice() else { panic!("one line: {log:?}") };
    assert_eq!(line["event"], "payment");
    assert_eq!(line["request_id"], "test-request");
    assert_eq!(line["checkout"], checkout.id);
    assert_eq!(line["payment_intent"], paid.payment_intent());
    assert_eq!((&line["outcome"], &line["amount"], &line["currency"]), (&json!("paid"), &json!(1099), &json!("usd")));
    assert_eq!(line["attempts"], 1);
    assert!(line["stripe_request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
    assert_eq!(line["Paid"], 1);
    assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Till");
}

#[tokio::test]
async fn a_decline_a_refusal_and_a_doubt_are_lines_as_well() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclinedStolenCard").await.payment_intent();
    shop.send(&checkout.payment("pm_card_visa").field("currency", json!("eur"))).await;
    shop.send(&checkout.payment("pm_card_visa").with_body("{").again()).await;
    let log = shop.log();
    let seen: Vec<_> = log.iter().map(|line| (line["outcome"].as_str().unwrap(), line["code"].as_str().unwrap())).collect();
    assert_eq!(seen, [("declined", "generic_decline"), ("not_attempted", "parameter_invalid"), ("unknown", "not_closed")]);
    assert_eq!(log[0]["payment_intent"], intent);
}

#[tokio::test]
async fn no_key_address_or_client_secret_is_answered() {
    let shop = Shop::open().await;
    let mut answers = String::new();
    for card in ["pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_authenticationRequired", "pm_card_nobody_has"] {
        let checkout = shop.checkout();
        let event = checkout.payment(card);
        for event in [event.clone(), event.clone().again(), event.field("currency", json!("canary-currency")), checkout.leaving()]
        {
            answers.push_str(&shop.send(&event).await.body.to_string());
        }
    }
    for secret in [shop.stripe.secret_key().as_str(), "canary", "_secret_", "sk_test_"] {
        assert!(!answers.contains(secret), "{secret} in {answers}");
    }
}

#[tokio::test]
async fn a_panic_is_answered_with_unknown_and_the_function_lives() {
    let shop = Shop::open_telling(Box::new(|line| assert!(!matches!(line, Line::Payment(_)), "the log is full"))).await;
    for _ in 0..2 {
        let checkout = shop.checkout();
        checkout.pay("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
        checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    }
    assert_eq!(shop.charges(), 2, "one each");
}
