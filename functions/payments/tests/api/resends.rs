//! Re-sends: the same checkout again, after an answer that the page may not have seen.

use crate::shop::Shop;
use sandbox::{Fault, Rule};
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn the_same_bytes_again_are_the_same_payment() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let first = checkout.pay("pm_card_visa").await;
    first.must_be_paid();
    for _ in 0..3 {
        assert_eq!(checkout.pay_again("pm_card_visa").await.body, first.body);
    }
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_declined_checkout_is_declined_again_by_a_fresh_read() {
    let shop = Shop::open().await;
    let card = shop.card("4000000000009995").await;
    let checkout = shop.checkout();
    let first = checkout.pay(&card).await;
    let again = checkout.pay_again(&card).await;
    again.must_be(402, "declined", "card_declined");
    assert_eq!(again.body, first.body);
    let attempts = shop.stripe.ledger().charges().len();
    assert_eq!(attempts, 1, "the card is tried once");
}

#[tokio::test]
async fn a_replayed_decline_after_a_second_card_has_paid_is_paid() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let declined = checkout.pay("pm_card_visa_chargeDeclined").await;
    checkout.confirm(&declined.payment_intent(), "pm_card_visa").await.must_be_paid();
    checkout.pay_again("pm_card_visa_chargeDeclined").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_replayed_decline_of_the_second_card_after_a_third_has_paid_is_paid() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    checkout.confirm(&intent, "pm_card_chargeDeclinedExpiredCard").await.must_be(402, "declined", "expired_card");
    checkout.confirm(&intent, "pm_card_visa").await.must_be_paid();
    checkout.confirm(&intent, "pm_card_chargeDeclinedExpiredCard").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn another_card_under_the_same_checkout_finds_the_payment() {
    let shop = Shop::open().await;
    let paid = shop.checkout();
    paid.pay("pm_card_visa").await.must_be_paid();
    paid.pay_again("pm_card_mastercard").await.must_be_paid();
    assert_eq!(shop.charges(), 1);

    let declined = shop.checkout();
    let intent = declined.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    let second = declined.pay_again("pm_card_mastercard").await;
    second.must_be_paid();
    assert_eq!(second.payment_intent(), intent);
    assert_eq!(shop.charges(), 2);
}

#[tokio::test]
async fn a_stale_total_after_the_charge_is_paid() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be_paid();
    let stale = checkout.payment("pm_card_visa").field("expected_total", json!(999)).again();
    let reply = shop.send(&stale).await;
    reply.must_be_paid();
    assert_eq!(reply.body["amount"], 1099);
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_refused_resend_is_closed_before_it_is_told() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let stale = checkout.payment("pm_card_visa").field("expected_total", json!(999)).again();
    shop.send(&stale).await.must_be(409, "not_attempted", "total_changed");
    // A send that was held up on its way meets the tombstone.
    checkout.pay("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn a_wrong_field_in_a_resend_closes_its_checkout_too() {
    let shop = Shop::open().await;
    let paid = shop.checkout();
    paid.pay("pm_card_visa").await.must_be_paid();
    shop.send(&paid.payment("pm_card_visa").field("currency", json!("eur")).again()).await.must_be_paid();

    let unpaid = shop.checkout();
    shop.send(&unpaid.payment("pm_card_visa").field("currency", json!("eur")).again()).await.must_be(
        400,
        "not_attempted",
        "parameter_invalid",
    );
    unpaid.pay("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
}

#[tokio::test]
async fn a_resend_that_names_no_checkout_of_ours_stays_unknown() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be_paid();
    for event in [
        checkout.payment("pm_card_visa").with_body("{"),
        checkout.payment("pm_card_visa").without("idempotency-key"),
        checkout.payment("pm_card_visa").field("publishable_key", json!(null)),
        checkout.payment("pm_card_visa").header("content-type", "text/plain"),
    ] {
        shop.send(&event.again()).await.must_be(503, "unknown", "outcome_unknown");
    }
}

#[tokio::test]
async fn other_items_under_an_unpaid_checkout_end_it() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    let other = checkout
        .payment("pm_card_visa")
        .field("items", json!([{ "sku": "moon-calendar", "quantity": 1 }]))
        .field("expected_total", json!(1800));
    let reply = shop.send(&other.clone().again()).await;
    reply.must_be(409, "not_attempted", "total_changed");
    assert_eq!(reply.body["total"], 1800);
    checkout.confirm(&intent, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    shop.send(&other).await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn another_card_is_never_charged_another_total() {
    let shop = Shop::open().await;
    for (field, value) in [("expected_total", json!(1098)), ("expected_total", json!(1100)), ("currency", json!("cad"))] {
        let checkout = shop.checkout();
        let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
        let reply = shop.send(&checkout.another_card(&intent, "pm_card_visa").field(field, value)).await;
        reply.must_be(409, "not_attempted", "total_changed");
        assert_eq!(reply.body["total"], 1099);
        checkout.confirm(&intent, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    }
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn an_expired_checkout_is_settled_by_what_became_of_it() {
    let shop = Shop::open().await;
    let paid = shop.checkout_aged(23 * HOUR - Duration::from_millis(300));
    paid.pay("pm_card_visa").await.must_be_paid();
    tokio::time::sleep(Duration::from_millis(400)).await;
    // A copy that the browser sent by itself, and so without the header.
    paid.pay("pm_card_visa").await.must_be_paid();
    paid.pay_again("pm_card_visa").await.must_be_paid();
    paid.void().await.must_be_paid();
    for age in [23 * HOUR + Duration::from_secs(1), 24 * HOUR, 30 * 24 * HOUR] {
        let unpaid = shop.checkout_aged(age);
        unpaid.pay_again("pm_card_visa").await.must_be(410, "not_attempted", "checkout_expired");
        unpaid.void().await.must_be(410, "not_attempted", "checkout_closed");
    }
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_checkout_that_has_just_expired_is_closed_by_a_tombstone_however_busy_the_shop() {
    let shop = Shop::open().await;
    shop.stripe.set_background(1_000_000);
    for age in [23 * HOUR + Duration::from_secs(1), 23 * HOUR + Duration::from_mins(49)] {
        let never_sent = shop.checkout_aged(age);
        never_sent.pay_again("pm_card_visa").await.must_be(410, "not_attempted", "checkout_expired").must_leave_it("closed");
    }
    // Stripe may have forgotten the key: only a complete list would prove that there is nothing.
    shop.checkout_aged(24 * HOUR).pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
}

#[tokio::test]
async fn a_payment_is_found_behind_a_page_of_others() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be_paid();
    for _ in 0..120 {
        shop.checkout().pay("pm_card_visa").await.must_be_paid();
    }
    checkout.pay_again("pm_card_mastercard").await.must_be_paid();
    checkout.void().await.must_be_paid();
    assert_eq!(shop.charges(), 121);
}

#[tokio::test]
async fn a_late_copy_of_the_first_card_neither_tries_it_again_nor_hides_the_second() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let (first, second) = (shop.card("4000000000009995").await, shop.card("4000000000000069").await);
    let intent = checkout.pay(&first).await.payment_intent();
    checkout.confirm(&intent, &second).await.must_be(402, "declined", "expired_card");
    checkout.pay(&first).await.must_be(402, "declined", "card_declined");
    assert_eq!(shop.stripe.ledger().charges().len(), 2, "each card is tried once");
    checkout.confirm(&intent, &second).await.must_be(402, "declined", "expired_card");
    checkout.confirm(&intent, "pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_lost_decline_is_told_although_another_card_was_tried_since() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let (refused, card) = (shop.card("4000000000009995").await, shop.card("4000000000000069").await);
    // `refused` never reached Stripe, so its shopper went on to `card`, whose answer was lost. Then comes its late copy.
    let intent = checkout.pay(&card).await.payment_intent();
    checkout.pay(&refused).await.must_be(402, "declined", "card_declined");
    checkout.pay_again(&card).await.must_be(402, "declined", "expired_card");
    assert_eq!(shop.stripe.ledger().charges().len(), 2, "each card is tried once");
    checkout.confirm(&intent, "pm_card_visa").await.must_be_paid();
    checkout.pay_again(&card).await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_card_whose_refusal_was_answered_by_a_500_is_tried_once_as_well() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let (first, second) = (shop.card("4000000000009995").await, shop.card("4000000000000002").await);
    shop.stripe.faults().set(vec![Rule::new(Fault::ErrorExecuted).on("POST", "*").times(1)]);
    let intent = checkout.pay(&first).await.payment_intent();
    checkout.confirm(&intent, &second).await.must_be(402, "declined", "card_declined");
    checkout.pay(&first).await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(shop.stripe.ledger().charges().len(), 2, "each card is tried once");
}
