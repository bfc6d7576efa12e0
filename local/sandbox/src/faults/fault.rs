//! What can go wrong, named by what happens.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One thing that goes wrong with one request. In JSON a name, or `{"name": {…}}` where it has fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// Executed after so many milliseconds; its idempotency key and its object are locked meanwhile.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Executed at once, answered after so many milliseconds.
    LateReply {
        /// Milliseconds.
        ms: u64,
    },
    /// Never executed, never answered; the connection stays open.
    HangBefore,
    /// Executed, never answered; the connection stays open.
    HangAfter,
    /// Never executed: the connection is reset, all others end too, and new ones are refused for so many milliseconds.
    RefuseConnections {
        /// Milliseconds.
        ms: u64,
    },
    /// Never executed: the connection is reset (TCP RST).
    ResetBefore,
    /// Executed: the connection is reset before the answer.
    ResetAfter,
    /// Executed: the connection is closed (TCP FIN) before the answer.
    CutAfter,
    /// Executed: the connection is closed in the middle of the answer's body.
    CutBody,
    /// Executed: the answer's body comes in small pieces over so many milliseconds.
    Drip {
        /// Milliseconds.
        ms: u64,
    },
    /// Executed: the answer has its status, and a body that is not JSON.
    Garbage,
    /// Answered as it should be; when the connection is used again it is reset unread, like a pooled socket after a freeze.
    CloseIdle,
    /// A page of HTML with this status, as a proxy before Stripe sends it. Saved under no key.
    Html {
        /// Such as 502 or 503.
        status: u16,
        /// Whether the request was executed all the same.
        #[serde(default)]
        executed: bool,
    },

    /// 500; executed, and the 500 is kept under the idempotency key.
    ErrorExecuted,
    /// 500; nothing was executed, and the 500 is kept under the idempotency key.
    ErrorKept,
    /// 500; nothing was executed and nothing is kept.
    ErrorUnexecuted,
    /// 400 with the param `payment_method`; nothing was executed, and the 400 is kept under the idempotency key.
    /// <https://docs.stripe.com/error-low-level#idempotency>: what has begun to execute is kept, whatever it answers.
    RefusalKept,
    /// The same 400; nothing was executed and nothing is kept.
    Refusal,
    /// 409 `idempotency_key_in_use`; nothing was executed.
    InUse,
    /// 429 `lock_timeout`; nothing was executed.
    LockTimeout,
    /// 429 `rate_limit`; nothing was executed.
    RateLimited,
    /// 401 `api_key_expired`; nothing was executed. No key was rolled.
    KeyExpired,
    /// 403, as a restricted key without the permission meets; nothing was executed.
    Forbidden,

    /// The secret key is rolled just before this request, which goes on. Secrets Manager has the new one.
    RollKey,
    /// The account changes just before this request, which goes on. Secrets Manager has its secret key.
    SwitchAccount,

    /// Secrets Manager: `ThrottlingException`.
    Throttled,
    /// Secrets Manager: `InternalServiceError`, status 500.
    Unavailable,
    /// Secrets Manager: `ResourceNotFoundException`.
    SecretMissing,
    /// Secrets Manager: the secret's value is not JSON.
    SecretNotJson,
    /// Secrets Manager: the secret's value has no `secret_key`.
    SecretWithoutKey,
    /// Secrets Manager: the secret's value has `"payments": "paused"` as well.
    PaymentsPaused,
}

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Stripe,
    SecretsManager,
    Files,
}

impl Fault {
    /// Its name in JSON.
    pub(crate) fn name(&self) -> String {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(named)) => named.keys().next().cloned().unwrap_or_default(),
            Ok(name) => name.as_str().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        }
    }

    /// Whether it can happen on that side.
    pub(crate) fn fits(&self, side: Side) -> bool {
        match self {
            Self::ErrorExecuted
            | Self::ErrorKept
            | Self::ErrorUnexecuted
            | Self::RefusalKept
            | Self::Refusal
            | Self::InUse
            | Self::LockTimeout
            | Self::RateLimited
            | Self::KeyExpired
            | Self::Forbidden => side == Side::Stripe,
            Self::Throttled
            | Self::Unavailable
            | Self::SecretMissing
            | Self::SecretNotJson
            | Self::SecretWithoutKey
            | Self::PaymentsPaused => side == Side::SecretsManager,
            Self::RollKey | Self::SwitchAccount => side != Side::Files,
            _ => true,
        }
    }

    /// How long the execution is put off.
    pub(crate) fn delay(&self) -> Duration {
        match self {
            Self::Delay { ms } => Duration::from_millis(*ms),
            _ => Duration::ZERO,
        }
    }
}
