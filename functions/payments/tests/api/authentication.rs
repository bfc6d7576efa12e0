//! `CARD_AUTHENTICATION=handle`: cards whose bank wants to see the shopper.

use crate::shop::{Checkout, Event, PRICE, Reply, Shop};
use sandbox::{Fault, Rule};
use serde_json::json;
use std::time::Duration;

/// Asks every time.
const ASKS: &str = "4000002760003184";
/// Asks, and is declined all the same.
const ASKS_IN_VAIN: &str = "4000008400001629";

async fn handling() -> Shop {
    Shop::open_with(&[("CARD_AUTHENTICATION", "handle")]).await
}

/// What Stripe.js and the shopper do with the bank's dialog: `complete`, `fail` or `cancel`.
pub(crate) async fn authenticate(shop: &Shop, asked: &Reply, result: &str) {
    let form = format!("client_secret={}&result={result}", asked.body["client_secret"].as_str().unwrap());
    let answer = reqwest::Client::new()
        .post(format!("{}/_sandbox/3ds/{}", shop.stripe.url(), asked.payment_intent()))
        .bearer_auth(shop.stripe.publishable_key())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form)
        .send()
        .await
        .unwrap();
    assert!(answer.status().is_success(), "{result}: {}", answer.text().await.unwrap());
}

impl Checkout<'_> {
    fn action_completed(&self, payment_intent: &str, card: &str) -> Event {
        self.another_card(payment_intent, card).field("action", json!("completed"))
    }
}

#[track_caller]
fn must_ask(reply: &Reply) {
    assert_eq!((reply.status, reply.outcome()), (200, "requires_action"), "{reply}");
    let secret = reply.body["client_secret"].as_str().unwrap();
    assert!(secret.starts_with(&reply.payment_intent()), "{reply}");
    assert_eq!(reply.body.as_object().unwrap().len(), 3, "{reply}");
}

#[tokio::test]
async fn a_completed_authentication_is_paid_once() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    must_ask(&asked);
    assert_eq!(shop.charges(), 0);
    // Nothing is charged by claiming it.
    must_ask(&shop.send(&checkout.action_completed(&asked.payment_intent(), &card)).await);
    authenticate(&shop, &asked, "complete").await;
    let completed = checkout.action_completed(&asked.payment_intent(), &card);
    let paid = shop.send(&completed).await;
    paid.must_be_paid();
    assert_eq!(paid.body["amount"], PRICE);
    assert_eq!(shop.send(&completed).await.body, paid.body);
    assert_eq!(checkout.pay_again(&card).await.body, paid.body);
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_card_that_does_not_ask_is_paid_at_once() {
    let shop = handling().await;
    shop.checkout().pay("pm_card_visa").await.must_be_paid();
    shop.checkout().pay("pm_card_visa_chargeDeclined").await.must_be(402, "declined", "card_declined");
}

#[tokio::test]
async fn a_failed_or_cancelled_authentication_is_a_decline_and_another_card_pays() {
    let shop = handling().await;
    for result in ["fail", "cancel"] {
        let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
        let asked = checkout.pay(&card).await;
        authenticate(&shop, &asked, result).await;
        let declined = shop.send(&checkout.action_completed(&asked.payment_intent(), &card)).await;
        declined.must_be(402, "declined", "payment_intent_authentication_failure");
        assert_eq!(declined.body["error"]["advice"], "use_another_card");
        checkout.pay_again(&card).await.must_be(402, "declined", "payment_intent_authentication_failure");
        let paid = checkout.confirm(&asked.payment_intent(), "pm_card_visa").await;
        paid.must_be_paid();
        assert_eq!(paid.payment_intent(), asked.payment_intent());
    }
    assert_eq!(shop.charges(), 2);
}

#[tokio::test]
async fn a_card_may_be_authenticated_and_declined_all_the_same() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS_IN_VAIN).await);
    let asked = checkout.pay(&card).await;
    authenticate(&shop, &asked, "complete").await;
    shop.send(&checkout.action_completed(&asked.payment_intent(), &card)).await.must_be(402, "declined", "card_declined");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn a_lost_answer_is_found_at_every_step() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let lose_all = || shop.stripe.faults().set(vec![Rule::new(Fault::HangAfter)]);
    let impatient = |event: Event| Event { time_left: Some(Duration::from_millis(800)), ..event };

    lose_all();
    shop.send(&impatient(checkout.payment(&card))).await.must_be(503, "unknown", "outcome_unknown");
    shop.stripe.faults().clear();
    let asked = checkout.pay_again(&card).await;
    must_ask(&asked);

    authenticate(&shop, &asked, "complete").await;
    let completed = checkout.action_completed(&asked.payment_intent(), &card);
    shop.stripe
        .faults()
        .set(vec![Rule::new(Fault::HangAfter).on("POST", "*"), Rule::new(Fault::HangAfter).on("GET", "*").from(2)]);
    shop.send(&impatient(completed.clone())).await.must_be(503, "unknown", "outcome_unknown");
    shop.stripe.faults().clear();
    shop.send(&completed).await.must_be_paid();
    checkout.pay_again(&card).await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_reload_after_the_authentication_goes_on_from_the_first_request() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    let reloaded = checkout.pay_again(&card).await;
    must_ask(&reloaded);
    assert_eq!(reloaded.body, asked.body);
    authenticate(&shop, &asked, "complete").await;
    checkout.pay_again(&card).await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn an_hour_without_a_confirm_takes_the_card_off() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    authenticate(&shop, &asked, "complete").await;
    shop.stripe.advance_clock(Duration::from_mins(61));
    let late = shop.send(&checkout.action_completed(&asked.payment_intent(), &card)).await;
    late.must_be(402, "declined", "payment_intent_payment_attempt_expired");
    checkout.confirm(&asked.payment_intent(), "pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn an_intent_keeps_the_mode_that_it_was_born_in() {
    let handle = handling().await;
    let decline = Shop::open_beside(std::sync::Arc::clone(&handle.stripe), &[]);

    // Born to be handled, finished after the setting went back.
    let (checkout, card) = (handle.checkout(), handle.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    must_ask(&decline.send(&checkout.payment(&card).again()).await);
    authenticate(&handle, &asked, "complete").await;
    decline.send(&checkout.action_completed(&asked.payment_intent(), &card)).await.must_be_paid();

    // Born to decline, finished after the setting was switched on.
    let (checkout, card) = (handle.checkout(), handle.card(ASKS).await);
    let declined = decline.send(&checkout.payment(&card)).await;
    declined.must_be(402, "declined", "authentication_required");
    handle.send(&checkout.payment(&card).again()).await.must_be(402, "declined", "authentication_required");
    let second = handle.card(ASKS).await;
    handle.send(&checkout.another_card(&declined.payment_intent(), &second)).await.must_be(
        402,
        "declined",
        "authentication_required",
    );
    handle.send(&checkout.another_card(&declined.payment_intent(), "pm_card_visa")).await.must_be_paid();
    assert_eq!(handle.charges(), 2);
}

#[tokio::test]
async fn a_late_copy_under_the_other_setting_tries_no_card_again() {
    let handle = handling().await;
    let decline = Shop::open_beside(std::sync::Arc::clone(&handle.stripe), &[]);
    for (before, after) in [(&handle, &decline), (&decline, &handle)] {
        let checkout = before.checkout();
        let (first, second) = (before.card("4000000000009995").await, before.card("4000000000000069").await);
        let intent = checkout.pay(&first).await.payment_intent();
        after.send(&checkout.payment(&first).again()).await.must_be(402, "declined", "card_declined");
        checkout.confirm(&intent, &second).await.must_be(402, "declined", "expired_card");
        let tries = handle.stripe.ledger().charges().len();
        // Under the other setting the bytes differ, so Stripe does not say how this card was refused.
        after.send(&checkout.payment(&first).again()).await.must_be(503, "unknown", "outcome_unknown");
        assert_eq!(handle.stripe.ledger().charges().len(), tries);
        after.send(&checkout.another_card(&intent, &second)).await.must_be(402, "declined", "expired_card");
    }
}

#[tokio::test]
async fn another_card_replaces_one_that_is_being_asked_for() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    checkout.confirm(&asked.payment_intent(), "pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn what_arrives_late_takes_no_authentication_away() {
    let shop = handling().await;
    let (first, second) = (shop.card(ASKS).await, shop.card(ASKS).await);
    let checkout = shop.checkout();
    let intent = checkout.pay(&first).await;
    authenticate(&shop, &intent, "fail").await;
    let given_up = checkout.action_completed(&intent.payment_intent(), &first);
    shop.send(&given_up).await.must_be(402, "declined", "payment_intent_authentication_failure");
    let asked = checkout.confirm(&intent.payment_intent(), &second).await;
    must_ask(&asked);
    // A copy of the first request, and one of the first card's completion, arrive while the second card's bank is asked.
    checkout.pay(&first).await.must_be(503, "unknown", "outcome_unknown");
    shop.send(&given_up).await.must_be(503, "unknown", "outcome_unknown");
    authenticate(&shop, &asked, "complete").await;
    checkout.pay(&first).await.must_be(503, "unknown", "outcome_unknown");
    shop.send(&checkout.action_completed(&asked.payment_intent(), &second)).await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_card_that_was_asked_for_is_not_asked_for_again_after_the_next_was_refused() {
    let shop = handling().await;
    let (first, second) = (shop.card(ASKS).await, shop.card("4000000000000002").await);
    let checkout = shop.checkout();
    let intent = checkout.pay(&first).await;
    checkout.confirm(&intent.payment_intent(), &second).await.must_be(402, "declined", "card_declined");
    checkout.pay(&first).await.must_be(503, "unknown", "outcome_unknown");
    checkout.confirm(&intent.payment_intent(), &second).await.must_be(402, "declined", "card_declined");
}

#[tokio::test]
async fn a_void_ends_an_authentication_that_is_pending() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
    shop.send(&checkout.action_completed(&asked.payment_intent(), &card)).await.must_be(410, "not_attempted", "checkout_closed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn another_total_is_refused_after_the_authentication_too() {
    let shop = handling().await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    let asked = checkout.pay(&card).await;
    authenticate(&shop, &asked, "complete").await;
    let cheaper = checkout.action_completed(&asked.payment_intent(), &card).field("expected_total", json!(1));
    shop.send(&cheaper).await.must_be(409, "not_attempted", "total_changed");
    assert_eq!(shop.charges(), 0);
}

#[tokio::test]
async fn an_action_is_completed_or_it_is_not_a_field() {
    let shop = handling().await;
    let checkout = shop.checkout();
    let event = checkout.another_card("pi_1", "pm_card_visa").without("till-resend");
    shop.send(&event.field("action", json!("done"))).await.must_be(400, "not_attempted", "parameter_invalid");
}
