//! Sequences that broke a promise once: each was answered by something untrue, or could not be settled.

use crate::authentication::authenticate;
use crate::shop::{Event, Shop};
use payments::now_ms;
use sandbox::{Fault, Rule};
use serde_json::json;
use std::time::Duration;
use uuid::{NoContext, Timestamp, Uuid};

const HOUR: Duration = Duration::from_hours(1);
const MINUTE: Duration = Duration::from_mins(1);
const CREATE: &str = "/v1/payment_intents";
const SEARCH: &str = "/v1/payment_intents/search";
const VISA: &str = "4242424242424242";
const DECLINED: &str = "4000000000009995";
const ASKS: &str = "4000002760003184";

/// Another event of any checkout, `later`.
async fn after<T>(pause: Duration, then: impl Future<Output = T>) -> T {
    tokio::time::sleep(pause).await;
    then.await
}

/// A confirm that names no PaymentIntent of its checkout, while the first send is under way at Stripe.
#[tokio::test]
async fn an_unknown_payment_intent_is_no_proof_while_the_first_send_is_under_way() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    shop.stripe.faults().set(vec![Rule::new(Fault::Delay { ms: 1500 }).on("POST", CREATE).nth(1)]);
    let (first, other) = futures_util::join!(
        checkout.pay("pm_card_visa"),
        after(Duration::from_millis(400), checkout.confirm("pi_3Nobody", "pm_card_visa")),
    );
    assert_ne!((other.outcome(), first.outcome()), ("not_attempted", "paid"));
}

/// The same of a checkout that is paid: beyond what the list reads, and not yet in Search.
#[tokio::test]
async fn an_unknown_payment_intent_is_no_proof_where_the_list_was_not_read_to_its_end() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(HOUR);
    checkout.pay("pm_card_visa").await.must_be_paid();
    shop.stripe.set_background(1_000_000);
    shop.stripe.set_search_lag(HOUR);
    shop.stripe.advance_clock(MINUTE);
    let other = checkout.confirm("pi_3Nobody", "pm_card_visa").await;
    other.must_be(503, "unknown", "outcome_unknown");
}

/// The same with the right PaymentIntent, off which the merchant's tool has taken the metadata: the page re-sends what was charged.
#[tokio::test]
async fn metadata_taken_off_a_paid_intent_makes_it_no_unpaid_one_in_a_busy_shop() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(HOUR);
    let intent = checkout.pay(&shop.card(DECLINED).await).await.payment_intent();
    let card = shop.card(VISA).await;
    checkout.confirm(&intent, &card).await.must_be_paid();
    shop.merchant_posts(&format!("{CREATE}/{intent}"), &[("metadata", "")]).await;
    shop.stripe.set_background(1_000_000);
    shop.stripe.advance_clock(MINUTE);
    let again = checkout.confirm(&intent, &card).await;
    assert_eq!(shop.charges(), 1);
    again.must_be(503, "unknown", "outcome_unknown");
}

/// An id a little more than five minutes ahead is refused as `closed`, and charged seconds later.
#[tokio::test]
async fn an_id_of_the_near_future_is_not_closed() {
    let shop = Shop::open().await;
    let ahead = Duration::from_millis(now_ms()) + 5 * MINUTE + Duration::from_millis(1500);
    let id = Uuid::new_v7(Timestamp::from_unix(NoContext, ahead.as_secs(), ahead.subsec_nanos())).to_string();
    let event = shop.checkout().payment("pm_card_visa").header("idempotency-key", &id);
    let early = shop.send(&event).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let late = shop.send(&event).await;
    early.must_be(400, "not_attempted", "parameter_invalid");
    assert_ne!((early.body["checkout"].as_str(), late.outcome()), (Some("closed"), "paid"));
}

/// Stripe keeps keys by API key, and 400s: the answer that a rolled key gets is about another key than the one that charged.
#[tokio::test]
async fn a_saved_refusal_after_a_rolled_key_is_no_dead_checkout() {
    let shop = Shop::open().await;
    shop.stripe.scope_keys_by_api_key(true);
    shop.stripe.keep_refusals(true);
    let checkout = shop.checkout();
    let card = shop.card(VISA).await;
    // Its answer is lost: the function was killed.
    checkout.pay(&card).await.must_be_paid();
    shop.stripe.roll_key();
    let again = shop.send(&checkout.payment(&card).again()).await;
    assert_ne!(again.outcome(), "not_attempted");
}

/// Stripe's Search hangs: the list, which would tell, is never asked.
#[tokio::test]
async fn a_search_that_hangs_leaves_the_list_its_time() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(HOUR);
    checkout.pay("pm_card_visa").await.must_be_paid();
    shop.stripe.faults().set(vec![Rule::new(Fault::HangBefore).on("GET", SEARCH)]);
    let settle = checkout.payment("pm_card_visa").field("settle", json!(true)).again();
    let reply = shop.send(&Event { time_left: Some(Duration::from_secs(6)), ..settle }).await;
    let asked =
        shop.stripe.ledger().requests().iter().filter(|request| request.path == CREATE && request.method == "GET").count();
    println!("{reply}; {asked} lists");
    reply.must_be_paid();
}

/// Search hangs, and a shopper leaves a checkout that was never sent.
#[tokio::test]
async fn a_search_that_hangs_keeps_no_checkout_open() {
    let shop = Shop::open().await;
    let checkout = shop.checkout_aged(HOUR);
    shop.stripe.faults().set(vec![Rule::new(Fault::HangBefore).on("GET", SEARCH)]);
    let reply = shop.send(&Event { time_left: Some(Duration::from_secs(6)), ..checkout.leaving().again() }).await;
    reply.must_be(410, "not_attempted", "checkout_closed");
}

/// A card that an earlier checkout used stands on that checkout's PaymentIntent. It has its metadata: nobody took them off.
#[tokio::test]
async fn the_payment_intent_of_another_checkout_makes_none_doubtful() {
    for (mode, number) in [("decline", VISA), ("handle", ASKS)] {
        let shop = Shop::open_with(&[("CARD_AUTHENTICATION", mode)]).await;
        let card = shop.card(number).await;
        let before = shop.checkout();
        let first = before.pay(&card).await;
        if mode == "handle" {
            assert_eq!(first.outcome(), "requires_action");
            before.void().await.must_be(410, "not_attempted", "checkout_closed");
        }
        let checkout = shop.checkout();
        let reply = checkout.pay_again(&card).await;
        println!("{mode}: {reply}; again: {}", checkout.pay_again(&card).await);
        reply.must_be(400, "not_attempted", "payment_method_invalid").must_leave_it("closed");
    }
}

/// A tombstone's metadata on the merchant's own PaymentIntent.
#[tokio::test]
async fn a_copy_of_a_tombstone_is_not_canceled() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
    let form = [
        ("amount", "5000"),
        ("currency", "usd"),
        ("payment_method_types[]", "card"),
        ("payment_method", "pm_card_visa"),
        ("metadata[till_checkout]", checkout.id.as_str()),
        ("metadata[till_void]", "true"),
    ];
    let copy = shop.merchant_posts(CREATE, &form).await["id"].as_str().unwrap().to_owned();
    // A late copy of the first send.
    let late = checkout.pay("pm_card_visa").await;
    println!("{late}; the merchant's own is {}", status_of(&shop, &copy));
    assert_ne!(status_of(&shop, &copy), "canceled");
}

/// `"settle": true` is a re-send whatever the header says, but not at every door.
#[tokio::test]
async fn a_settle_of_an_outdated_page_is_no_first_send() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    checkout.pay("pm_card_visa").await.must_be_paid();
    let settle = checkout.payment("pm_card_visa").field("settle", json!(true)).field("publishable_key", json!("pk_test_other"));
    let reply = shop.send(&settle).await;
    assert_ne!(reply.outcome(), "not_attempted");
}

/// A late copy of a completion, after the next card was refused, takes the checkout from the shopper who tries a third.
#[tokio::test]
async fn a_late_completion_does_not_end_the_checkout() {
    let shop = Shop::open_with(&[("CARD_AUTHENTICATION", "handle")]).await;
    let checkout = shop.checkout();
    let first = shop.card(ASKS).await;
    let asked = checkout.pay(&first).await;
    let intent = asked.payment_intent();
    let completed = checkout.another_card(&intent, &first).field("action", json!("completed"));
    authenticate(&shop, &asked, "fail").await;
    shop.send(&completed).await.must_be(402, "declined", "payment_intent_authentication_failure");
    checkout.confirm(&intent, &shop.card(DECLINED).await).await.must_be(402, "declined", "card_declined");
    shop.send(&completed).await.must_be(503, "unknown", "outcome_unknown");
    let third = checkout.confirm(&intent, &shop.card(VISA).await).await;
    third.must_be_paid();
}

/// The merchant's key has leaked: it is rolled and payments are paused in one. The function reads that, and charges all the same.
#[tokio::test]
async fn a_renewed_secret_that_says_paused_is_heard() {
    let shop = Shop::open().await;
    shop.app.prime().await;
    let key = shop.stripe.roll_key();
    shop.stripe.put_secret(&json!({ "secret_key": key, "payments": "paused" }).to_string());
    shop.checkout().pay("pm_card_visa").await.must_be(503, "not_attempted", "service_unavailable");
    assert_eq!(shop.charges(), 0);
}

/// Metadata taken off while the checkout is unpaid, then paid by another card: the first request's copy.
#[tokio::test]
async fn metadata_taken_off_then_paid() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let first = shop.card(DECLINED).await;
    let intent = checkout.pay(&first).await.payment_intent();
    let second = shop.card(VISA).await;
    checkout.confirm(&intent, &second).await.must_be_paid();
    shop.merchant_posts(&format!("{CREATE}/{intent}"), &[("metadata", "")]).await;
    for (name, reply) in [
        ("first", checkout.pay_again(&first).await),
        ("second", checkout.confirm(&intent, &second).await),
        ("third", checkout.confirm(&intent, &shop.card(VISA).await).await),
        ("void", checkout.void().await),
    ] {
        assert_ne!(reply.outcome(), "not_attempted", "{name}");
    }
}

/// Another order under the same id, with the same first card, whose bank is asked about the first order.
#[tokio::test]
async fn an_authentication_is_told_only_of_the_order_that_was_stated() {
    let shop = Shop::open_with(&[("CARD_AUTHENTICATION", "handle")]).await;
    let (checkout, card) = (shop.checkout(), shop.card(ASKS).await);
    checkout.pay(&card).await;
    let other = checkout
        .payment(&card)
        .field("items", json!([{ "sku": "moon-calendar", "quantity": 1 }]))
        .field("expected_total", json!(1800));
    let reply = shop.send(&other.again()).await;
    reply.must_be(409, "not_attempted", "total_changed");
}

/// Stripe clears `last_payment_error` when a PaymentIntent is updated, such as by a tool of the merchant's that writes its own
/// metadata: what Till made is known again by its charge.
#[tokio::test]
async fn an_update_by_the_merchant_does_not_make_a_checkout_unclosable() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay(&shop.card(DECLINED).await).await.payment_intent();
    let updated = shop.merchant_posts(&format!("{CREATE}/{intent}"), &[("metadata[crm]", "seen")]).await;
    assert!(updated["last_payment_error"].is_null());
    checkout.void().await.must_be(410, "not_attempted", "checkout_closed");
}

fn status_of(shop: &Shop, intent: &str) -> &'static str {
    let ledger = shop.stripe.ledger();
    ledger.intents().iter().find(|found| found.id == intent).unwrap().status.as_str()
}
