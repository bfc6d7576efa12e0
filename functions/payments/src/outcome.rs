//! The five outcomes of a checkout. Each is something that is known, or says that it is not.

use crate::decline::Decline;
use crate::stripe::PaymentIntent;
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
        payment_intent: String,
    },
    /// The card's bank wants to see the shopper; nothing is charged so far.
    RequiresAction {
        /// The `pi_…` that is waiting.
        payment_intent: String,
        /// What Stripe.js needs for it. The one place where a client_secret leaves.
        client_secret: SecretString,
    },
    /// Nothing has been charged.
    NotAttempted(Refusal),
    /// Anything else.
    Unknown(Doubt),
}

impl Outcome {
    /// The `pi_…` that the answer names.
    pub fn payment_intent(&self) -> Option<&str> {
        match self {
            Self::Paid(receipt) => Some(&receipt.payment_intent),
            Self::Declined { payment_intent, .. } | Self::RequiresAction { payment_intent, .. } => Some(payment_intent),
            Self::NotAttempted(_) | Self::Unknown(_) => None,
        }
    }
}

/// What was paid, by Stripe's own account.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    payment_intent: String,
    payment_method: Option<String>,
    /// Minor units.
    pub amount: u64,
    /// Three letters.
    pub currency: String,
    created: u64,
    livemode: bool,
    items: Vec<Item>,
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
            payment_method: intent.payment_method.clone(),
            amount: intent.amount,
            currency: intent.currency.clone(),
            created: intent.created,
            livemode: intent.livemode,
            items: items.split(',').filter_map(item).collect(),
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
    /// 409: the shopper saw another total than this one, in minor units.
    TotalChanged(u64),
    /// 409: the page was loaded under another publishable key.
    PageOutdated,
    /// 410: too old to be paid.
    CheckoutExpired,
    /// 410: closed, and cannot be paid any more.
    CheckoutClosed,
    /// 429
    RateLimited,
    /// 503: the kill switch is on.
    Paused,
    /// 503: the settings, the secret or Stripe will not do for now.
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
            Self::Invalid { code, .. } => code,
            Self::Forbidden(_) => "forbidden",
            Self::UnknownPath => "path_unknown",
            Self::UnknownPaymentIntent => "payment_intent_unknown",
            Self::Method(_) => "method_not_allowed",
            Self::TooLarge => "body_too_large",
            Self::MediaType => "media_type_unsupported",
            Self::TotalChanged(_) => "total_changed",
            Self::PageOutdated => "page_outdated",
            Self::CheckoutExpired => "checkout_expired",
            Self::CheckoutClosed => "checkout_closed",
            Self::RateLimited => "rate_limited",
            Self::Paused | Self::ServiceUnavailable => "service_unavailable",
        }
    }

    /// Whether the very same request may succeed a moment later, so that closing its checkout would be hasty.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::RateLimited | Self::ServiceUnavailable)
    }
}

/// Why nobody knows. For the log; the caller hears only `outcome_unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Stripe did not answer in time, or not readably.
    NoReply,
    /// Another request for this checkout is under way at Stripe.
    InUse,
    /// Stripe is still working on the payment.
    Pending,
    /// An earlier request left an error and no PaymentIntent.
    NoTrace,
    /// An earlier card was refused, and the latest word on the PaymentIntent is about another one.
    OtherCard,
    /// Stripe answered what no document foresees.
    Unforeseen,
    /// A re-send was refused where its checkout could not be closed.
    NotClosed,
    /// The function broke off.
    Panic,
}

impl Doubt {
    /// Its name in the log.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoReply => "no_reply",
            Self::InUse => "in_use",
            Self::Pending => "pending",
            Self::NoTrace => "no_trace",
            Self::OtherCard => "other_card",
            Self::Unforeseen => "unforeseen",
            Self::NotClosed => "not_closed",
            Self::Panic => "panic",
        }
    }
}
