//! The answers that a fault gives in the place of Stripe's or Secrets Manager's own.

use serde_json::{Value, json};

use super::Fault;
use crate::behaviour::Behaviour;
use crate::error::Error;
use crate::keys::Caller;
use crate::secrets::{self, Answer};
use crate::{idempotency, keys, locks};

/// What Stripe's door says, before it looks at key or body.
pub(crate) fn refusal(fault: Option<&Fault>, idempotency_key: Option<&str>, behaviour: &Behaviour) -> Option<Error> {
    match fault? {
        Fault::ErrorUnexecuted => Some(internal_error()),
        Fault::InUse => Some(idempotency::in_use(idempotency_key.unwrap_or_default(), behaviour.in_use_is_invalid)),
        Fault::LockTimeout => Some(locks::lock_timeout()),
        Fault::RateLimited => Some(rate_limited()),
        Fault::KeyExpired => Some(keys::expired("sk_test_")),
        Fault::Forbidden => Some(Caller::forbidden("rak_payment_intent_write")),
        _ => None,
    }
}

/// What Stripe says to a request that it has let in, instead of executing it.
pub(crate) fn instead(fault: Option<&Fault>) -> Option<Error> {
    match fault? {
        Fault::ErrorKept => Some(outage()),
        Fault::RefusalKept => Some(refused_payment_method().kept()),
        Fault::Refusal => Some(refused_payment_method()),
        _ => None,
    }
}

/// 500, kept under the idempotency key.
pub(crate) fn outage() -> Error {
    internal_error().kept()
}

fn refused_payment_method() -> Error {
    Error::invalid("The provided PaymentMethod cannot be used with this PaymentIntent.").param("payment_method")
}

fn internal_error() -> Error {
    Error::new(500, "api_error", "An unknown error occurred. If this persists, please contact https://support.stripe.com/.")
}

fn rate_limited() -> Error {
    let message = "Request rate limit exceeded. Learn more about rate limits here https://docs.stripe.com/rate-limits.";
    Error::new(429, "invalid_request_error", message).code("rate_limit").header("stripe-rate-limited-reason", "endpoint-rate")
}

/// What Secrets Manager says to `GetSecretValue`, given what it would have said.
pub(crate) fn secret(fault: Option<&Fault>, (status, mut answer): Answer) -> Answer {
    match fault {
        Some(Fault::Throttled) => secrets::refusal(400, "ThrottlingException", "Rate exceeded"),
        Some(Fault::Unavailable) => secrets::refusal(500, "InternalServiceError", "An error occurred on the server side."),
        Some(Fault::SecretMissing) => secrets::not_found(),
        Some(Fault::SecretNotJson) => {
            answer["SecretString"] = "not JSON".into();
            (status, answer)
        }
        Some(Fault::SecretWithoutKey) => {
            answer["SecretString"] = json!({ "note": "no secret_key" }).to_string().into();
            (status, answer)
        }
        Some(Fault::PaymentsPaused) => {
            let value = answer["SecretString"].as_str().and_then(|value| serde_json::from_str(value).ok());
            let mut value: Value = value.unwrap_or_else(|| json!({}));
            value["payments"] = "paused".into();
            answer["SecretString"] = value.to_string().into();
            (status, answer)
        }
        _ => (status, answer),
    }
}
