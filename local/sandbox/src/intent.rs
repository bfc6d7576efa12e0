//! `PaymentIntents`: a payment on its way, as the sandbox keeps it and as Stripe shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::acceptance::Acceptance;
use crate::authentication::{Authentication, ConfirmationMethod};
use crate::ids;
use crate::keys::AccountId;
use crate::table::Stored;

/// Where a `PaymentIntent` stands, in Stripe's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waits for a `PaymentMethod`: new, or declined.
    RequiresPaymentMethod,
    /// Has a `PaymentMethod`, authenticated or not tried yet, and waits to be confirmed.
    RequiresConfirmation,
    /// The shopper's bank wants to see the shopper.
    RequiresAction,
    /// Paid. Final.
    Succeeded,
    /// Final.
    Canceled,
}

impl Status {
    /// Stripe's word, such as `requires_payment_method`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::RequiresConfirmation => "requires_confirmation",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Canceled => "canceled",
        }
    }
}

/// A `PaymentIntent`. The `client_secret` is shown by the API alone, never by the ledger.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentIntent {
    /// `pi_…`
    pub id: String,
    /// Where it stands.
    pub status: Status,
    /// In the currency's minor unit.
    pub amount: i64,
    /// The amount if it succeeded, else 0.
    pub amount_received: i64,
    /// `usd`, `cad`
    pub currency: String,
    /// Unix seconds.
    pub created: u64,
    /// Who confirms it after an authentication.
    pub confirmation_method: ConfirmationMethod,
    /// As sent.
    pub metadata: BTreeMap<String, String>,
    /// The `pm_…` attached to it; none again after a decline.
    pub payment_method: Option<String>,
    /// The `ch_…` of the last attempt that was sent to the network.
    pub latest_charge: Option<String>,
    /// As sent.
    pub description: Option<String>,
    /// As sent.
    pub receipt_email: Option<String>,
    /// As sent.
    pub statement_descriptor_suffix: Option<String>,
    /// The error of the last failed attempt, without the intent.
    pub last_payment_error: Option<Value>,
    /// Unix seconds.
    pub canceled_at: Option<u64>,
    /// As sent to `/cancel`.
    pub cancellation_reason: Option<&'static str>,
    #[serde(skip)]
    pub(crate) account: AccountId,
    #[serde(skip)]
    pub(crate) client_secret: String,
    #[serde(skip)]
    pub(crate) acceptance: Acceptance,
    #[serde(skip)]
    pub(crate) authentication: Authentication,
    #[serde(skip)]
    described: Described,
}

/// Since when an intent's metadata are what they are, and what they were before; in milliseconds since the Unix epoch.
#[derive(Clone, Debug, Default)]
struct Described {
    since_ms: u64,
    /// Oldest first, each with the moment since when.
    earlier: Vec<(u64, BTreeMap<String, String>)>,
}

impl PaymentIntent {
    /// A new one without a `PaymentMethod`.
    pub(crate) fn new(account: AccountId, created: u64, amount: i64, currency: &str, acceptance: Acceptance) -> Self {
        let id = ids::object("pi");
        Self {
            client_secret: format!("{id}_secret_{}", ids::random(25)),
            id,
            status: Status::RequiresPaymentMethod,
            amount,
            amount_received: 0,
            currency: currency.to_owned(),
            created,
            confirmation_method: ConfirmationMethod::Automatic,
            metadata: BTreeMap::new(),
            payment_method: None,
            latest_charge: None,
            description: None,
            receipt_email: None,
            statement_descriptor_suffix: None,
            last_payment_error: None,
            canceled_at: None,
            cancellation_reason: None,
            account,
            acceptance,
            authentication: Authentication::default(),
            described: Described::default(),
        }
    }

    /// Gives it other metadata.
    pub(crate) fn describe(&mut self, metadata: BTreeMap<String, String>, now_ms: u64) {
        let before = std::mem::replace(&mut self.metadata, metadata);
        let since_ms = std::mem::replace(&mut self.described.since_ms, now_ms);
        if since_ms > 0 {
            self.described.earlier.push((since_ms, before));
        }
    }

    /// Its metadata as they were at a moment; none before it was made.
    pub(crate) fn metadata_at(&self, at_ms: u64) -> Option<&BTreeMap<String, String>> {
        let Described { since_ms, earlier } = &self.described;
        if *since_ms <= at_ms {
            return Some(&self.metadata);
        }
        earlier.iter().rev().find(|(since_ms, _)| *since_ms <= at_ms).map(|(_, metadata)| metadata)
    }

    /// What the shopper's bank statement says: the account's prefix and the intent's suffix.
    pub(crate) fn calculated_statement_descriptor(&self) -> String {
        match &self.statement_descriptor_suffix {
            Some(suffix) => format!("SANDBOX* {suffix}").to_uppercase(),
            None => "SANDBOX".to_owned(),
        }
    }

    /// The object as Stripe's API shows it, nothing expanded.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "payment_intent",
            "amount": self.amount,
            "amount_capturable": 0,
            "amount_details": { "tip": {} },
            "amount_received": self.amount_received,
            "application": null,
            "application_fee_amount": null,
            "automatic_payment_methods": self.acceptance.to_json(),
            "canceled_at": self.canceled_at,
            "cancellation_reason": self.cancellation_reason,
            "capture_method": "automatic_async",
            "client_secret": self.client_secret,
            "confirmation_method": self.confirmation_method,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "description": self.description,
            "excluded_payment_method_types": null,
            "last_payment_error": self.last_payment_error,
            "latest_charge": self.latest_charge,
            "livemode": false,
            "managed_payments": { "enabled": false },
            "metadata": self.metadata,
            "next_action": self.authentication.next_action,
            "on_behalf_of": null,
            "payment_method": self.payment_method,
            "payment_method_configuration_details": self.acceptance.configuration(),
            "payment_method_options": {
                "card": { "installments": null, "mandate_options": null, "network": null, "request_three_d_secure": self.authentication.requested },
            },
            "payment_method_types": ["card"],
            "processing": null,
            "receipt_email": self.receipt_email,
            "review": null,
            "setup_future_usage": null,
            "shipping": null,
            "source": null,
            "statement_descriptor": null,
            "statement_descriptor_suffix": self.statement_descriptor_suffix,
            "status": self.status.as_str(),
            "transfer_data": null,
            "transfer_group": null,
        })
    }
}

impl Stored for PaymentIntent {
    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> AccountId {
        self.account
    }
}
