//! Idempotency keys: replays, mismatches, locks.

use std::time::Duration;

use sandbox::{Fault, Options, Rule};

use crate::client::{Client, PAYMENT};

const PATH: &str = "/v1/payment_intents";

fn paying(method: &'static str) -> Vec<(&'static str, &'static str)> {
    [PAYMENT, &[("payment_method", method)]].concat()
}

#[tokio::test]
async fn a_key_makes_one_intent_and_its_answer_is_replayed() {
    let client = Client::start().await;
    let first = client.post_with_key("k", PATH, &paying("pm_card_visa")).await;
    let again = client.post_with_key("k", PATH, &paying("pm_card_visa")).await;
    assert_eq!(first.header("idempotent-replayed"), None);
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.header("original-request"), first.header("request-id"));
    assert_eq!(first.succeeds(), again.succeeds());
    assert_eq!(client.sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn a_decline_is_kept_and_a_validation_error_is_not() {
    let client = Client::start().await;
    client.post_with_key("d", PATH, &paying("pm_card_visa_chargeDeclined")).await.fails(402, "card_declined");
    let again = client.post_with_key("d", PATH, &paying("pm_card_visa_chargeDeclined")).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    again.fails(402, "card_declined");

    client.post_with_key("v", PATH, &[("amount", "1099")]).await.fails(400, "parameter_missing");
    client.post_with_key("v", PATH, &paying("pm_card_visa")).await.succeeds();
}

#[tokio::test]
async fn other_parameters_or_another_path_are_a_mismatch() {
    let client = Client::start().await;
    client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
    let other = client.post_with_key("k", PATH, &paying("pm_card_mastercard")).await;
    assert_eq!((other.status, other.error("type")), (400, "idempotency_error"));
    let other = client.post_with_key("k", "/v1/payment_methods", &paying("pm_card_visa")).await;
    assert_eq!((other.status, other.error("type")), (400, "idempotency_error"));
}

#[tokio::test]
async fn a_key_is_in_use_while_its_first_request_runs() {
    let client = Client::with(Options { latency: Duration::from_secs(1), ..Options::default() }).await;
    let params = paying("pm_card_visa");
    let (first, second) = tokio::join!(client.post_with_key("k", PATH, &params), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        client.post_with_key("k", PATH, &params).await
    });
    first.succeeds();
    second.fails(409, "idempotency_key_in_use");
    client.post_with_key("k", PATH, &params).await.succeeds();
    assert_eq!(client.sandbox.ledger().charges().len(), 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day() {
    let client = Client::start().await;
    let first = client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
    client.sandbox.advance_clock(Duration::from_hours(23));
    let replayed = client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
    assert_eq!(first["id"], replayed["id"]);
    client.sandbox.advance_clock(Duration::from_hours(1));
    let another = client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
    assert_ne!(first["id"], another["id"]);
}

#[tokio::test]
async fn a_refusal_by_the_state_of_the_intent_is_kept() {
    let client = Client::start().await;
    let id = client.intent().await;
    client.post(&format!("{PATH}/{id}/cancel"), &[]).await.succeeds();
    let confirm = format!("{PATH}/{id}/confirm");
    for replayed in [None, Some("true")] {
        let answer = client.post_with_key("c", &confirm, &[("payment_method", "pm_card_visa")]).await;
        assert_eq!(answer.header("idempotent-replayed"), replayed);
        answer.fails(400, "payment_intent_unexpected_state");
    }
}

#[tokio::test]
async fn a_kept_refusal_is_replayed_and_other_parameters_are_a_mismatch() {
    let client = Client::start().await;
    client.sandbox.faults().set(vec![Rule::new(Fault::RefusalKept).nth(1)]);
    let first = client.post_with_key("r", PATH, &paying("pm_card_visa")).await;
    let again = client.post_with_key("r", PATH, &paying("pm_card_visa")).await;
    assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
    assert_eq!(first.body, again.body);
    let first = first.fails(400, "");
    assert_eq!((first.error("type"), first.error("param")), ("invalid_request_error", "payment_method"));
    let other = client.post_with_key("r", PATH, &paying("pm_card_mastercard")).await;
    assert_eq!((other.status, other.error("type")), (400, "idempotency_error"));
    assert!(client.sandbox.ledger().intents().is_empty());
}

#[tokio::test]
async fn refusals_are_kept_where_that_is_switched_on() {
    let client = Client::start().await;
    let used = client.card("4242424242424242").await;
    client.pay(&used).await.succeeds();
    let params = [PAYMENT, &[("payment_method", used.as_str())]].concat();
    let replayed = async |key: &str, path: &str| {
        client.post_with_key(key, path, &params).await;
        let again = client.post_with_key(key, path, &params).await;
        assert!([400, 404].contains(&again.status), "{again:?}");
        again.header("idempotent-replayed") == Some("true")
    };
    assert!(!replayed("off", PATH).await);
    client.sandbox.keep_refusals(true);
    assert!(replayed("on", PATH).await);
    assert!(replayed("on, 404", &format!("{PATH}/pi_none/cancel")).await);
    let other = client.post_with_key("on", PATH, &paying("pm_card_visa")).await;
    assert_eq!((other.status, other.error("type")), (400, "idempotency_error"));
    client.sandbox.reset();
    assert!(!replayed("reset", PATH).await);
}

#[tokio::test]
async fn other_parameters_may_be_noticed_while_the_first_request_runs() {
    let client = Client::start().await;
    client.sandbox.set_latency(Duration::from_millis(300));
    for (compare, status) in [(false, 409), (true, 400)] {
        client.sandbox.compare_first(compare);
        let key = format!("{compare}");
        let (card, other) = (paying("pm_card_visa"), paying("pm_card_mastercard"));
        let (first, second) = tokio::join!(client.post_with_key(&key, PATH, &card), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            client.post_with_key(&key, PATH, &other).await
        });
        first.succeeds();
        assert_eq!((second.status, second.error("type")), (status, "idempotency_error"));
    }
}

#[tokio::test]
async fn a_key_in_use_may_be_an_invalid_request() {
    let client = Client::start().await;
    client.sandbox.set_latency(Duration::from_millis(300));
    client.sandbox.in_use_is_invalid(true);
    let card = paying("pm_card_visa");
    let (_, second) = tokio::join!(client.post_with_key("k", PATH, &card), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        client.post_with_key("k", PATH, &card).await
    });
    assert_eq!(
        (second.status, second.error("type"), second.error("code")),
        (409, "invalid_request_error", "idempotency_key_in_use")
    );
}

#[tokio::test]
async fn an_intent_may_be_there_before_its_card_is_charged() {
    let client = Client::start().await;
    client.sandbox.set_latency(Duration::from_millis(400));
    for (card, early) in [("pm_card_visa", false), ("pm_card_visa", true), ("pm_card_chargeDeclined", true)] {
        client.sandbox.reset();
        client.sandbox.show_intents_early(early);
        client.sandbox.set_latency(Duration::from_millis(400));
        let params = paying(card);
        let (done, (listed, canceled)) = tokio::join!(client.post_with_key("k", PATH, &params), async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            client.sandbox.set_latency(Duration::ZERO);
            let listed = client.get(PATH).await.succeeds()["data"][0].clone();
            let id = listed["id"].as_str().unwrap_or("pi_none").to_owned();
            (listed, client.post(&format!("{PATH}/{id}/cancel"), &[]).await)
        });
        if early {
            assert_eq!((listed["status"].as_str(), listed["latest_charge"].as_str()), (Some("requires_confirmation"), None));
            assert_eq!((canceled.status, canceled.error("code")), (429, "lock_timeout"));
        } else {
            assert!(listed.is_null());
        }
        assert_eq!(done.status, if card == "pm_card_visa" { 200 } else { 402 });
        let after = client.get(PATH).await.succeeds()["data"][0]["status"].clone();
        assert_eq!(after, if card == "pm_card_visa" { "succeeded" } else { "requires_payment_method" });
    }
}

#[tokio::test]
async fn the_list_may_lag() {
    let client = Client::start().await;
    client.pay("pm_card_visa").await.succeeds();
    let listed = async || client.get(PATH).await.succeeds()["data"].as_array().unwrap().len();
    assert_eq!(listed().await, 1);
    client.sandbox.set_list_lag(Duration::from_mins(1));
    assert_eq!(listed().await, 0);
    client.sandbox.advance_clock(Duration::from_secs(62));
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn a_rolled_key_replays_unless_keys_are_scoped_by_it() {
    let client = Client::start().await;
    for (scoped, charges) in [(false, 1), (true, 2)] {
        client.sandbox.reset();
        client.sandbox.scope_keys_by_api_key(scoped);
        client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
        assert_eq!(client.post_with_key("k", PATH, &paying("pm_card_visa")).await.header("idempotent-replayed"), Some("true"));
        client.sandbox.roll_key();
        client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
        assert_eq!(client.sandbox.ledger().charges().len(), charges, "scoped: {scoped}");
    }
    client.sandbox.reset();
    client.post_with_key("k", PATH, &paying("pm_card_visa")).await.succeeds();
    client.sandbox.roll_key();
    let replayed = client.post_with_key("k", PATH, &paying("pm_card_visa")).await;
    assert_eq!(replayed.header("idempotent-replayed"), Some("true"));
}

#[tokio::test]
async fn two_keys_on_one_intent_at_once_meet_its_lock() {
    let client = Client::with(Options { latency: Duration::from_secs(1), ..Options::default() }).await;
    let confirm = format!("{PATH}/{}/confirm", client.intent().await);
    let params = [("payment_method", "pm_card_visa"), ("error_on_requires_action", "true")];
    let (first, second) = tokio::join!(client.post_with_key("1", &confirm, &params), async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        client.post_with_key("2", &confirm, &params).await
    });
    first.succeeds();
    second.fails(429, "lock_timeout");
    client.post_with_key("2", &confirm, &params).await.fails(400, "payment_intent_unexpected_state");
}

#[tokio::test]
async fn keys_are_at_most_255_characters_long_and_the_order_of_parameters_is_nothing() {
    let client = Client::start().await;
    client.post_with_key(&"k".repeat(256), PATH, &paying("pm_card_visa")).await.fails(400, "");
    let mut params = paying("pm_card_visa");
    let first = client.post_with_key(&"k".repeat(255), PATH, &params).await.succeeds();
    params.reverse();
    assert_eq!(client.post_with_key(&"k".repeat(255), PATH, &params).await.succeeds(), first);
}
