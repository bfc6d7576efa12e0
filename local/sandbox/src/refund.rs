//! Refunds: money given back, of one charge.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::charge::Charge;
use crate::ids;
use crate::keys::AccountId;
use crate::table::Stored;

/// A refund of a charge, whole or in part. It has succeeded.
#[derive(Clone, Debug, Serialize)]
pub struct Refund {
    /// `re_…`
    pub id: String,
    /// In the currency's minor unit.
    pub amount: i64,
    /// `usd`, `cad`
    pub currency: String,
    /// The `ch_…` that it gives back.
    pub charge: String,
    /// The `pi_…` of that charge.
    pub payment_intent: String,
    /// As sent.
    pub reason: Option<&'static str>,
    /// Unix seconds.
    pub created: u64,
    #[serde(skip)]
    pub(crate) metadata: BTreeMap<String, String>,
    #[serde(skip)]
    pub(crate) account: AccountId,
    #[serde(skip)]
    balance_transaction: String,
    #[serde(skip)]
    payment_method: String,
}

impl Refund {
    pub(crate) fn new(charge: &Charge, amount: i64, created: u64) -> Self {
        Self {
            id: ids::object("re"),
            amount,
            currency: charge.currency.clone(),
            charge: charge.id.clone(),
            payment_intent: charge.payment_intent.clone(),
            reason: None,
            created,
            metadata: BTreeMap::new(),
            account: charge.account,
            balance_transaction: ids::object("txn"),
            payment_method: charge.payment_method.clone(),
        }
    }

    /// The object as Stripe's API shows it: <https://docs.stripe.com/api/refunds/object>.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "object": "refund",
            "amount": self.amount,
            "balance_transaction": self.balance_transaction,
            "charge": self.charge,
            "created": self.created,
            "currency": self.currency,
            "customer": null,
            "customer_account": null,
            "destination_details": { "card": { "reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund" }, "type": "card" },
            "metadata": self.metadata,
            "payment_intent": self.payment_intent,
            "payment_method": self.payment_method,
            "reason": self.reason,
            "receipt_number": null,
            "source_transfer_reversal": null,
            "status": "succeeded",
            "transfer_reversal": null,
        })
    }
}

impl Stored for Refund {
    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> AccountId {
        self.account
    }
}
