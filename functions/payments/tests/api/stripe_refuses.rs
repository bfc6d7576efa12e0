//! What Stripe refuses as a request: saved under the key or not, passing or for good, to be put right or not.

use crate::shop::Shop;
use sandbox::{Fault, Options, Rule, Sandbox};
use serde_json::json;
use std::sync::Arc;

/// A PaymentMethod that an earlier payment has used up.
async fn used_card(shop: &Shop) -> String {
    let card = shop.card("4242424242424242").await;
    shop.checkout().pay(&card).await.must_be_paid();
    card
}

#[tokio::test]
async fn a_used_payment_method_is_named_and_the_checkout_goes_on_with_another() {
    let shop = Shop::open().await;
    let used = used_card(&shop).await;
    let checkout = shop.checkout();
    checkout.pay(&used).await.must_be(400, "not_attempted", "payment_method_invalid").must_leave_it("open");
    checkout.pay_again("pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 2);
}

#[tokio::test]
async fn a_refusal_that_stripe_keeps_closes_the_checkout_instead_of_stranding_it() {
    let shop = Shop::open().await;
    shop.stripe.keep_refusals(true);
    let used = used_card(&shop).await;
    let checkout = shop.checkout();
    checkout.pay(&used).await.must_be(400, "not_attempted", "payment_method_invalid").must_leave_it("closed");
    checkout.pay_again(&used).await.must_be(400, "not_attempted", "payment_method_invalid").must_leave_it("closed");
    assert_eq!(shop.charges(), 1);
    // The page begins another, as the answer says.
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
}

#[tokio::test]
async fn a_kept_refusal_whose_answer_was_lost_is_told_when_it_is_asked_for_again() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let card = shop.card("4242424242424242").await;
    // Kept, and lost on its way: twice, as the function asks twice.
    let lost = Rule::new(Fault::RefusalKept).on("POST", "/v1/payment_intents").times(1);
    shop.stripe.faults().set(vec![lost]);
    shop.post_under(&format!("till-{}", checkout.id), "/v1/payment_intents", &[("amount", "1099")]).await;
    shop.stripe.faults().clear();
    // Other bytes than the kept ones: nothing is proved, nothing is charged.
    checkout.pay_again(&card).await.must_be(503, "unknown", "outcome_unknown");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn a_second_card_that_stripe_refuses_as_a_request_is_about_the_card() {
    for kept in [false, true] {
        let shop = Shop::open().await;
        shop.stripe.keep_refusals(kept);
        let used = used_card(&shop).await;
        let checkout = shop.checkout();
        let intent = checkout.pay("pm_card_visa_chargeDeclined").await.payment_intent();
        let refused = checkout.confirm(&intent, &used).await;
        refused.must_be(400, "not_attempted", "payment_method_invalid").must_leave_it("closed");
        assert_eq!(shop.charges(), 1);
    }
}

#[tokio::test]
async fn a_refusal_of_stripes_that_will_not_pass_is_not_told_as_one_that_will() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    shop.stripe.faults().set(vec![Rule::new(Fault::Forbidden).on("POST", "*")]);
    let refused = checkout.pay("pm_card_visa").await;
    refused.must_be(422, "not_attempted", "stripe_refused").must_leave_it("open");
    assert!(!refused.headers.contains_key("retry-after"), "asking again will not help");
    // A re-send is refused only when its checkout is closed, which Stripe refuses as well.
    checkout.pay_again("pm_card_visa").await.must_be(503, "unknown", "outcome_unknown");
    shop.stripe.faults().set(vec![Rule::new(Fault::RateLimited)]);
    shop.checkout().pay("pm_card_visa").await.must_be(429, "not_attempted", "rate_limited").must_leave_it("open");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn an_address_that_stripe_refuses_is_about_the_address() {
    let shop = Shop::open().await;
    let payment = shop.checkout().payment("pm_card_visa").field("receipt_email", json!("ada@.example.com"));
    shop.send(&payment).await.must_be(400, "not_attempted", "email_invalid").must_leave_it("open");
}

#[tokio::test]
async fn a_tombstone_is_not_believed_where_stripe_scopes_keys_by_api_key() {
    let stripe = Arc::new(Sandbox::start(Options::default()).await.unwrap());
    stripe.scope_keys_by_api_key(true);
    let shop = Shop::open_beside(stripe, &[]);
    let checkout = shop.checkout();
    let paid = checkout.pay("pm_card_visa").await;
    shop.stripe.roll_key();
    // Under the new API key the checkout's idempotency key is unknown: the tombstone is written, and proves nothing.
    assert_eq!(checkout.void().await.body, paid.body);
}

#[tokio::test]
async fn a_dead_key_is_not_believed_where_stripe_scopes_keys_by_api_key() {
    let stripe = Arc::new(Sandbox::start(Options::default()).await.unwrap());
    stripe.scope_keys_by_api_key(true);
    stripe.keep_refusals(true);
    let shop = Shop::open_beside(stripe, &[]);
    let checkout = shop.checkout();
    let card = shop.card("4242424242424242").await;
    let paid = checkout.pay(&card).await;
    shop.stripe.roll_key();
    // Under the new API key the create executes anew: the card is used up, and Stripe keeps that refusal.
    assert_eq!(checkout.pay_again(&card).await.body, paid.body);
    assert_eq!(shop.charges(), 1);
}
