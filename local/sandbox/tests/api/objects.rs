//! Objects field by field, beside Stripe's own examples.

use serde_json::Value;

use crate::client::{Client, PAYMENT};

const EXAMPLES: &str = include_str!("../../../../tests/conformance/fixtures/objects.json");
/// What its owner fills.
const FREE_FORM: &[&str] = &["metadata", "fraud_details", "payment_method_options"];

#[tokio::test]
async fn every_field_of_stripes_examples_is_there_with_its_type() {
    let client = Client::start().await;
    let expand = [("expand[]", "latest_charge"), ("expand[]", "payment_method"), ("payment_method", "pm_card_visa")];
    let paid = client.post("/v1/payment_intents", &[PAYMENT, &expand].concat()).await.succeeds();
    let declined = client.pay("pm_card_visa_chargeDeclined").await.fails(402, "card_declined");
    let error = &declined.body["error"];
    let failed = client.get(&format!("/v1/charges/{}", error["charge"].as_str().unwrap())).await.succeeds();
    let unconfirmed = client.get(&format!("/v1/payment_intents/{}", client.intent().await)).await.succeeds();

    let examples: Value = serde_json::from_str(EXAMPLES).unwrap();
    for object in [
        &paid,
        &paid["latest_charge"],
        &paid["payment_method"],
        &unconfirmed,
        &error["payment_intent"],
        &error["payment_method"],
        &failed,
    ] {
        let kind = object["object"].as_str().unwrap();
        assert_eq!(differences(&examples[kind], object, kind), [""; 0]);
    }
    for placeholder in ["last_payment_error", "next_action", "processing", "shipping", "transfer_data"] {
        assert_eq!(unconfirmed[placeholder], Value::Null, "{placeholder}");
    }
}

/// Where `actual` lacks a field of `example` or has it with another type. A null says nothing about a type.
fn differences(example: &Value, actual: &Value, path: &str) -> Vec<String> {
    match (example, actual) {
        (Value::Null, _) | (_, Value::Null) => Vec::new(),
        // An expanded object, looked at by itself.
        (Value::String(_), Value::Object(object)) if object.contains_key("object") => Vec::new(),
        (Value::Object(example), Value::Object(actual)) if !FREE_FORM.iter().any(|name| path.ends_with(name)) => example
            .iter()
            .flat_map(|(name, value)| {
                let path = format!("{path}.{name}");
                actual.get(name).map_or_else(|| vec![format!("{path} is missing")], |actual| differences(value, actual, &path))
            })
            .collect(),
        (example, actual) if std::mem::discriminant(example) == std::mem::discriminant(actual) => Vec::new(),
        _ => vec![format!("{path} is {actual}")],
    }
}

#[tokio::test]
async fn expanding_shows_what_retrieving_shows() {
    let client = Client::start().await;
    let paid = client.pay("pm_card_visa").await.succeeds();
    let path = format!("/v1/payment_intents/{}", paid["id"].as_str().unwrap());
    let expanded = client.get(&format!("{path}?expand[]=latest_charge&expand[]=payment_method")).await.succeeds();
    for (field, collection) in [("latest_charge", "charges"), ("payment_method", "payment_methods")] {
        let retrieved = client.get(&format!("/v1/{collection}/{}", paid[field].as_str().unwrap())).await.succeeds();
        assert_eq!(expanded[field], retrieved);
    }
    let listed = client.get("/v1/payment_intents?expand[]=data.latest_charge").await.succeeds();
    assert_eq!(listed["data"][0]["latest_charge"], expanded["latest_charge"]);
    let charge = client.get(&format!("/v1/charges/{}?expand[]=payment_intent", paid["latest_charge"].as_str().unwrap())).await;
    assert_eq!(charge.succeeds()["payment_intent"], paid);
}

#[tokio::test]
async fn a_decline_says_why_in_the_error_on_the_intent_and_on_the_charge() {
    let client = Client::start().await;
    let declined = client.pay("pm_card_visa_chargeDeclinedInsufficientFunds").await.fails(402, "card_declined");
    let error = &declined.body["error"];
    assert_eq!(error["doc_url"], "https://docs.stripe.com/error-codes/card-declined");
    assert_eq!(error["advice_code"], "try_again_later");
    assert_eq!(error["network_decline_code"], "51");
    assert!(error["request_log_url"].as_str().unwrap().contains(declined.header("request-id").unwrap()));
    let last = &error["payment_intent"]["last_payment_error"];
    for field in ["type", "code", "decline_code", "message", "charge", "payment_method"] {
        assert_eq!(last[field], error[field], "{field}");
    }
    assert_eq!(last.get("payment_intent"), None);
    let charge = client.get(&format!("/v1/charges/{}", error["charge"].as_str().unwrap())).await.succeeds();
    assert_eq!((charge["status"].as_str(), charge["failure_code"].as_str()), (Some("failed"), Some("card_declined")));
    assert_eq!(charge["outcome"]["reason"], "insufficient_funds");
}
