//! `"settle": true`: what the page sends without a press. It finds out and tells, and changes nothing at Stripe.

use crate::shop::{PRICE, Shop};
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn it_tells_what_became_of_a_payment() {
    let shop = Shop::open().await;
    let paid = shop.checkout();
    paid.pay("pm_card_visa").await.must_be_paid();
    paid.settle(paid.payment("pm_card_visa")).await.must_be_paid();
    paid.settle(paid.leaving()).await.must_be_paid();

    let declined = shop.checkout();
    let card = shop.card("4000000000009995").await;
    let first = declined.pay(&card).await;
    declined.settle(declined.payment(&card)).await.must_be(402, "declined", "card_declined");
    let again = declined.settle(declined.another_card(&first.payment_intent(), &card)).await;
    again.must_be(402, "declined", "card_declined");

    declined.void().await.must_be(410, "not_attempted", "checkout_closed");
    declined.settle(declined.payment(&card)).await.must_be(410, "not_attempted", "checkout_closed").must_leave_it("closed");
    declined.settle(declined.leaving()).await.must_be(410, "not_attempted", "checkout_closed");
}

#[tokio::test]
async fn it_never_charges_and_never_closes() {
    let shop = Shop::open().await;
    let never_sent = shop.checkout();
    never_sent.settle(never_sent.payment("pm_card_visa")).await.must_be(503, "unknown", "outcome_unknown");
    never_sent.settle(never_sent.leaving()).await.must_be(503, "unknown", "outcome_unknown");

    let declined = shop.checkout();
    let intent = declined.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    for event in [
        declined.another_card(&intent, "pm_card_visa"),
        declined.payment("pm_card_visa"),
        declined.leaving(),
        // What would be refused, and so would close the checkout.
        declined.another_card(&intent, "pm_card_visa").field("expected_total", json!(PRICE + 1)),
        declined.payment("pm_card_visa").field("currency", json!("eur")),
    ] {
        declined.settle(event).await.must_be(503, "unknown", "outcome_unknown");
    }
    let writes = shop.stripe.ledger().requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(writes, 1, "nothing but the first payment was written");
    declined.confirm(&intent, "pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn it_is_a_resend_whatever_the_header_says() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let event = checkout.payment("pm_card_visa").field("settle", json!(true));
    shop.send(&event).await.must_be(503, "unknown", "outcome_unknown");
    let wrong = checkout.payment("pm_card_visa").field("settle", json!("yes"));
    assert_eq!(shop.stripe_requests(), 1, "one list");
    // A re-send that is refused has its checkout closed.
    shop.send(&wrong).await.must_be(400, "not_attempted", "parameter_invalid").must_leave_it("closed");
}

#[tokio::test]
async fn a_paused_shop_settles() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be_paid();
    shop.stripe.put_secret(&json!({ "secret_key": shop.stripe.secret_key(), "payments": "paused" }).to_string());
    let paused = shop.another_function();
    let event = checkout.payment("pm_card_visa").field("settle", json!(true)).again();
    paused.send(&event).await.must_be_paid();
}

#[tokio::test]
async fn an_expired_checkout_of_which_nothing_is_left_is_over() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(25 * HOUR);
    checkout.settle(checkout.payment("pm_card_visa")).await.must_be(410, "not_attempted", "checkout_expired");
    assert!(shop.stripe.ledger().intents().is_empty());
}
