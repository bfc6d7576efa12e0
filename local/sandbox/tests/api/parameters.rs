//! Parameters: forms, limits and refusals that name what is wrong.

use reqwest::Method;

use crate::client::{Client, PAYMENT, form, send};

const INTENTS: &str = "/v1/payment_intents";

/// A parameter beside (or instead of) those of a payment, the code it is refused with, and the `param` that the error names.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("amount", "10.99", "parameter_invalid_integer", "amount"),
    ("amount", "0", "parameter_invalid_integer", "amount"),
    ("amount", "", "parameter_invalid_empty", "amount"),
    ("amount", "49", "amount_too_small", "amount"),
    ("amount", "100000000", "amount_too_large", "amount"),
    ("currency", "xyz", "", "currency"),
    ("confirm", "yes", "", "confirm"),
    ("colour", "red", "parameter_unknown", "colour"),
    ("card[number]", "4242", "parameter_unknown", "card[number]"),
    ("capture_method", "manual", "sandbox_unsupported", "capture_method"),
    ("payment_method_types[]", "klarna", "", "payment_method_types"),
    ("payment_method", "pm_unknown", "resource_missing", "payment_method"),
    ("receipt_email", "nobody", "email_invalid", "receipt_email"),
    ("statement_descriptor", "TILL", "payment_intent_invalid_parameter", "statement_descriptor"),
    ("statement_descriptor_suffix", "twenty-three characters", "payment_intent_invalid_parameter", "statement_descriptor_suffix"),
    ("metadata[a[b]]", "x", "", "metadata"),
    ("metadata", "x", "parameter_unknown", "metadata"),
    ("expand[]", "customer", "", "expand"),
];

#[tokio::test]
async fn a_wrong_parameter_is_refused_by_name() {
    let client = Client::start().await;
    for (name, value, code, param) in REFUSED {
        let kept = PAYMENT.iter().filter(|(kept, _)| kept != name).copied();
        let mut params: Vec<(&str, &str)> = kept.collect();
        if *name != "payment_method" {
            params.push(("payment_method", "pm_card_visa"));
        }
        params.push((name, value));
        let answer = client.post(INTENTS, &params).await.fails(400, code);
        assert_eq!((answer.error("type"), answer.error("param")), ("invalid_request_error", *param), "{name}={value}");
    }
    assert!(client.sandbox.ledger().intents().is_empty());
}

#[tokio::test]
async fn a_missing_parameter_is_named() {
    let client = Client::start().await;
    for missing in ["amount", "currency"] {
        let params: Vec<(&str, &str)> = PAYMENT.iter().filter(|(name, _)| *name != missing).copied().collect();
        let answer = client.post(INTENTS, &params).await.fails(400, "parameter_missing");
        assert_eq!(answer.error("param"), missing);
    }
    client.post(INTENTS, PAYMENT).await.fails(400, "payment_intent_unexpected_state");
    let unconfirmed = [("amount", "1099"), ("currency", "usd"), ("error_on_requires_action", "true")];
    let answer = client.post(INTENTS, &unconfirmed).await.fails(400, "payment_intent_invalid_parameter");
    assert_eq!(answer.error("param"), "error_on_requires_action");
}

#[tokio::test]
async fn metadata_has_limits() {
    let client = Client::start().await;
    let with = async |metadata: Vec<(String, String)>| {
        let mut params: Vec<(&str, &str)> = vec![("amount", "1099"), ("currency", "usd")];
        params.extend(metadata.iter().map(|(key, value)| (key.as_str(), value.as_str())));
        client.post(INTENTS, &params).await
    };
    let keys = |count: usize, length: usize, value: usize| {
        (0..count).map(|number| (format!("metadata[{number:0length$}]"), "v".repeat(value))).collect::<Vec<_>>()
    };
    let intent = with(keys(50, 40, 500)).await.succeeds();
    assert_eq!(intent["metadata"].as_object().unwrap().len(), 50);
    for refused in [keys(51, 40, 1), keys(1, 41, 1), keys(1, 1, 501)] {
        with(refused).await.fails(400, "");
    }
}

#[tokio::test]
async fn lists_are_forms_with_and_without_numbers() {
    let client = Client::start().await;
    for types in ["payment_method_types[]", "payment_method_types[0]"] {
        let params = [("amount", "1099"), ("currency", "USD"), (types, "card"), ("payment_method", "pm_card_visa")];
        let intent = client.post(INTENTS, &params).await.succeeds();
        assert_eq!((intent["status"].as_str(), intent["currency"].as_str()), (Some("requires_confirmation"), Some("usd")));
    }
}

#[tokio::test]
async fn json_is_no_form() {
    let client = Client::start().await;
    let request = client.request(Method::POST, INTENTS).header("content-type", "application/json").body("{}");
    send(request).await.fails(400, "");
}

#[tokio::test]
async fn an_unknown_address_is_not_found() {
    let client = Client::start().await;
    assert_eq!(client.get("/v1/customers").await.status, 404);
    let answer = client.get(&format!("{INTENTS}/pi_unknown")).await.fails(404, "resource_missing");
    assert_eq!(answer.error("param"), "intent");
    client.get("/v1/charges/ch_unknown").await.fails(404, "resource_missing");
    client.get("/v1/payment_methods/pm_unknown").await.fails(404, "resource_missing");
    assert_eq!(send(form(client.request(Method::PUT, INTENTS), PAYMENT)).await.status, 404);
}
