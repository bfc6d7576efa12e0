//! Closing a checkout: before, after and instead of a charge.

use crate::shop::Shop;

#[tokio::test]
async fn a_void_before_the_charge_makes_it_impossible() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
    checkout.pay("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    checkout.pay_again("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    let ledger = shop.stripe.ledger();
    let [tombstone] = ledger.intents() else { panic!("one PaymentIntent: the tombstone") };
    checkout.confirm(&tombstone.id, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn a_void_after_the_charge_is_paid() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let paid = checkout.pay("pm_card_visa").await;
    assert_eq!(checkout.void().await.body, paid.body);
}

#[tokio::test]
async fn a_void_instead_of_a_second_card_ends_the_payment_intent() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
    checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
    checkout.confirm(&intent, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    checkout.pay_again("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn closing_twice_is_closing_once() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    for _ in 0..3 {
        checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
    }
    assert_eq!(shop.stripe.ledger().intents().len(), 1);
}

#[tokio::test]
async fn a_void_without_the_header_is_a_void() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    shop.send(&checkout.leaving()).await.must_be(410, "not_attempted", "checkout_closed");
    checkout.pay("pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
}
