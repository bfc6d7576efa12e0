//! The five outcomes of a checkout. Each is something that is known, or says that it is not.

use crate::decline::Decline;
use crate::stripe::{PaymentIntent, PaymentIntentId};
use secrecy::SecretString;
use serde::Serialize;

/// What holds for the checkout, as far as anybody can know it now.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Stripe says that the PaymentIntent succeeded.
    Paid(Receipt),
    /// This card was refused; nothing is charged so far.
    Declined {
        /// What the caller is told.
        decline: Decline,
        /// The `pi_…` that another card can pay.
        payment_intent: PaymentIntentId,
    },
    /// The card's bank wants to see the shopper; nothing is charged so far.
    RequiresAction {
        /// The `pi_…` that is waiting.
        payment_intent: PaymentIntentId,
        /// What Stripe.js needs for it. The one place where a client_secret leaves.
        client_secret: SecretString,
    },
    /// Nothing has been charged.
    NotAttempted {
        /// Why the request was refused.
        refusal: Refusal,
        /// Whether the checkout may be used again.
        checkout: CheckoutState,
    },
    /// Anything else.
    Unknown(UnknownReason),
}

impl Outcome {
    /// The `pi_…` that the answer names.
    pub fn payment_intent(&self) -> Option<&str> {
        match self {
            Self::Paid(Receipt { payment_intent, .. })
            | Self::Declined { payment_intent, .. }
            | Self::RequiresAction { payment_intent, .. } => Some(payment_intent.as_str()),
            Self::NotAttempted { .. } | Self::Unknown(_) => None,
        }
    }
}

/// Whether the id of a checkout may be used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckoutState {
    /// It may.
    Open,
    /// Nothing is charged under it, and nothing can be.
    Closed,
}

/// What was paid, by Stripe's own account.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    payment_intent: PaymentIntentId,
    payment_method: Option<String>,
    /// Minor units.
    pub amount: u64,
    /// Three letters.
    pub currency: String,
    created: u64,
    livemode: bool,
    items: Vec<Item>,
    /// Minor units that were given back, if any were and the key may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<u64>,
}

/// A line of the receipt, from the PaymentIntent's metadata: the catalogue may have changed since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Item {
    sku: String,
    quantity: u64,
}

impl Receipt {
    /// Reads the receipt off a PaymentIntent that succeeded.
    pub fn of(intent: &PaymentIntent, items: &str) -> Self {
        let item = |words: &str| {
            let (sku, quantity) = words.split_once(':')?;
            Some(Item { sku: sku.to_owned(), quantity: quantity.parse().ok()? })
        };
        Self {
            payment_intent: intent.id.clone(),
            payment_method: intent.payment_method.as_ref().map(|id| id.as_str().to_owned()),
            amount: intent.amount,
            currency: intent.currency.clone(),
            created: intent.created,
            livemode: intent.livemode,
            items: items.split(',').filter_map(item).collect(),
            refunded: intent.latest_charge.and_then(|charge| charge.refunded).filter(|amount| *amount > 0),
        }
    }
}

/// Why a request was refused before anything could be charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400
    Invalid {
        /// The error's name.
        code: &'static str,
        /// The field or header that is wrong.
        param: Option<String>,
        /// What is wrong with it, and what to do.
        message: String,
    },
    /// 400: the `Idempotency-Key` is missing, or no checkout's id can be.
    InvalidCheckoutId {
        /// The error's name.
        code: &'static str,
        /// What is wrong with it.
        message: String,
    },
    /// 403: another site's page, or not through CloudFront.
    Forbidden(&'static str),
    /// 404: no such path.
    UnknownPath,
    /// 404: no such PaymentIntent, or not this checkout's.
    UnknownPaymentIntent,
    /// 405, with what is allowed.
    Method(&'static str),
    /// 413
    TooLarge,
    /// 415
    MediaType,
    /// 409: the shopper saw another total than this one.
    TotalChanged {
        /// Minor units.
        total: u64,
        /// Three letters, lower case.
        currency: String,
    },
    /// 409: the page was loaded under another publishable key.
    PageOutdated,
    /// 410: too old to be paid.
    CheckoutExpired,
    /// 410: closed, and cannot be paid any more.
    CheckoutClosed,
    /// 410: it has taken as many cards as a checkout may.
    CardLimitReached,
    /// 422: Stripe said no, and asking again will not help.
    StripeRefused,
    /// 429
    RateLimited,
    /// 503: the kill switch is on.
    Paused,
    /// 503: the settings or the secret are invalid, or Stripe cannot be reached.
    ServiceUnavailable,
}

impl Refusal {
    /// A 400 about `param`.
    pub fn invalid(code: &'static str, param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { code, param: Some(param.into()), message: message.into() }
    }

    /// The error's name in the HTTP contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Invalid { code, .. } | Self::InvalidCheckoutId { code, .. } => code,
            Self::Forbidden(_) => "forbidden",
            Self::UnknownPath => "path_unknown",
            Self::UnknownPaymentIntent => "payment_intent_unknown",
            Self::Method(_) => "method_not_allowed",
            Self::TooLarge => "body_too_large",
            Self::MediaType => "media_type_unsupported",
            Self::TotalChanged { .. } => "total_changed",
            Self::PageOutdated => "page_outdated",
            Self::CheckoutExpired => "checkout_expired",
            Self::CheckoutClosed => "checkout_closed",
            Self::CardLimitReached => "card_limit_reached",
            Self::StripeRefused => "stripe_refused",
            Self::RateLimited => "rate_limited",
            Self::Paused | Self::ServiceUnavailable => "service_unavailable",
        }
    }

    /// What holds for the checkout of a first send that is refused for this: an id that is none can never be used.
    pub fn checkout(&self) -> CheckoutState {
        match self {
            Self::InvalidCheckoutId { .. } | Self::CheckoutExpired | Self::CheckoutClosed | Self::CardLimitReached => {
                CheckoutState::Closed
            }
            _ => CheckoutState::Open,
        }
    }

    /// Whether the very same request may succeed a moment later, so that closing its checkout would be hasty.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::RateLimited | Self::ServiceUnavailable)
    }
}

/// Why nobody knows. For the log; the caller is told only `outcome_unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownReason {
    /// Stripe did not answer in time, or not readably.
    NoReply,
    /// Another request for this checkout is under way at Stripe.
    InUse,
    /// Stripe takes no more requests for now. Strangers can bring that about.
    RateLimited,
    /// Stripe is still working on the payment.
    Pending,
    /// An earlier request left no PaymentIntent that could be found.
    NoTrace,
    /// An earlier card was refused, and the latest attempt on the PaymentIntent was made with another one.
    OtherCard,
    /// Several PaymentIntents carry the checkout's id, or one that Till did not make.
    Ambiguous,
    /// A PaymentIntent without a checkout's id has the request's card: another integration's, or ours without its metadata.
    /// Strangers who know such a card can bring that about.
    Unmarked,
    /// Stripe declined a card, and did not say on which PaymentIntent.
    DeclineWithoutIntent,
    /// A request that may only find out found an unpaid PaymentIntent.
    NotSettled,
    /// Stripe answered what no document foresees.
    Unforeseen,
    /// A re-send was refused where its checkout could not be closed.
    NotClosed,
    /// The event is not API Gateway's: nobody can say whether it was a re-send.
    Unreadable,
    /// The function broke off.
    Panic,
}

impl UnknownReason {
    /// Its name in the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoReply => "no_reply",
            Self::InUse => "in_use",
            Self::RateLimited => "rate_limited",
            Self::Pending => "pending",
            Self::NoTrace => "no_trace",
            Self::OtherCard => "other_card",
            Self::Ambiguous => "ambiguous",
            Self::Unmarked => "unmarked",
            Self::DeclineWithoutIntent => "decline_without_intent",
            Self::NotSettled => "not_settled",
            Self::Unforeseen => "unforeseen",
            Self::NotClosed => "not_closed",
            Self::Unreadable => "unreadable",
            Self::Panic => "panic",
        }
    }
}
