//! Compiles the shop's price list into the function, so that an invalid one fails the build and not a payment.

#[path = "build/price_list.rs"]
mod price_list;

use std::{env, error::Error, fs, path::Path};

const CATALOG: &str = "../../static-site/catalog.json";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={CATALOG}");
    println!("cargo::rerun-if-changed=build/price_list.rs");
    let source = fs::read_to_string(CATALOG).map_err(|e| format!("static-site/catalog.json: {e}"))?;
    let list = price_list::PriceList::parse(&source).map_err(|e| format!("static-site/catalog.json: {e}"))?;
    let out = Path::new(&env::var("OUT_DIR")?).join("price_list.rs");
    fs::write(out, list.to_rust())?;
    Ok(())
}
