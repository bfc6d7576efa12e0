//! What the fakes say.

use crate::fake::Asked;
use serde_json::{Map, Value, json};
use std::time::SystemTime;

/// Of the merchant's account; the keys of nobody.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_bench";
const SECRET_KEY: &str = "sk_test_bench";

/// <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html>
pub(crate) fn secrets_manager(asked: &Asked) -> Option<String> {
    if !asked.line.starts_with("POST / ") {
        return None;
    }
    let secret = json!({ "secret_key": SECRET_KEY }).to_string();
    let answer = json!({
        "ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:till/stripe-AbCdEf",
        "CreatedDate": 1_767_225_600.0,
        "Name": "till/stripe",
        "SecretString": secret,
        "VersionId": "c5cb3eb5-8f3a-4b0a-9f3e-1f0a4f2b8a11",
        "VersionStages": ["AWSCURRENT"],
    });
    Some(answer.to_string())
}

/// A PaymentIntent that succeeded, with every field that Stripe sends. <https://docs.stripe.com/api/payment_intents/object>
pub(crate) fn stripe(asked: &Asked) -> Option<String> {
    if !asked.line.starts_with("POST /v1/payment_intents ") {
        return None;
    }
    let mut intent: Value = serde_json::from_str(include_str!("payment_intent.json")).ok()?;
    let mut metadata = Map::new();
    for (name, value) in form_urlencoded::parse(asked.body.as_bytes()) {
        match name.strip_prefix("metadata[").and_then(|name| name.strip_suffix(']')) {
            Some(name) => _ = metadata.insert(name.to_owned(), json!(value)),
            None if name == "amount" => {
                let amount: u64 = value.parse().ok()?;
                intent["amount"] = json!(amount);
                intent["amount_received"] = json!(amount);
            }
            None if matches!(&*name, "currency" | "payment_method" | "description") => intent[&*name] = json!(value),
            None => {}
        }
    }
    intent["created"] = json!(SystemTime::UNIX_EPOCH.elapsed().ok()?.as_secs());
    intent["metadata"] = Value::Object(metadata);
    serde_json::to_string_pretty(&intent).ok()
}
