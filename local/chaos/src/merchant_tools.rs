//! What the merchant's own tools do at Stripe, and what the merchant does by hand in the Dashboard.

use crate::book::Glimpse;
use crate::dice::{About, Dice};
use crate::shop::Shop;
use sandbox::PaymentIntent;
use serde_json::Value;

impl Shop {
    /// Somebody at the merchant's cancels the PaymentIntent of an unpaid checkout by hand.
    pub(crate) async fn cancel_from_outside(&self, held: &Value) {
        let (Some(id), Some(payment_intent)) = (held["id"].as_str(), held["payment_intent"].as_str()) else { return };
        let path = format!("/v1/payment_intents/{payment_intent}/cancel");
        let canceled = self.stripe.post(&path, &self.sandbox.secret_key(), None, &[]).await.unwrap_or_default();
        self.counts.add("PaymentIntents canceled from outside");
        self.book.step(id, format!("canceled from outside: {payment_intent} is {}", canceled["status"]));
    }

    /// A tool of the merchant's makes a PaymentIntent of its own, with everything that the checkout's has in its metadata.
    pub(crate) async fn copy_metadata(&self, held: &Value) {
        if let Some(id) = held["id"].as_str() {
            self.copy_metadata_of(id).await;
        }
    }

    async fn copy_metadata_of(&self, checkout: &str) {
        let ledger = Glimpse::of(&self.sandbox, checkout);
        let Some(original) = ledger.intents.iter().find(|intent| !is_tombstone(intent)) else { return };
        let amount = original.amount.to_string();
        let names: Vec<_> = original.metadata.iter().map(|(name, value)| (format!("metadata[{name}]"), value)).collect();
        let mut form =
            vec![("amount", amount.as_str()), ("currency", original.currency.as_str()), ("payment_method_types[]", "card")];
        form.extend(names.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let made = self.stripe.post("/v1/payment_intents", &self.sandbox.secret_key(), None, &form).await.unwrap_or_default();
        let Some(copy) = made["id"].as_str() else { return };
        self.counts.add("PaymentIntents made with copied metadata");
        let status = original.status.as_str();
        self.book.step(checkout, format!("the merchant's tool copies the metadata of {} ({status}) onto {copy}", original.id));
        self.book.on(checkout, |page| page.copies.insert(copy.to_owned()));
    }

    /// Before a shopper comes: a refund of an earlier payment, whole or in part, or a copy of its metadata.
    pub(crate) async fn use_tools(&self, shopper: u32) {
        let mut dice = Dice::of(self.seed, About::Tools(shopper));
        let (refunds, copies) = (dice.chance(0.08), dice.chance(0.06));
        if self.calm || !(refunds || copies) {
            return;
        }
        let drawn = dice.number(0..u64::MAX);
        let paid = self.sandbox.look(|ledger| {
            let paid: Vec<_> = ledger.charges.iter().filter(|charge| charge.paid && charge.amount_refunded == 0).collect();
            let charge = paid.get(usize::try_from(drawn % paid.len().max(1) as u64).unwrap_or_default())?;
            let intent = ledger.intents.iter().find(|intent| intent.id == charge.payment_intent)?;
            Some((intent.metadata.get("till_checkout")?.clone(), intent.id.clone(), charge.amount))
        });
        let Some((checkout, intent, amount)) = paid else { return };
        if copies {
            self.copy_metadata_of(&checkout).await;
        }
        if refunds {
            let part = dice.chance(0.5).then_some(amount.unsigned_abs() / 2);
            let refunded = self.sandbox.refund(&intent, part).map_or_else(|error| error, |refund| refund.amount.to_string());
            self.counts.add("payments refunded");
            self.book.step(&checkout, format!("the merchant refunds {intent}: {refunded}"));
        }
    }
}

/// Whether an intent is what Till writes to close a checkout.
pub(crate) fn is_tombstone(intent: &PaymentIntent) -> bool {
    intent.metadata.contains_key("till_void")
}
