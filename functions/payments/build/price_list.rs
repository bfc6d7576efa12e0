//! `static-site/catalog.json`, checked and turned into Rust constants. Shared by the build script and its tests.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const LANGUAGES: [&str; 4] = ["en", "fr", "es", "zh"];
const CURRENCIES: [&str; 2] = ["usd", "cad"];
/// Stripe's minimum charge in USD and in CAD is 0.50; a price below it could not be paid by itself.
const PRICES: std::ops::RangeInclusive<u64> = 50..=99_999_999;
const QUANTITIES: std::ops::RangeInclusive<u64> = 1..=99;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PriceList {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    sku: String,
    name: BTreeMap<String, String>,
    description: BTreeMap<String, String>,
    image: String,
    prices: BTreeMap<String, u64>,
    max_quantity: u64,
}

impl PriceList {
    /// Reads and checks a catalogue; the error names the item and the field.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let list: Self = serde_json::from_str(source).map_err(|e| e.to_string())?;
        let first = list.items.first().ok_or("items: the shop sells nothing")?;
        let mut skus = BTreeSet::new();
        for (index, item) in list.items.iter().enumerate() {
            let fail = |field: &str, why: &str| Err(format!("items[{index}].{field}: {why}"));
            if !is_sku(&item.sku) {
                return fail("sku", "1 to 32 of a-z, 0-9 and -");
            }
            if !skus.insert(&item.sku) {
                return fail("sku", "stands in the list twice");
            }
            for (field, words) in [("name", &item.name), ("description", &item.description)] {
                if !words.keys().map(String::as_str).eq(sorted(LANGUAGES)) || words.values().any(|w| w.trim().is_empty()) {
                    return fail(field, "wants words in each of en, fr, es and zh");
                }
            }
            if item.image.is_empty() || item.image.contains("..") || item.image.contains(':') {
                return fail("image", "a file of static-site, by its relative path");
            }
            if let Some(code) = item.prices.keys().find(|code| !CURRENCIES.contains(&code.as_str())) {
                return fail("prices", &format!("{code}: only usd and cad are sold in"));
            }
            if item.prices.is_empty() || !item.prices.keys().eq(first.prices.keys()) {
                return fail("prices", "every item is priced in the same currencies");
            }
            if let Some(code) = item.prices.iter().find(|(_, price)| !PRICES.contains(price)).map(|(code, _)| code) {
                return fail(&format!("prices.{code}"), "minor units, from 50 to 99999999");
            }
            if !QUANTITIES.contains(&item.max_quantity) {
                return fail("max_quantity", "from 1 to 99");
            }
        }
        Ok(list)
    }

    /// The constants that `src/catalog.rs` includes.
    pub(crate) fn to_rust(&self) -> String {
        let offered = |code: &str| self.items.iter().all(|item| item.prices.contains_key(code));
        let mut rust = String::from("/// The currencies that every item is priced in.\npub const CURRENCIES: &[Currency] = &[");
        for code in CURRENCIES.into_iter().filter(|code| offered(code)) {
            let _ = write!(rust, "{}, ", variant(code));
        }
        rust.push_str("];\n/// The prices of the catalogue.\npub const PRICE_LIST: &[Listed] = &[\n");
        for Item { sku, prices, max_quantity, .. } in &self.items {
            let _ = write!(rust, "    Listed {{ sku: {sku:?}, max_quantity: {max_quantity}, prices: &[");
            for (code, price) in prices {
                let _ = write!(rust, "({}, {price}), ", variant(code));
            }
            rust.push_str("] },\n");
        }
        rust.push_str("];\n");
        rust
    }
}

fn is_sku(sku: &str) -> bool {
    (1..=32).contains(&sku.len()) && sku.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn variant(code: &str) -> &'static str {
    if code == "usd" { "Currency::Usd" } else { "Currency::Cad" }
}

fn sorted<const N: usize>(mut words: [&'static str; N]) -> [&'static str; N] {
    words.sort_unstable();
    words
}
