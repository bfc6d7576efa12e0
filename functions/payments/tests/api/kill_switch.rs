//! `"payments": "paused"` in the secret, and secrets that will not do.

use crate::shop::{Event, Shop};
use payments::secret::MAX_AGE;
use sandbox::{Options, Sandbox};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

async fn shop_with_secret(secret: &str) -> Shop {
    let stripe = Sandbox::start(Options::default()).await.unwrap();
    stripe.put_secret(secret);
    Shop::open_beside(Arc::new(stripe), &[])
}

#[tokio::test]
async fn a_paused_shop_charges_nobody_and_settles_what_was_sent() {
    assert_eq!(MAX_AGE, Duration::from_mins(1), "no card is charged by an older secret");
    let running = Shop::open().await;
    let key = running.stripe.secret_key();
    let (paid, declined, unsent) = (running.checkout(), running.checkout(), running.checkout());
    paid.pay("pm_card_visa").await.must_be_paid();
    let intent = declined.pay("pm_card_visa_chargeDeclined").await.payment_intent();

    running.stripe.put_secret(&json!({ "secret_key": key, "payments": "paused" }).to_string());
    // A second function, whose secret is read now, on the same books.
    let paused = running.another_function();
    let first = paused.send(&unsent.payment("pm_card_visa")).await;
    first.must_be(503, "not_attempted", "service_unavailable");
    assert!(first.headers.contains_key("retry-after"));
    paused.send(&paid.payment("pm_card_visa").again()).await.must_be_paid();
    paused.send(&declined.another_card(&intent, "pm_card_visa")).await.must_be(503, "not_attempted", "service_unavailable");
    // Refused for good: it was closed before it was said.
    running.send(&declined.another_card(&intent, "pm_card_visa")).await.must_be(410, "not_attempted", "checkout_closed");
    paused.send(&unsent.leaving().again()).await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(running.charges(), 1);
}

#[tokio::test]
async fn a_secret_that_will_not_do_charges_nobody_and_proves_nothing() {
    let other_account = format!("sk_test_51{}", "A".repeat(90));
    for secret in [
        "not json".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        json!({ "secret_key": "" }).to_string(),
        json!({ "secret_key": "pk_test_1" }).to_string(),
        json!({ "secret_key": "sk_live_1" }).to_string(),
        json!({ "secret_key": other_account }).to_string(),
    ] {
        let shop = shop_with_secret(&secret).await;
        let checkout = shop.checkout();
        checkout.pay("pm_card_visa").await.must_be(503, "not_attempted", "service_unavailable");
        checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
        checkout.void().await.must_be(503, "unknown", "outcome_unknown");
        assert_eq!(shop.send(&Event::get("/api/config")).await.status, 200, "the page still loads");
        let log = json!(shop.log()).to_string();
        assert!(log.contains("the secret"), "{log}");
        assert!(!log.contains("sk_live_1") && !log.contains(&other_account), "{log}");
    }
}

#[tokio::test]
async fn wrong_settings_are_said_once_and_answered_with_503() {
    let shop = Shop::open_with(&[("STRIPE_PUBLISHABLE_KEY", "sk_test_x"), ("CARD_AUTHENTICATION", "maybe")]).await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be(503, "not_attempted", "service_unavailable");
    checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    let troubles: Vec<_> = shop.log().into_iter().filter(|line| line["event"] == "trouble").collect();
    assert_eq!(troubles.len(), 1);
    let message = troubles[0]["message"].as_str().unwrap();
    assert!(message.contains("STRIPE_PUBLISHABLE_KEY") && message.contains("CARD_AUTHENTICATION"), "{message}");
}
