//! Charges: what an attempt to pay left behind, paid or failed.

use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cards::Decline;
use crate::ids;
use crate::intent::PaymentIntent;
use crate::keys::AccountId;
use crate::payment_method::PaymentMethod;
use crate::refund::Refund;
use crate::table::Stored;

/// One attempt to charge a card.
#[derive(Clone, Debug, Serialize)]
pub struct Charge {
    /// `ch_…`
    pub id: String,
    /// Whether the money was taken. A declined attempt leaves a charge that is not paid.
    pub paid: bool,
    /// In the currency's minor unit.
    pub amount: i64,
    /// How much of it was given back.
    pub amount_refunded: i64,
    /// `usd`, `cad`
    pub currency: String,
    /// The `pi_…` it belongs to.
    pub payment_intent: String,
    /// The `pm_…` that was charged.
    pub payment_method: String,
    /// Unix seconds.
    pub created: u64,
    /// Stripe's code of the failure, such as `card_declined`.
    pub failure_code: Option<&'static str>,
    #[serde(skip)]
    pub(crate) account: AccountId,
    #[serde(skip)]
    object: Arc<Value>,
}

impl Charge {
    /// The charge that an attempt leaves: paid, or failed with that decline.
    pub(crate) fn new(intent: &PaymentIntent, method: &PaymentMethod, decline: Option<&'static Decline>, created: u64) -> Self {
        Self::with_id(ids::object("ch"), intent, method, decline, created)
    }

    /// The same under an id that is known already.
    pub(crate) fn with_id(
        id: String,
        intent: &PaymentIntent,
        method: &PaymentMethod,
        decline: Option<&'static Decline>,
        created: u64,
    ) -> Self {
        Self {
            paid: decline.is_none(),
            amount: intent.amount,
            amount_refunded: 0,
            currency: intent.currency.clone(),
            payment_intent: intent.id.clone(),
            payment_method: method.id.clone(),
            created,
            failure_code: decline.map(|decline| decline.code),
            account: intent.account,
            object: Arc::new(object(&id, intent, method, decline, created)),
            id,
        }
    }

    /// Takes a refund, which is no larger than what is left, off the charge.
    pub(crate) fn refunded_by(&mut self, refund: &Refund) {
        self.amount_refunded += refund.amount;
        let object = Arc::make_mut(&mut self.object);
        object["amount_refunded"] = self.amount_refunded.into();
        object["refunded"] = (self.amount_refunded == self.amount).into();
        if let Some(refunds) = object["refunds"]["data"].as_array_mut() {
            refunds.insert(0, refund.to_json());
        }
    }

    /// The object as Stripe's API shows it.
    pub(crate) fn to_json(&self) -> Value {
        Value::clone(&self.object)
    }
}

impl Stored for Charge {
    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> AccountId {
        self.account
    }
}

fn object(id: &str, intent: &PaymentIntent, method: &PaymentMethod, decline: Option<&Decline>, created: u64) -> Value {
    let paid = decline.is_none();
    json!({
        "id": id,
        "object": "charge",
        "amount": intent.amount,
        "amount_captured": if paid { intent.amount } else { 0 },
        "amount_refunded": 0,
        "application": null,
        "application_fee": null,
        "application_fee_amount": null,
        "balance_transaction": paid.then(|| ids::object("txn")),
        "billing_details": method.details.billing,
        "calculated_statement_descriptor": intent.calculated_statement_descriptor(),
        "captured": paid,
        "created": created,
        "currency": intent.currency,
        "customer": null,
        "description": intent.description,
        "disputed": false,
        "failure_balance_transaction": null,
        "failure_code": decline.map(|decline| decline.code),
        "failure_message": decline.map(|decline| decline.message),
        "fraud_details": {},
        "livemode": false,
        "metadata": intent.metadata,
        "on_behalf_of": null,
        "outcome": outcome(decline),
        "paid": paid,
        "payment_intent": intent.id,
        "payment_method": method.id,
        "payment_method_details": { "card": card(intent, method, paid), "type": "card" },
        "radar_options": {},
        "receipt_email": intent.receipt_email,
        "receipt_number": null,
        "receipt_url": paid.then(|| format!("https://pay.stripe.com/receipts/payment/{}", ids::random(48))),
        "refunded": false,
        "refunds": { "data": [], "has_more": false, "object": "list", "url": format!("/v1/charges/{id}/refunds") },
        "review": null,
        "shipping": null,
        "source": null,
        "source_transfer": null,
        "statement_descriptor": null,
        "statement_descriptor_suffix": intent.statement_descriptor_suffix,
        "status": if paid { "succeeded" } else { "failed" },
        "transfer_data": null,
        "transfer_group": null,
    })
}

fn outcome(decline: Option<&Decline>) -> Value {
    let Some(decline) = decline else {
        return json!({
            "advice_code": null,
            "network_advice_code": null,
            "network_decline_code": null,
            "network_status": "approved_by_network",
            "reason": null,
            "risk_level": "normal",
            "risk_score": 21,
            "seller_message": "Payment complete.",
            "type": "authorized",
        });
    };
    let blocked = decline.network_decline_code.is_none();
    json!({
        "advice_code": decline.advice_code,
        "network_advice_code": null,
        "network_decline_code": decline.network_decline_code,
        "network_status": if blocked { "not_sent_to_network" } else { "declined_by_network" },
        "reason": if blocked { "highest_risk_level" } else { decline.decline_code.unwrap_or(decline.code) },
        "risk_level": if blocked { "highest" } else { "normal" },
        "risk_score": if blocked { 92 } else { 21 },
        "seller_message": if blocked {
            "Stripe blocked this payment as too risky."
        } else {
            "The bank did not return any further details with this decline."
        },
        "type": if blocked { "blocked" } else { "issuer_declined" },
    })
}

/// `payment_method_details.card`
fn card(intent: &PaymentIntent, method: &PaymentMethod, paid: bool) -> Value {
    let card = method.card;
    json!({
        "amount_authorized": paid.then_some(intent.amount),
        "authorization_code": paid.then(|| ids::random(6)),
        "brand": card.brand,
        "checks": method.checks(),
        "country": card.country,
        "exp_month": method.details.exp_month,
        "exp_year": method.details.exp_year,
        "extended_authorization": { "status": "disabled" },
        "fingerprint": card.fingerprint(),
        "funding": card.funding,
        "incremental_authorization": { "status": "unavailable" },
        "installments": null,
        "last4": method.last4,
        "mandate": null,
        "multicapture": { "status": "unavailable" },
        "network": card.brand,
        "network_token": { "used": false },
        "network_transaction_id": paid.then(|| ids::random(15)),
        "overcapture": { "maximum_amount_capturable": intent.amount, "status": "unavailable" },
        "regulated_status": "unregulated",
        "three_d_secure": intent.is_authenticated(method).then(three_d_secure),
        "transaction_link_id": null,
        "wallet": null,
    })
}

/// What the bank said of a shopper who completed its challenge.
fn three_d_secure() -> Value {
    json!({
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": null,
        "result": "authenticated",
        "result_reason": null,
        "transaction_id": ids::uuid(),
        "version": "2.2.0",
    })
}
