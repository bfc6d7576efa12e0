//! The rows of the contract's table that a first send can meet, other than refusals.

use crate::shop::{Event, PRICE, Shop};
use payments::now_ms;
use serde_json::json;

#[tokio::test]
async fn the_configuration_tells_the_page_what_it_needs() {
    let shop = Shop::open().await;
    let before = now_ms();
    let reply = shop.send(&Event::get("/api/config")).await;
    assert_eq!(reply.status, 200, "{reply}");
    let now = reply.body["now"].as_u64().unwrap();
    assert!((before..=now_ms()).contains(&now));
    assert_eq!(
        reply.body,
        json!({
            "publishable_key": shop.stripe.publishable_key(),
            "livemode": false,
            "card_authentication": "decline",
            "currencies": ["usd", "cad"],
            "now": now,
        })
    );
}

#[tokio::test]
async fn a_paid_checkout_is_answered_with_its_receipt() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let event = checkout
        .payment("pm_card_visa")
        .field("items", json!([{ "sku": "tide-table", "quantity": 2 }, { "sku": "star-map", "quantity": 1 }]))
        .field("currency", json!("cad"))
        .field("expected_total", json!(2 * 890 + 1499))
        .field("receipt_email", json!("shopper@example.com"));
    let reply = shop.send(&event).await;
    reply.must_be_paid();

    let ledger = shop.stripe.ledger();
    let [intent] = ledger.intents() else { panic!("one PaymentIntent") };
    assert_eq!(
        reply.body,
        json!({
            "outcome": "paid",
            "payment_intent": intent.id,
            "payment_method": intent.payment_method,
            "amount": 3279,
            "currency": "cad",
            "created": intent.created,
            "livemode": false,
            "items": [{ "sku": "star-map", "quantity": 1 }, { "sku": "tide-table", "quantity": 2 }],
        })
    );
    assert_eq!((intent.amount, intent.currency.as_str()), (3279, "cad"));
    assert_eq!(intent.metadata["till_checkout"], checkout.id);
    assert_eq!(intent.metadata["till_card"], "pm_card_visa");
    // Stripe's receipts show it, and the holder of a checkout's id may ask about the checkout.
    assert_eq!(intent.description.as_deref(), Some("star-map × 1, tide-table × 2"));
    assert_eq!(intent.metadata["till_items_1"], "star-map:1,tide-table:2");
    assert_eq!(intent.receipt_email.as_deref(), Some("shopper@example.com"));
}

#[tokio::test]
async fn a_decline_is_answered_with_its_payment_intent_and_another_card_pays_it() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let declined = checkout.pay("pm_card_visa_chargeDeclinedInsufficientFunds").await;
    declined.must_be(402, "declined", "card_declined");
    let paid = checkout.confirm(&declined.payment_intent(), "pm_card_mastercard").await;
    paid.must_be_paid();
    assert_eq!(paid.payment_intent(), declined.payment_intent());
    assert_eq!(paid.body["amount"], PRICE);
    assert_eq!(shop.stripe.ledger().intents().len(), 1);
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn the_second_card_may_be_declined_as_well() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let first = checkout.pay("pm_card_visa_chargeDeclined").await;
    let second = checkout.confirm(&first.payment_intent(), "pm_card_chargeDeclinedExpiredCard").await;
    second.must_be(402, "declined", "expired_card");
    checkout.confirm(&first.payment_intent(), "pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_payment_intent_is_answered_about_only_to_its_own_checkout() {
    let shop = Shop::open().await;
    let (mine, theirs, paid) = (shop.checkout(), shop.checkout(), shop.checkout());
    let declined = theirs.pay("pm_card_visa_chargeDeclined").await;
    let foreign = mine.confirm(&declined.payment_intent(), "pm_card_visa").await;
    let receipt = paid.pay("pm_card_visa").await.payment_intent();
    let foreign_receipt = shop.checkout().confirm(&receipt, "pm_card_visa").await;
    let unknown = shop.checkout().confirm("pi_3Nobody", "pm_card_visa").await;
    let malformed = shop.checkout().confirm("nothing", "pm_card_visa").await;
    for reply in [&foreign, &foreign_receipt, &unknown, &malformed] {
        reply.must_be(404, "not_attempted", "payment_intent_unknown");
        assert_eq!(reply.body, foreign.body);
    }
    assert_eq!(shop.charges(), 1, "theirs that was paid");
    // It is still theirs to pay.
    theirs.confirm(&declined.payment_intent(), "pm_card_visa").await.must_be_paid();
}

#[tokio::test]
async fn the_statement_and_the_version_reach_stripe() {
    let shop = Shop::open_with(&[("STATEMENT_DESCRIPTOR_SUFFIX", "SKY CHARTS")]).await;
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
    let ledger = shop.stripe.ledger();
    assert_eq!(ledger.intents()[0].statement_descriptor_suffix.as_deref(), Some("SKY CHARTS"));
}

#[tokio::test]
async fn a_rolled_key_fails_no_payment() {
    let shop = Shop::open().await;
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
    shop.stripe.roll_key();
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 2);
}

#[tokio::test]
async fn a_payment_that_was_given_back_says_how_much() {
    for (amount, refunded) in [(None, PRICE), (Some(300), 300)] {
        let shop = Shop::open().await;
        let checkout = shop.checkout();
        let paid = checkout.pay("pm_card_visa").await;
        assert!(paid.body.get("refunded").is_none());
        shop.stripe.refund(&paid.payment_intent(), amount).unwrap();
        for reply in [
            checkout.pay_again("pm_card_visa").await,
            checkout.pay_again("pm_card_mastercard").await,
            checkout.settle(checkout.payment("pm_card_visa")).await,
            checkout.void().await,
        ] {
            reply.must_be_paid();
            assert_eq!(reply.body["refunded"], refunded);
        }
    }
}

#[tokio::test]
async fn a_key_that_may_not_read_charges_settles_all_the_same() {
    let shop = Shop::open().await;
    shop.stripe.put_secret(&json!({ "secret_key": shop.stripe.restricted_key() }).to_string());
    let restricted = shop.another_function();
    let checkout = shop.checkout();
    restricted.send(&checkout.payment("pm_card_visa")).await.must_be_paid();
    let again = restricted.send(&checkout.payment("pm_card_visa").again()).await;
    again.must_be_paid();
    assert!(again.body.get("refunded").is_none(), "not known, and so not said");
    let declined = shop.checkout();
    let intent = restricted.send(&declined.payment("pm_card_visa_chargeDeclined")).await.payment_intent();
    restricted.send(&declined.another_card(&intent, "pm_card_visa")).await.must_be_paid();
}

#[tokio::test]
async fn a_changed_total_is_told_with_its_currency() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let stale = checkout.payment("pm_card_visa").field("expected_total", json!(999));
    let reply = shop.send(&stale).await;
    reply.must_be(409, "not_attempted", "total_changed").must_leave_it("open");
    assert_eq!((&reply.body["total"], &reply.body["currency"]), (&json!(PRICE), &json!("usd")));
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    let other = checkout.another_card(&intent, "pm_card_visa").field("currency", json!("cad"));
    let reply = shop.send(&other).await;
    reply.must_be(409, "not_attempted", "total_changed").must_leave_it("closed");
    assert_eq!((&reply.body["total"], &reply.body["currency"]), (&json!(PRICE), &json!("usd")));
}
