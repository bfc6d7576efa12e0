//! How a request to Stripe can fail, and what each failure proves.
//! <https://docs.stripe.com/api/errors>, <https://docs.stripe.com/error-low-level>

use super::payment_intent::{CardError, PaymentIntent};
use serde::Deserialize;

/// A request that was not answered by success.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// No connection could be opened: Stripe never saw the request.
    #[error("Stripe could not be reached")]
    NotSent,
    /// The event had no time or requests left, or payments were paused: nothing was sent, and nothing learned.
    #[error("not asked any more")]
    NotAsked,
    /// Sent, and no readable answer came: executed or not, nobody here knows.
    #[error("no answer from Stripe: {0}")]
    NoReply(Silence),
    /// Stripe's own error.
    #[error("Stripe refused: {} {}", .0.status, .0.name())]
    Refused(Box<Refused>),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Silence {
    /// It did not come in time.
    #[error("time ran out")]
    TimedOut,
    /// The connection ended before it was whole.
    #[error("the connection was cut")]
    Cut,
    /// It is not what Stripe writes: another server's page, or a broken body.
    #[error("the answer could not be read")]
    Unreadable,
    /// It is longer than any that is expected.
    #[error("the answer was too long")]
    TooLong,
}

/// An error that Stripe itself wrote.
#[derive(Debug)]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// `Idempotent-Replayed`: this was the answer to an earlier request under the same key.
    pub replayed: bool,
    /// `Stripe-Should-Retry`, which overrides every rule by status.
    pub should_retry: Option<bool>,
    /// The body.
    pub error: ErrorBody,
}

/// The `error` of Stripe's body.
#[derive(Debug, Deserialize)]
pub struct ErrorBody {
    /// `api_error`, `card_error`, `idempotency_error` or `invalid_request_error`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// A short name, where there is one.
    pub code: Option<String>,
    /// The bank's reason.
    pub decline_code: Option<String>,
    /// The parameter that it is about.
    pub param: Option<String>,
    /// The intent as the error left it.
    pub payment_intent: Option<PaymentIntent>,
    /// Stripe's sentence for developers. Never logged and never shown: it may quote what was sent.
    pub(super) message: Option<String>,
}

/// Codes of <https://docs.stripe.com/error-codes> that are about the PaymentMethod of a request.
const OF_PAYMENT_METHODS: [&str; 2] = ["payment_intent_incompatible_payment_method", "payment_method_unexpected_state"];

impl Failure {
    /// Whether this proves that Stripe did nothing for the request. Anything else may have charged the card.
    pub fn proves_not_executed(&self) -> bool {
        match self {
            Self::NotSent | Self::NotAsked => true,
            Self::NoReply(_) => false,
            Self::Refused(refused) => !refused.replayed && (refused.is_rate_limit() || refused.is_rejection()),
        }
    }
}

impl Refused {
    /// The card was refused.
    pub fn is_decline(&self) -> bool {
        self.status == 402 && self.error.kind == "card_error"
    }

    /// The idempotency key was used before, with other parameters.
    pub fn is_mismatch(&self) -> bool {
        self.error.kind == "idempotency_error" && self.status == 400
    }

    /// Another request holds the key or the object right now.
    pub fn is_busy(&self) -> bool {
        self.status == 409 || self.error.code.as_deref() == Some("lock_timeout")
    }

    /// Too many requests: refused at the door.
    pub fn is_rate_limit(&self) -> bool {
        self.status == 429 && !self.is_busy()
    }

    /// The key is not, or no longer, a key.
    pub fn is_unauthorized(&self) -> bool {
        self.status == 401
    }

    /// Refused as a request, before anything was done: bad parameters, a bad key, a missing right, no such object.
    pub fn is_rejection(&self) -> bool {
        matches!(self.status, 400 | 401 | 403 | 404) && !self.is_mismatch()
    }

    /// Whether the request was refused for its PaymentMethod, which is the caller's: one that was used before, of another kind
    /// than a card, or of another Customer. Stripe does not always name it by code or parameter; then its sentence does.
    pub fn is_about_payment_method(&self) -> bool {
        let ErrorBody { code, param, message, .. } = &self.error;
        let by_code = code.as_deref().is_some_and(|code| OF_PAYMENT_METHODS.contains(&code));
        let by_sentence = || message.as_deref().is_some_and(|text| text.contains("PaymentMethod") || text.contains("pm_"));
        matches!(self.status, 400 | 404) && (param.as_deref() == Some("payment_method") || by_code || by_sentence())
    }

    /// What the card was refused for.
    pub fn card_error(&self) -> CardError {
        CardError { code: self.error.code.clone(), decline_code: self.error.decline_code.clone(), payment_method: None }
    }

    /// The error's shortest name, for logs.
    pub fn name(&self) -> &str {
        self.error.code.as_deref().unwrap_or(&self.error.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Refused {
        Refused { status, replayed: false, should_retry: None, error: serde_json::from_str(body).unwrap() }
    }

    /// Whoever sends a PaymentMethod of another kind, or of another Customer, must not look like a fault of the shop's.
    #[test]
    fn a_refusal_that_the_callers_payment_method_caused_is_about_it() {
        for body in [
            r#"{"type":"invalid_request_error","param":"payment_method","message":"No such PaymentMethod: 'pm_1'"}"#,
            r#"{"type":"invalid_request_error","message":"The provided PaymentMethod was previously used without being attached."}"#,
            r#"{"type":"invalid_request_error","code":"payment_intent_invalid_parameter","message":"The PaymentMethod provided (klarna) is not allowed for this PaymentIntent."}"#,
            r#"{"type":"invalid_request_error","param":"payment_method_types","message":"The PaymentMethod provided (klarna) is not allowed for this PaymentIntent."}"#,
            r#"{"type":"invalid_request_error","code":"payment_intent_incompatible_payment_method","message":"x"}"#,
            r#"{"type":"invalid_request_error","code":"payment_method_unexpected_state","message":"x"}"#,
            r#"{"type":"invalid_request_error","message":"The `payment_method` parameter supplied pm_1 belongs to the Customer cus_1."}"#,
        ] {
            assert!(refused(400, body).is_about_payment_method(), "{body}");
            assert!(!refused(403, body).is_about_payment_method(), "a missing right is the shop's: {body}");
        }
        for body in [
            r#"{"type":"invalid_request_error","code":"parameter_unknown","param":"payment_method_types","message":"Received unknown parameter: payment_method_types"}"#,
            r#"{"type":"invalid_request_error","code":"payment_method_types","param":"payment_method_types","message":"card is not activated for your account."}"#,
            r#"{"type":"invalid_request_error","code":"amount_too_small","param":"amount","message":"Amount must be at least 50 cents."}"#,
            r#"{"type":"invalid_request_error","message":"This API key may not do that."}"#,
        ] {
            assert!(!refused(400, body).is_about_payment_method(), "{body}");
        }
    }
}
