//! Finding what became of a checkout: by Search, by the list, and where somebody has touched the metadata.

use crate::shop::{Checkout, Event, Reply, Shop};
use futures_util::future::join_all;
use sandbox::{Fault, Options, Rule, Sandbox};
use std::sync::Arc;
use std::time::Duration;

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

/// A key that the shopper's answer was saved under, forgotten by Stripe or hidden by other bytes: only a lookup can tell.
async fn looked_up(checkout: &Checkout<'_>) -> Reply {
    checkout.pay_again("pm_card_mastercard").await
}

#[tokio::test]
async fn a_copy_of_the_metadata_on_a_newer_intent_hides_no_payment_and_is_not_canceled() {
    for age in [Duration::ZERO, HOUR] {
        let shop = Shop::open().await;
        let checkout = shop.checkout_aged(age);
        let paid = checkout.pay("pm_card_visa").await;
        let copy = copy_of(&shop, &checkout).await;
        assert_eq!(checkout.void().await.body, paid.body);
        looked_up(&checkout).await.must_be_paid();
        assert_eq!(status_of(&shop, &copy), "requires_payment_method", "the merchant's own intent is left alone");
    }
}

#[tokio::test]
async fn two_unpaid_intents_with_one_checkouts_id_are_unknown_and_neither_is_canceled() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let ours = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    let copy = copy_of(&shop, &checkout).await;
    checkout.void().await.must_be(503, "unknown", "outcome_unknown");
    looked_up(&checkout).await.must_be(503, "unknown", "outcome_unknown");
    for intent in [&ours, &copy] {
        assert_eq!(status_of(&shop, intent), "requires_payment_method");
    }
    let log = shop.log();
    assert!(log.iter().any(|line| line["code"] == "ambiguous"), "the operator can see it: {log:?}");
}

#[tokio::test]
async fn an_intent_that_till_did_not_make_is_never_canceled() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    // The merchant's own tool has copied the metadata of a checkout whose request never reached Stripe.
    let copy = copy_of(&shop, &checkout).await;
    shop.stripe.faults().set(vec![Rule::new(Fault::InUse).on("POST", "/v1/payment_intents")]);
    checkout.void().await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(status_of(&shop, &copy), "requires_payment_method");
}

#[tokio::test]
async fn an_intent_that_till_did_not_make_is_never_charged() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let copy = copy_of(&shop, &checkout).await;
    checkout.confirm(&copy, "pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    // Nor where it is all that is found.
    shop.stripe.faults().set(vec![Rule::new(Fault::InUse).on("POST", "/v1/payment_intents")]);
    checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(status_of(&shop, &copy), "requires_payment_method");
}

#[tokio::test]
async fn metadata_that_was_removed_by_hand_makes_no_paid_checkout_unpaid() {
    let stripe = Sandbox::start(Options { behind: 25 * HOUR, ..Options::default() }).await.unwrap();
    let shop = Shop::open_beside(Arc::new(stripe), &[]);
    let card = shop.card("4242424242424242").await;
    let checkout = shop.checkout_aged(25 * HOUR);
    let intent = paid_with(&shop, &checkout, &card).await;
    shop.merchant_posts(&format!("/v1/payment_intents/{intent}"), &[("metadata[till_checkout]", "")]).await;
    shop.stripe.advance_clock(25 * HOUR);
    checkout.pay_again(&card).await.must_be(503, "unknown", "outcome_unknown");
}

#[tokio::test]
async fn search_finds_what_the_list_cannot_reach_and_an_empty_answer_of_it_proves_nothing() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(HOUR);
    checkout.pay("pm_card_visa").await.must_be_paid();
    shop.stripe.set_background(1_000_000);
    looked_up(&checkout).await.must_be_paid();
    // Search lags: the payment is not found yet, and nothing is said that nobody knows.
    shop.stripe.set_search_lag(24 * HOUR);
    let late = shop.checkout_aged(HOUR);
    late.pay("pm_card_visa").await.must_be_paid();
    looked_up(&late).await.must_be_paid();
    let never_sent = shop.checkout_aged(24 * HOUR);
    never_sent.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
}

#[tokio::test]
async fn a_lost_reply_is_settled_within_one_event_beside_a_million_payments_a_day() {
    // Stripe's clock starts a day and an hour ago, and catches up.
    let stripe = Sandbox::start(Options { behind: 25 * HOUR, ..Options::default() }).await.unwrap();
    let shop = Shop::open_beside(Arc::new(stripe), &[]);
    shop.stripe.set_background(1_000_000);
    shop.stripe.set_search_lag(MINUTE);
    let mut lost = Vec::new();
    for (age, next) in [(25 * HOUR, 10 * HOUR), (10 * HOUR, 10 * MINUTE), (10 * MINUTE, Duration::ZERO)] {
        let checkout = shop.checkout_aged(age);
        lost.push((paid_with(&shop, &checkout, "pm_card_visa").await, checkout));
        shop.stripe.advance_clock(age - next);
    }
    shop.stripe.set_latency(Duration::from_millis(400));
    for (intent, checkout) in lost {
        let before = shop.stripe_requests();
        let reply = looked_up(&checkout).await;
        reply.must_be_paid();
        assert_eq!(reply.payment_intent(), intent);
        let sent = shop.stripe_requests() - before;
        assert!(sent <= 4, "{sent} requests");
    }
}

#[tokio::test]
async fn no_event_sends_more_than_sixteen_requests() {
    let kept = Rule::new(Fault::ErrorKept).on("POST", "/v1/*");
    let rules = [Rule::new(Fault::ErrorUnexecuted), Rule::new(Fault::InUse), Rule::new(Fault::Garbage), kept];
    let most = join_all(rules.map(|rule| async move {
        let shop = Shop::open().await;
        shop.stripe.set_background(1_000_000);
        let mut most = 0;
        for age in [HOUR, 30 * HOUR] {
            let (checkout, declined) = (shop.checkout_aged(age), shop.checkout());
            let intent = declined.pay("pm_card_visa_chargeDeclined").await.payment_intent();
            shop.stripe.faults().set(vec![rule.clone()]);
            for event in [
                checkout.payment("pm_card_visa").again(),
                checkout.leaving(),
                declined.another_card(&intent, "pm_card_visa"),
                checkout.another_card("pi_3Nobody", "pm_card_visa"),
            ] {
                let before = shop.stripe_requests();
                shop.send(&Event { time_left: Some(Duration::from_secs(3)), ..event }).await;
                most = most.max(shop.stripe_requests() - before);
            }
            shop.stripe.faults().clear();
        }
        most
    }))
    .await;
    assert!(most.iter().all(|most| *most <= 16), "{most:?}");
    assert!(most.contains(&16), "the limit is met, not only kept: {most:?}");
}

/// The merchant's tool makes an intent of its own with the metadata of the checkout's.
async fn copy_of(shop: &Shop, checkout: &Checkout<'_>) -> String {
    let form = [
        ("amount", "1099"),
        ("currency", "usd"),
        ("payment_method_types[]", "card"),
        ("metadata[till_checkout]", checkout.id.as_str()),
        ("metadata[till_items_1]", "star-map:1"),
        ("metadata[till_card]", "pm_card_visa"),
    ];
    shop.merchant_posts("/v1/payment_intents", &form).await["id"].as_str().unwrap().to_owned()
}

/// What the function wrote by Stripe's clock, which stands in the past; the reply was lost.
async fn paid_with(shop: &Shop, checkout: &Checkout<'_>, card: &str) -> String {
    let form = [
        ("amount", "1099"),
        ("currency", "usd"),
        ("payment_method_types[]", "card"),
        ("payment_method", card),
        ("confirm", "true"),
        ("error_on_requires_action", "true"),
        ("metadata[till_checkout]", checkout.id.as_str()),
        ("metadata[till_items_1]", "star-map:1"),
        ("metadata[till_card]", "pm_card_visa"),
    ];
    let key = format!("till-{}", checkout.id);
    shop.post_under(&key, "/v1/payment_intents", &form).await["id"].as_str().unwrap().to_owned()
}

fn status_of(shop: &Shop, intent: &str) -> &'static str {
    let ledger = shop.stripe.ledger();
    ledger.intents().iter().find(|found| found.id == intent).unwrap().status.as_str()
}
