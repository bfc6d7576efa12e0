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

impl Failure {
    /// Whether this proves that Stripe did nothing for the request. Anything else may have charged the card.
    pub fn proves_not_executed(&self) -> bool {
        match self {
            Self::NotSent => true,
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

    /// Whether the request was refused for its PaymentMethod. For one that was used before Stripe names neither code nor
    /// parameter, so that its sentence is all there is.
    pub fn is_about_payment_method(&self) -> bool {
        match self.error.param.as_deref() {
            Some(param) => param == "payment_method",
            None => {
                self.error.code.is_none()
                    && self.error.message.as_deref().is_some_and(|message| message.contains("PaymentMethod"))
            }
        }
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
