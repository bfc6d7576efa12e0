//! What shoppers put into their carts: items of the shop's own catalogue.

use crate::dice::Dice;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CATALOG: &str = include_str!("../../../static-site/catalog.json");

/// The shop's price list.
#[derive(Debug, Deserialize)]
pub(crate) struct Catalog {
    items: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    sku: String,
    prices: BTreeMap<String, u64>,
    max_quantity: u64,
}

/// A cart, and the total that its page shows for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cart {
    items: BTreeMap<String, u64>,
    pub(crate) currency: &'static str,
    /// On the button, in minor units. Behind the times, it is not what the server asks.
    pub(crate) shown: u64,
}

impl Catalog {
    pub(crate) fn read() -> serde_json::Result<Self> {
        serde_json::from_str(CATALOG)
    }

    /// One to three different items.
    pub(crate) fn cart(&self, dice: &mut Dice) -> Cart {
        let currency = if dice.chance(0.7) { "usd" } else { "cad" };
        let mut items = BTreeMap::new();
        for _ in 0..dice.number(1..4) {
            let place = usize::try_from(dice.number(0..self.items.len() as u64)).unwrap_or_default();
            let listed = &self.items[place];
            items.insert(listed.sku.clone(), dice.number(1..listed.max_quantity.min(3) + 1));
        }
        let shown = items.iter().map(|(sku, quantity)| self.price(sku, currency) * quantity).sum();
        Cart { items, currency, shown }
    }

    fn price(&self, sku: &str, currency: &str) -> u64 {
        self.items.iter().find(|listed| listed.sku == sku).map_or(0, |listed| listed.prices[currency])
    }
}

impl Cart {
    /// As the page has it: `{items, currency, total}`.
    pub(crate) fn order(&self) -> Value {
        json!({ "items": self.items(), "currency": self.currency, "total": self.shown })
    }

    /// The same for a dollar more.
    pub(crate) fn dearer(&self) -> Self {
        Self { shown: self.shown + 100, ..self.clone() }
    }

    /// As the request has it: `[{sku, quantity}]`, in the order of the skus.
    pub(crate) fn items(&self) -> Value {
        self.items.iter().map(|(sku, quantity)| json!({ "sku": sku, "quantity": quantity })).collect()
    }

    /// As the function writes it on the PaymentIntent: `sku:quantity,…`.
    pub(crate) fn words(&self) -> String {
        self.items.iter().map(|(sku, quantity)| format!("{sku}:{quantity}")).collect::<Vec<_>>().join(",")
    }
}
