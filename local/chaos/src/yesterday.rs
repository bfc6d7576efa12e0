//! Checkouts from yesterday: paid or declined then, the reply never seen, and Stripe's memory of the key gone since.
//!
//! The function cannot be taken back to yesterday, but Stripe's clock can: what the function sent then is sent here.

use crate::book::Press;
use crate::dice::{About, Dice};
use crate::left_behind::LeftBehind;
use crate::request::Request;
use crate::shop::{Shop, now_ms};
use crate::stripe;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

/// How long ago yesterday was: longer than Stripe keeps a key.
pub(crate) const AGO: Duration = Duration::from_hours(25);

/// Lets some of the shoppers have begun yesterday. Returns what their browsers have kept of it.
pub(crate) async fn was(shop: &Arc<Shop>, shoppers: &Range<u32>) -> Result<Vec<(u32, LeftBehind)>, String> {
    let mut left_open = Vec::new();
    for shopper in shoppers.clone() {
        let mut dice = Dice::of(shop.seed, About::Yesterday(shopper));
        if dice.chance(0.025) {
            left_open.push((shopper, checkout(shop, shopper, &mut dice).await?));
        }
    }
    Ok(left_open)
}

async fn checkout(shop: &Arc<Shop>, shopper: u32, dice: &mut Dice) -> Result<LeftBehind, String> {
    let now = now_ms();
    let minted = now - u64::try_from(AGO.as_millis()).unwrap_or_default();
    let id = shop.book.open(shopper, minted, dice.bytes(), now);
    let cart = shop.catalog.cart(dice);
    let publishable_key = shop.sandbox.publishable_key();
    let typed = stripe::card(dice, 0, false);
    let token = shop.stripe.tokenize(&publishable_key, typed.0).await?;
    let request = Request::payment(&publishable_key, &cart, &token, &format!("canary-{shopper}@example.com"), None);
    shop.book.pressed(Press { at: minted, card: token.clone(), cart: cart.clone(), words: typed.1 });
    shop.book.leaves(&id, &request);
    shop.book.on(&id, |page| page.sent_by_page = true);
    let (amount, words, description) = (cart.shown.to_string(), cart.words(), format!("Checkout {id}"));
    let form = [
        ("amount", amount.as_str()),
        ("currency", cart.currency),
        ("payment_method", &token),
        ("payment_method_types[]", "card"),
        ("confirm", "true"),
        ("error_on_requires_action", "true"),
        ("description", &description),
        ("metadata[till_checkout]", &id),
        ("metadata[till_items_1]", &words),
    ];
    if dice.chance(0.8) {
        let key = shop.sandbox.secret_key();
        let made = shop.stripe.post("/v1/payment_intents", &key, Some(&format!("till-{id}")), &form).await?;
        let status = made["status"].as_str().or(made["error"]["code"].as_str()).unwrap_or_default().to_owned();
        shop.book.step(&id, format!("yesterday: paid {amount} {}: {status}; the reply was lost", cart.currency));
    } else {
        shop.book.step(&id, "yesterday: the request was lost");
    }
    shop.counts.add("checkouts from yesterday");
    Ok(LeftBehind::unsent(&id, &publishable_key, &cart).sent(&request, minted))
}
