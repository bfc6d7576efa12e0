//! `PaymentMethods`: a card as the sandbox keeps it, and as Stripe shows it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use crate::cards::TestCard;
use crate::ids;
use crate::keys::AccountId;
use crate::table::Stored;

/// A card `PaymentMethod`. The number is not kept, only which test card it is.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentMethod {
    /// `pm_…`
    pub id: String,
    /// Unix seconds.
    pub created: u64,
    /// `visa`, `mastercard`, …
    pub brand: &'static str,
    /// The number's last four digits.
    pub last4: &'static str,
    /// The `PaymentIntent` that it was used with. It cannot be used with another.
    pub used_by: Option<String>,
    #[serde(skip)]
    pub(crate) account: AccountId,
    #[serde(skip)]
    pub(crate) card: &'static TestCard,
    #[serde(skip)]
    pub(crate) details: Details,
}

/// What the creator of a `PaymentMethod` said beside the number.
#[derive(Clone, Debug)]
pub(crate) struct Details {
    pub(crate) exp_month: i64,
    pub(crate) exp_year: i64,
    pub(crate) cvc_given: bool,
    /// `billing_details` as Stripe shows it.
    pub(crate) billing: Value,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) allow_redisplay: &'static str,
}

impl Details {
    /// Those of a `pm_card_…`: a date to come, and nothing else.
    pub(crate) fn of_a_test_card(exp_year: i64) -> Self {
        Self {
            exp_month: 12,
            exp_year,
            cvc_given: false,
            billing: no_billing_details(),
            metadata: BTreeMap::new(),
            allow_redisplay: "unspecified",
        }
    }
}

/// `billing_details` of which nothing was said.
pub(crate) fn no_billing_details() -> Value {
    json!({
        "address": { "city": null, "country": null, "line1": null, "line2": null, "postal_code": null, "state": null },
        "email": null,
        "name": null,
        "phone": null,
        "tax_id": null,
    })
}

impl PaymentMethod {
    pub(crate) fn new(account: AccountId, created: u64, card: &'static TestCard, details: Details) -> Self {
        let id = ids::object("pm");
        let (brand, last4) = (card.brand, card.last4());
        Self { id, created, brand, last4, used_by: None, account, card, details }
    }

    /// `address_line1_check`, `address_postal_code_check` and `cvc_check`.
    pub(crate) fn checks(&self) -> Value {
        let address = &self.details.billing["address"];
        let check = |given: bool| if given { json!("pass") } else { Value::Null };
        json!({
            "address_line1_check": check(address["line1"].is_string()),
            "address_postal_code_check": check(address["postal_code"].is_string()),
            "cvc_check": check(self.details.cvc_given),
        })
    }

    /// The object as Stripe's API shows it.
    pub(crate) fn to_json(&self) -> Value {
        let card = self.card;
        json!({
            "id": self.id,
            "object": "payment_method",
            "allow_redisplay": self.details.allow_redisplay,
            "billing_details": self.details.billing,
            "card": {
                "brand": card.brand,
                "checks": self.checks(),
                "country": card.country,
                "display_brand": card.brand,
                "exp_month": self.details.exp_month,
                "exp_year": self.details.exp_year,
                "fingerprint": card.fingerprint(),
                "funding": card.funding,
                "generated_from": null,
                "last4": self.last4,
                "networks": { "available": [card.brand], "preferred": null },
                "regulated_status": "unregulated",
                "three_d_secure_usage": { "supported": true },
                "wallet": null,
            },
            "created": self.created,
            "customer": null,
            "customer_account": null,
            "livemode": false,
            "metadata": self.details.metadata,
            "type": "card",
        })
    }
}

impl Stored for PaymentMethod {
    fn id(&self) -> &str {
        &self.id
    }

    fn account(&self) -> AccountId {
        self.account
    }
}
