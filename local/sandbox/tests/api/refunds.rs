//! `POST /v1/refunds`, and what a refund leaves on the charge.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Client, form, send};

const REFUNDS: &str = "/v1/refunds";

impl Client {
    async fn refund(&self, intent: &str, more: &[(&str, &str)]) -> Answer {
        self.post(REFUNDS, &[&[("payment_intent", intent)], more].concat()).await
    }

    async fn charge_of(&self, intent: &str) -> Value {
        let path = format!("/v1/payment_intents/{intent}?expand[]=latest_charge");
        self.get(&path).await.succeeds()["latest_charge"].clone()
    }
}

#[tokio::test]
async fn a_charge_is_refunded_in_parts_and_never_above_the_rest() {
    let client = Client::start().await;
    let intent = client.paid_with(&[]).await;
    let above = client.refund(&intent, &[("amount", "1100")]).await.fails(400, "");
    assert_eq!(above.error("message"), "Refund amount ($11.00) is greater than charge amount ($10.99)");
    assert_eq!(client.charge_of(&intent).await["amount_refunded"], 0);

    let params = [("amount", "99"), ("reason", "duplicate"), ("metadata[order]", "17"), ("expand[]", "charge")];
    let part = client.refund(&intent, &params).await.succeeds();
    for (field, value) in [
        ("object", json!("refund")),
        ("status", json!("succeeded")),
        ("amount", json!(99)),
        ("currency", json!("usd")),
        ("payment_intent", json!(intent)),
        ("reason", json!("duplicate")),
        ("metadata", json!({ "order": "17" })),
    ] {
        assert_eq!(part[field], value, "{field}");
    }
    let charge = client.charge_of(&intent).await;
    assert_eq!(charge, part["charge"]);
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(99), &json!(false)));

    let above = client.refund(&intent, &[("amount", "1001")]).await.fails(400, "");
    assert_eq!(above.error("message"), "Refund amount ($10.01) is greater than unrefunded amount on charge ($10.00)");
    assert_eq!(above.error("param"), "amount");
    assert_eq!(client.refund(&intent, &[]).await.succeeds()["amount"], 1000);
    let charge = client.charge_of(&intent).await;
    assert_eq!((&charge["amount_refunded"], &charge["refunded"]), (&json!(1099), &json!(true)));
    client.refund(&intent, &[]).await.fails(400, "charge_already_refunded");

    let ledger = client.sandbox.ledger();
    let amounts: Vec<i64> = ledger.refunds().iter().map(|refund| refund.amount).collect();
    assert_eq!((amounts, ledger.charges()[0].amount_refunded), (vec![99, 1000], 1099));
    assert_eq!(client.get(&format!("/v1/payment_intents/{intent}")).await.succeeds()["status"], "succeeded");
}

#[tokio::test]
async fn a_refund_is_made_once_under_its_key() {
    let client = Client::start().await;
    let intent = client.paid_with(&[]).await;
    let params = [("payment_intent", intent.as_str()), ("amount", "100")];
    let first = client.post_with_key("k", REFUNDS, &params).await.succeeds();
    let again = client.post_with_key("k", REFUNDS, &params).await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(again.succeeds()["id"], first["id"]);
    assert_eq!(client.charge_of(&intent).await["amount_refunded"], 100);
}

#[tokio::test]
async fn what_cannot_be_refunded_is_refused() {
    let client = Client::start().await;
    let (paid, unpaid) = (client.paid_with(&[]).await, client.intent().await);
    let declined = client.pay("pm_card_visa_chargeDeclined").await;
    let declined = declined.body["error"]["payment_intent"]["id"].as_str().unwrap();
    for (intent, more, code, param) in [
        ("pi_none", &[][..], "resource_missing", "payment_intent"),
        (&unpaid, &[], "", ""),
        (declined, &[], "", ""),
        (&paid, &[("amount", "0")], "parameter_invalid_integer", "amount"),
        (&paid, &[("reason", "whim")], "", "reason"),
        (&paid, &[("charge", "ch_1")], "sandbox_unsupported", "charge"),
        (&paid, &[("colour", "red")], "parameter_unknown", "colour"),
    ] {
        assert_eq!(client.refund(intent, more).await.fails(400, code).error("param"), param, "{intent} {more:?}");
    }
    let by = async |key: String| {
        let request = client.http.request(Method::POST, format!("{}{REFUNDS}", client.sandbox.url()));
        send(form(request.bearer_auth(key), &[("payment_intent", &paid)])).await
    };
    by(client.sandbox.publishable_key()).await.fails(401, "secret_key_required");
    by(client.sandbox.restricted_key()).await.fails(403, "");
    assert!(client.sandbox.ledger().refunds().is_empty());
}

#[tokio::test]
async fn a_test_refunds_as_the_merchant_does() {
    let client = Client::start().await;
    let intent = client.paid_with(&[]).await;
    assert_eq!(client.sandbox.refund(&intent, Some(99)).unwrap().amount, 99);
    assert_eq!(client.sandbox.refund(&intent, None).unwrap().amount, 1000);
    let error = client.sandbox.refund(&intent, None).unwrap_err();
    assert!(error.ends_with("has already been refunded."), "{error}");
    assert_eq!(client.charge_of(&intent).await["refunded"], true);
    assert!(client.sandbox.refund("pi_none", None).is_err());
}
