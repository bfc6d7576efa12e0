//! What strangers can do with a page's own means: it hides no shopper's payment, and the alarm that sends a canary back does not
//! hear of it.

use crate::authentication::authenticate;
use crate::shop::{Event, Reply, Shop};
use futures_util::future::join_all;
use sandbox::{Fault, Rule};
use serde_json::json;
use std::time::Duration;

/// The codes that the alarm on unknown outcomes counts (`UnansweredMetric` in infra/sam/template.yaml), where Stripe was asked.
const COUNTED: [&str; 5] = ["no_reply", "pending", "ambiguous", "unforeseen", "not_closed"];
const DECLINED: &str = "4000000000000002";

/// The codes of all unknown outcomes so far; none that is counted may be among them.
#[track_caller]
fn must_not_be_counted(shop: &Shop) -> Vec<String> {
    let unknown = shop.log().into_iter().filter(|line| line["outcome"] == "unknown" && line["attempts"] != 0);
    let codes: Vec<_> = unknown.map(|line| line["code"].as_str().unwrap_or_default().to_owned()).collect();
    assert!(codes.iter().all(|code| !COUNTED.contains(&code.as_str())), "{codes:?}");
    codes
}

#[tokio::test]
async fn long_billing_details_hide_nobodys_checkout() {
    let shop = Shop::open().await;
    let paid = shop.checkout_aged(Duration::from_mins(5));
    paid.pay("pm_card_visa").await.must_be_paid();
    // 5,000 characters are what Stripe takes in each of these; some are written as twelve bytes.
    let long = "%F0%9F%98%80".repeat(5000);
    let parts = ["name", "phone", "address][line1", "address][line2", "address][city", "address][state", "address][postal_code"];
    let details = parts.map(|part| format!("&billing_details[{part}]={long}")).concat();
    for _ in 0..30 {
        let card = shop.card(&format!("{DECLINED}{details}")).await;
        shop.checkout().pay(&card).await.must_be(402, "declined", "card_declined");
    }
    for age in [Duration::ZERO, Duration::from_mins(2)] {
        let before = shop.stripe_requests();
        shop.checkout_aged(age).void().await.must_be(410, "not_attempted", "checkout_closed");
        let sent = shop.stripe_requests() - before;
        assert!(sent <= 11, "{sent} requests");
    }
    paid.void().await.must_be_paid();
    must_not_be_counted(&shop);
}

#[tokio::test]
async fn many_cards_at_once_wait_for_the_one_that_is_being_tried() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    shop.stripe.set_latency(Duration::from_millis(400));
    let mut cards = Vec::new();
    for _ in 0..12 {
        cards.push(shop.card(DECLINED).await);
    }
    let events: Vec<Event> = cards.iter().map(|card| checkout.another_card(&intent, card)).collect();
    let before = shop.stripe_requests();
    let replies: Vec<Reply> = join_all(events.iter().map(|event| shop.send(event))).await;
    assert!(replies.iter().any(|reply| reply.outcome() == "declined"), "one of them is tried");
    let sent = shop.stripe_requests() - before;
    assert!(sent <= 6 * events.len(), "{sent} requests");
    let codes = must_not_be_counted(&shop);
    assert!(codes.iter().any(|code| code == "in_use"), "{codes:?}");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn an_authentication_that_another_card_follows_is_no_trouble_of_ours() {
    let shop = Shop::open_with(&[("CARD_AUTHENTICATION", "handle")]).await;
    let (checkout, card, other) = (shop.checkout(), shop.card("4000008400001629").await, shop.card("4000002760003184").await);
    let asked = checkout.pay(&card).await;
    authenticate(&shop, &asked, "complete").await;
    let completed = checkout.another_card(&asked.payment_intent(), &other).field("action", json!("completed"));
    join_all((0..6).map(|_| shop.send(&completed))).await;
    must_not_be_counted(&shop);
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn a_flood_that_uses_up_stripes_rate_is_no_trouble_of_ours() {
    let shop = Shop::open().await;
    shop.stripe.faults().set(vec![Rule::new(Fault::RateLimited).on("POST", "/v1/*")]);
    shop.checkout().pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    shop.checkout().void().await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(must_not_be_counted(&shop), ["rate_limited", "rate_limited"]);
}

/// Whoever has paid the merchant by another integration knows the `pm_…` of that payment.
#[tokio::test]
async fn a_card_of_another_integrations_payment_is_no_trouble_of_ours() {
    let shop = Shop::open().await;
    let card = shop.card("4242424242424242").await;
    let form = [
        ("payment_method_types[]", "card"),
        ("amount", "1099"),
        ("currency", "usd"),
        ("payment_method", &card),
        ("confirm", "true"),
    ];
    assert_eq!(shop.merchant_posts("/v1/payment_intents", &form).await["status"], "succeeded");
    shop.checkout().pay_again(&card).await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(must_not_be_counted(&shop), ["unmarked"]);
}
