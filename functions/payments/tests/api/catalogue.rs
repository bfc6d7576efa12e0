//! An invalid catalogue fails the build: what the build script checks, checked here.

#[path = "../../build/price_list.rs"]
mod price_list;

use price_list::PriceList;
use serde_json::{Value, json};

fn catalogue() -> Value {
    serde_json::from_str(include_str!("../../../../static-site/catalog.json")).unwrap()
}

#[test]
fn the_shops_own_catalogue_is_valid() {
    let list = PriceList::parse(&catalogue().to_string()).map_err(|error| panic!("{error}")).unwrap();
    let rust = list.to_rust();
    assert!(rust.contains(r#"sku: "star-map""#) && rust.contains("(Currency::Usd, 1099)"), "{rust}");
}

#[test]
fn every_fault_is_named_with_its_item_and_field() {
    for (pointer, value, error) in [
        ("/items", json!([]), "items: the shop sells nothing"),
        ("/items/0/sku", json!("Star Map"), "items[0].sku"),
        ("/items/0/sku", json!(""), "items[0].sku"),
        ("/items/0/sku", json!("x".repeat(33)), "items[0].sku"),
        ("/items/1/sku", json!("star-map"), "items[1].sku: stands in the list twice"),
        ("/items/0/name", json!({ "en": "Star map" }), "items[0].name"),
        ("/items/0/name/fr", json!(" "), "items[0].name"),
        ("/items/0/description/de", json!("Sternkarte"), "items[0].description"),
        ("/items/0/image", json!("https://elsewhere.example/a.svg"), "items[0].image"),
        ("/items/0/image", json!("../secret.svg"), "items[0].image"),
        ("/items/0/prices/usd", json!(49), "items[0].prices.usd"),
        ("/items/0/prices/usd", json!(100_000_000), "items[0].prices.usd"),
        ("/items/0/prices/usd", json!(10.99), "invalid type: floating point"),
        ("/items/0/prices/usd", json!(-1), "invalid value"),
        ("/items/0/prices/eur", json!(999), "items[0].prices"),
        ("/items/1/prices", json!({ "usd": 999 }), "items[1].prices"),
        ("/items/0/max_quantity", json!(0), "items[0].max_quantity"),
        ("/items/0/max_quantity", json!(100), "items[0].max_quantity"),
        ("/items/0/discount", json!(5), "unknown field"),
    ] {
        let mut catalogue = catalogue();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = catalogue.pointer_mut(parent).unwrap();
        match parent {
            Value::Object(fields) => _ = fields.insert(key.to_owned(), value),
            other => other[key.parse::<usize>().unwrap()] = value,
        }
        let found = PriceList::parse(&catalogue.to_string()).err().unwrap_or_else(|| panic!("{pointer} is accepted"));
        assert!(found.contains(error), "{pointer}: {found}");
    }
}
