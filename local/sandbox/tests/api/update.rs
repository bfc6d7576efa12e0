//! `POST /v1/payment_intents/{id}`

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, form, send};

#[tokio::test]
async fn metadata_are_merged_and_removed_in_any_status() {
    let client = Client::start().await;
    let open = client.intent().await;
    let canceled = client.intent().await;
    client.post(&format!("/v1/payment_intents/{canceled}/cancel"), &[]).await.succeeds();
    let declined = client.pay("pm_card_visa_chargeDeclined").await.body["error"]["payment_intent"]["id"].clone();
    for id in [&open, &canceled, declined.as_str().unwrap(), &client.paid_with(&[]).await] {
        let path = format!("/v1/payment_intents/{id}");
        let before = client.get(&path).await.succeeds();
        let update = async |params: &[(&str, &str)]| client.post(&path, params).await.succeeds()["metadata"].clone();
        assert_eq!(update(&[("metadata[a]", "1"), ("metadata[b]", "2")]).await, json!({ "a": "1", "b": "2" }));
        assert_eq!(update(&[("metadata[a]", ""), ("metadata[c]", "3")]).await, json!({ "b": "2", "c": "3" }));
        assert_eq!(update(&[("description", "Order 17")]).await, json!({ "b": "2", "c": "3" }));
        assert_eq!(update(&[("metadata", "")]).await, json!({}));
        let mut expected = before.clone();
        expected["description"] = json!("Order 17");
        // Stripe clears it, whatever was updated.
        expected["last_payment_error"] = Value::Null;
        assert_eq!(client.get(&path).await.succeeds(), expected);
    }
}

#[tokio::test]
async fn description_and_receipt_email_are_set_and_unset() {
    let client = Client::start().await;
    let path = format!("/v1/payment_intents/{}", client.paid_with(&[]).await);
    for (name, value) in [("description", "Order 17"), ("receipt_email", "jenny@example.com")] {
        assert_eq!(client.post(&path, &[(name, value)]).await.succeeds()[name], value);
        assert_eq!(client.post(&path, &[(name, "")]).await.succeeds()[name], Value::Null);
    }
}

#[tokio::test]
async fn what_an_update_does_not_take_is_refused_by_name() {
    let client = Client::start().await;
    let id = client.paid_with(&[]).await;
    let path = format!("/v1/payment_intents/{id}");
    let keys: Vec<String> = (0..51).map(|key| format!("metadata[{key}]")).collect();
    let (some, more): (Vec<_>, Vec<_>) = keys.iter().map(|key| (key.as_str(), "v")).partition(|(key, _)| *key != "metadata[50]");
    client.post(&path, &some).await.succeeds();
    assert_eq!(client.post(&path, &more).await.fails(400, "").error("param"), "metadata");
    for (name, value, code) in [
        ("amount", "1", "sandbox_unsupported"),
        ("payment_method", "pm_card_visa", "sandbox_unsupported"),
        ("shipping[name]", "Jenny", "sandbox_unsupported"),
        ("metadata", "x", "parameter_unknown"),
        ("colour", "red", "parameter_unknown"),
        ("receipt_email", "nobody", "email_invalid"),
    ] {
        client.post(&path, &[(name, value)]).await.fails(400, code);
    }
    client.post("/v1/payment_intents/pi_none", &[]).await.fails(404, "resource_missing");
    let by = async |key: String| {
        let request = client.http.request(Method::POST, format!("{}{path}", client.sandbox.url()));
        send(form(request.bearer_auth(key), &[("metadata[0]", "")])).await
    };
    by(client.sandbox.publishable_key()).await.fails(401, "secret_key_required");
    by(client.sandbox.restricted_key()).await.succeeds();
}

#[tokio::test]
async fn an_update_is_made_once_under_its_key() {
    let client = Client::start().await;
    let path = format!("/v1/payment_intents/{}", client.paid_with(&[]).await);
    client.post_with_key("k", &path, &[("metadata[a]", "1")]).await.succeeds();
    client.post(&path, &[("metadata[a]", "2")]).await.succeeds();
    let replayed = client.post_with_key("k", &path, &[("metadata[a]", "1")]).await.succeeds();
    assert_eq!(replayed["metadata"]["a"], "1");
    assert_eq!(client.get(&path).await.succeeds()["metadata"]["a"], "2");
}
