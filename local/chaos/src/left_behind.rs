//! What an earlier visit left in a browser's storage, as the page wrote it (`static-site/app/stored.js`).

use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::request::Request;
use crate::shop::{Shop, now_ms};
use serde_json::{Value, json};

const HOUR: u64 = 3_600_000;

/// A stored checkout, and the cart that the page shows for it.
#[derive(Clone, Debug)]
pub(crate) struct LeftBehind {
    pub(crate) checkout: Value,
    pub(crate) cart: Cart,
}

impl LeftBehind {
    /// A checkout of which nothing was sent.
    pub(crate) fn unsent(id: &str, publishable_key: &str, cart: &Cart) -> Self {
        let checkout = json!({
            "v": 1,
            "id": id,
            "publishable_key": publishable_key,
            "livemode": true,
            "sent": false,
            "cart": cart.order(),
            "cards": [],
        });
        Self { checkout, cart: cart.clone() }
    }

    /// Its request was sent, and not answered.
    pub(crate) fn sent(mut self, request: &Request, at: u64) -> Self {
        self.checkout["sent"] = json!(true);
        self.checkout["cards"] = json!([{ "id": request.card, "brand": "visa", "last4": "4242" }]);
        self.checkout["attempt"] = json!({ "path": request.path, "body": request.body, "at": at });
        self
    }
}

/// One shopper in four has a checkout that an earlier visit began, or that a server began whose clock is wrong.
pub(crate) fn unsent(shop: &Shop, shopper: u32, cart: &Cart) -> Option<LeftBehind> {
    if shop.calm {
        return None;
    }
    let mut dice = Dice::of(shop.seed, About::LeftBehind(shopper));
    let now = now_ms();
    let minted = match dice.number(0..1000) {
        0..150 => now + 240_000 - dice.number(0..480_000),
        150..240 => now - dice.number(0..23 * HOUR - 1500),
        240..255 => now - 23 * HOUR + dice.number(0..1500),
        255..263 => now - 23 * HOUR - dice.number(1..60_000),
        263..270 => now - dice.number(24 * HOUR..30 * HOUR),
        270..280 => now + dice.number(300_000..HOUR),
        _ => return None,
    };
    let id = shop.book.open(shopper, minted, dice.bytes(), now);
    Some(LeftBehind::unsent(&id, &shop.sandbox.publishable_key(), cart))
}
