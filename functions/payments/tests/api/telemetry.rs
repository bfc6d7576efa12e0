//! One line a payment, and nothing in it that should not be.

use crate::shop::{Event, Shop};
use payments::telemetry::Line;
use sandbox::{Fault, Rule};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

fn payments(shop: &Shop) -> Vec<Value> {
    shop.log().into_iter().filter(|line| line["event"] == "payment").collect()
}

#[tokio::test]
async fn every_payment_is_one_line_with_its_ids_and_metrics() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let paid = checkout.pay("pm_card_visa").await;
    let log = payments(&shop);
    let [line] = log.as_slice() else { panic!("one line: {log:?}") };
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
    let log = payments(&shop);
    let seen: Vec<_> = log.iter().map(|line| (line["outcome"].as_str().unwrap(), line["code"].as_str().unwrap())).collect();
    assert_eq!(seen, [("declined", "generic_decline"), ("not_attempted", "parameter_invalid"), ("unknown", "not_closed")]);
    assert_eq!(log[0]["payment_intent"], intent);
    assert_eq!(log[2]["level"], "WARN", "somebody should look at it");
    assert!(log[1].get("StripeLatency").is_none(), "Stripe was not asked");
}

#[tokio::test]
async fn another_card_is_logged_with_its_payment_intent_whatever_comes_of_it() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    shop.stripe.faults().set(vec![Rule::new(Fault::ErrorUnexecuted)]);
    let event = Event { time_left: Some(Duration::from_secs(1)), ..checkout.another_card(&intent, "pm_card_visa") };
    shop.send(&event).await.must_be(503, "unknown", "outcome_unknown");
    let lines = payments(&shop);
    assert_eq!((&lines[1]["payment_intent"], &lines[1]["code"]), (&json!(intent), &json!("no_reply")));
}

#[tokio::test]
async fn a_card_that_wanted_authentication_has_a_metric_of_its_own() {
    let shop = Shop::open().await;
    for card in ["pm_card_authenticationRequired", "pm_card_visa_chargeDeclined"] {
        shop.checkout().pay(card).await;
    }
    let counts: Vec<_> =
        payments(&shop).iter().map(|line| (line["Declined"].clone(), line.get("AuthenticationDeclined").cloned())).collect();
    assert_eq!(counts, [(json!(1), Some(json!(1))), (json!(1), None)]);
}

/// The metrics that a line has, but for the times.
fn counts(line: &Value) -> Vec<&str> {
    let names = ["Paid", "Declined", "RequiresAction", "NotAttempted", "Unknown", "Unasked", "Trouble"];
    names.into_iter().filter(|name| line.get(*name).is_some()).collect()
}

#[tokio::test]
async fn what_asked_stripe_nothing_is_no_outcome_in_the_metrics() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa");
    for event in [payment.clone().with_body("{"), payment.clone().with_body("{").again(), payment.clone().without("content-type")]
    {
        shop.send(&event).await;
    }
    shop.stripe.faults().set(vec![Rule::new(Fault::InUse)]);
    shop.send(&Event { time_left: Some(Duration::from_secs(1)), ..payment }).await;
    let lines: Vec<_> = payments(&shop).iter().map(|line| counts(line).join(" ")).collect();
    assert_eq!(lines, ["Unasked", "Unasked", "Unasked", "Unknown"]);
}

#[tokio::test]
async fn what_an_operator_must_put_right_is_counted_whoever_asked() {
    let shop = Shop::open().await;
    shop.stripe.put_secret("not json");
    shop.checkout().pay("pm_card_visa").await;
    let lines: Vec<_> = shop.log().iter().map(|line| counts(line).join(" ")).collect();
    assert_eq!(lines, ["Trouble", "Unasked"]);
}

#[tokio::test]
async fn every_reading_of_the_secret_is_counted() {
    let shop = Shop::open().await;
    shop.app.prime().await;
    shop.checkout().pay("pm_card_visa").await;
    shop.stripe.roll_key();
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
    let log = shop.log();
    let refreshes: Vec<_> = log.iter().filter_map(|line| line.get("SecretRefresh")).collect();
    assert_eq!(refreshes, [1, 1], "once at the start, once for the rolled key: {log:?}");
    assert!(log.iter().any(|line| line["event"] == "start"), "{log:?}");
}

#[tokio::test]
async fn every_line_has_the_level_and_time_that_lambda_filters_by() {
    let shop = Shop::open_with(&[("CARD_AUTHENTICATION", "maybe")]).await;
    shop.app.prime().await;
    shop.checkout().pay("pm_card_visa").await;
    let log = shop.log();
    let levels: Vec<_> = log.iter().map(|line| (line["event"].as_str().unwrap(), line["level"].as_str().unwrap())).collect();
    assert_eq!(levels, [("trouble", "ERROR"), ("start", "INFO"), ("payment", "INFO")]);
    for line in log {
        let time = line["timestamp"].as_str().unwrap();
        assert!(time.starts_with("20") && time.contains('T') && time.ends_with('Z'), "{time}");
    }
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
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let shop = Shop::open_telling(Box::new(move |line| {
        if let Line::Payment(payment) = line {
            assert_ne!(payment.outcome, "paid", "the log is full");
            told.lock().unwrap().push((payment.outcome, payment.code.as_ref().map_or_else(String::new, ToString::to_string)));
        }
    }))
    .await;
    for _ in 0..2 {
        let checkout = shop.checkout();
        checkout.pay("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
        checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    }
    let lines = lines.lock().unwrap();
    assert_eq!(*lines, vec![("unknown", "panic".to_owned()); 4], "each is counted among the unknown");
    assert_eq!(shop.charges(), 2, "one each");
}
