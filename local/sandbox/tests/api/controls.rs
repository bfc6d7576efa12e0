//! `/_sandbox/…`

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, send};

async fn control(client: &Client, method: Method, name: &str, body: &str) -> Answer {
    let request = client.http.request(method, format!("{}/_sandbox/{name}", client.sandbox.url()));
    send(request.body(body.to_owned())).await
}

#[tokio::test]
async fn the_ledger_shows_everything_but_secrets() {
    let client = Client::start().await;
    client.pay("pm_card_visa").await.succeeds();
    client.pay("pm_card_visa_chargeDeclined").await.fails(402, "card_declined");
    let ledger = control(&client, Method::GET, "ledger", "").await.succeeds();
    assert_eq!(ledger, json!(client.sandbox.ledger()));
    let paid: Vec<&Value> = ledger["charges"].as_array().unwrap().iter().map(|charge| &charge["paid"]).collect();
    assert_eq!(paid, [true, false]);
    assert_eq!(ledger["requests"][1]["status"], 402);
    assert_eq!(ledger["requests"][1]["path"], "/v1/payment_intents");
    assert!(!ledger.to_string().contains("_secret_"));
    assert!(!ledger.to_string().contains(&client.sandbox.secret_key()));
}

#[tokio::test]
async fn reset_forgets_and_the_clock_moves() {
    let client = Client::start().await;
    client.pay("pm_card_visa").await.succeeds();
    let hour = 3_600_000;
    let before = client.get(&format!("/v1/payment_intents/{}", client.intent().await)).await.succeeds()["created"].as_u64();
    control(&client, Method::POST, "clock", &json!({ "advance_ms": hour }).to_string()).await.succeeds();
    let after = client.get(&format!("/v1/payment_intents/{}", client.intent().await)).await.succeeds()["created"].as_u64();
    assert!((3_600..3_660).contains(&(after.unwrap() - before.unwrap())));
    control(&client, Method::POST, "reset", "").await.succeeds();
    assert_eq!(control(&client, Method::GET, "ledger", "").await.succeeds()["intents"], json!([]));
}

#[tokio::test]
async fn keys_roll_and_accounts_switch() {
    let client = Client::start().await;
    let rolled = control(&client, Method::POST, "keys/roll", "").await.succeeds();
    assert_eq!(rolled["secret_key"], client.sandbox.secret_key());
    let publishable = client.sandbox.publishable_key();
    let again = control(&client, Method::POST, "keys/roll-publishable", "").await.succeeds();
    assert_eq!((&again["secret_key"], again["publishable_key"] == publishable), (&rolled["secret_key"], false));
    let switched = control(&client, Method::POST, "account/switch", "").await.succeeds();
    assert_ne!(switched["secret_key"], rolled["secret_key"]);
    assert_eq!(switched["publishable_key"], client.sandbox.publishable_key());
}

#[tokio::test]
async fn faults_are_set_counted_and_cleared() {
    let client = Client::start().await;
    let rules = json!([
        { "match": { "method": "POST", "path": "/v1/payment_intents", "nth": 1 }, "fault": "error_executed" },
        { "match": { "probability": 0.5, "seed": 7, "times": 3 }, "fault": { "delay": { "ms": 1 } }, "should_retry": true },
    ]);
    control(&client, Method::PUT, "faults", &rules.to_string()).await.succeeds();
    client.pay("pm_card_visa").await.fails(500, "");
    let seen = control(&client, Method::GET, "faults", "").await.succeeds();
    assert_eq!(seen[0], json!({ "rule": rules[0], "matched": 1, "fired": 1 }));
    assert_eq!(seen[1]["rule"], rules[1]);
    assert_eq!(control(&client, Method::GET, "ledger", "").await.body["requests"][0]["fault"], "error_executed");
    control(&client, Method::DELETE, "faults", "").await.succeeds();
    client.pay("pm_card_visa").await.succeeds();
}

#[tokio::test]
async fn switches_are_turned_by_name_and_a_reset_turns_them_back() {
    let client = Client::start().await;
    let before = control(&client, Method::GET, "behaviour", "").await.succeeds();
    let turned = control(&client, Method::PUT, "behaviour", r#"{"search_lag_ms": 60000}"#).await.succeeds();
    assert_eq!((&turned["search_lag_ms"], &before["search_lag_ms"]), (&json!(60000), &json!(0)));
    assert_eq!(control(&client, Method::PUT, "behaviour", "{}").await.succeeds(), turned);
    control(&client, Method::POST, "reset", "").await.succeeds();
    assert_eq!(control(&client, Method::GET, "behaviour", "").await.succeeds(), before);
}

#[tokio::test]
async fn a_wrong_control_says_what_is_wrong() {
    let client = Client::start().await;
    for (method, name, body, status, said) in [
        (Method::PUT, "faults", r#"[{"fault":"melts"}]"#, 400, "melts"),
        (Method::PUT, "faults", r#"[{"fault":{"delay":{"ms":1,"s":1}}}]"#, 400, "unknown field"),
        (Method::PUT, "faults", r#"[{"match":{"nht":1},"fault":"hang_after"}]"#, 400, "nht"),
        (Method::PUT, "faults", r#"[{"match":{"nth":0},"fault":"hang_after"}]"#, 400, "from 1"),
        (Method::PUT, "faults", r#"[{"match":{"probability":2},"fault":"hang_after"}]"#, 400, "from 0 to 1"),
        (Method::PUT, "faults", r#"[{"match":{"nth":1}}]"#, 400, "a fault or should_retry"),
        (Method::POST, "clock", "{}", 400, "advance_ms"),
        (Method::PUT, "behaviour", r#"{"search_lag": 1}"#, 400, "search_lag_ms"),
        (Method::PUT, "behaviour", r#"{"search_lag_ms": -1}"#, 400, "u64"),
        (Method::GET, "reset", "", 405, "GET"),
        (Method::GET, "nothing", "", 404, "ledger"),
    ] {
        let answer = control(&client, method, name, body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.body["error"].as_str().unwrap().contains(said), "{:#}", answer.body);
    }
}
