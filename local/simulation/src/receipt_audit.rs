//! Whether a receipt that a page shows is the ledger's.

use crate::audit::Audit;
use sandbox::{PaymentIntent, Status};
use serde_json::Value;

impl Audit {
    /// Whether a receipt says what the ledger does: what was paid, with which card, and for which items.
    pub(crate) fn is_receipt(&self, receipt: &Value) -> bool {
        self.sandbox.look(|ledger| {
            let is_its = |intent: &&PaymentIntent| receipt["payment_intent"] == intent.id.as_str();
            let Some(intent) = ledger.intents.iter().find(is_its) else { return false };
            let charge = ledger.charges.iter().find(|charge| charge.paid && charge.payment_intent == intent.id);
            let last4 = ledger.payment_methods.iter().find(|card| charge.is_some_and(|charge| charge.payment_method == card.id));
            intent.status == Status::Succeeded
                && receipt["amount"] == intent.amount
                && receipt["currency"] == intent.currency.as_str()
                && words(&receipt["items"]) == items_of(intent)
                && (receipt["card"].is_null() || last4.is_some_and(|card| receipt["card"]["last4"] == card.last4))
        })
    }
}

/// `[{sku, quantity}]` as the metadata say it.
pub(crate) fn words(items: &Value) -> String {
    let word = |item: &Value| format!("{}:{}", item["sku"].as_str().unwrap_or_default(), item["quantity"]);
    items.as_array().map(|items| items.iter().map(word).collect::<Vec<_>>().join(",")).unwrap_or_default()
}

/// What a PaymentIntent was made for.
pub(crate) fn items_of(intent: &PaymentIntent) -> String {
    let items = |number: usize| intent.metadata.get(&format!("till_items_{number}")).cloned();
    (1..).map_while(items).collect::<Vec<_>>().join(",")
}
