//! Who sends requests without a page: an old page, another program, somebody who has read the storage. It knows the API's
//! contract, and none of the page's rules.

use crate::book::Press;
use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::request::Request;
use crate::shop::{Shop, now_ms};
use crate::stripe::{self, Card};
use crate::tab::Tab;
use crate::weather::Weather;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

const HOUR: u64 = 3_600_000;
/// More than the function takes for a checkout.
const CARDS: u16 = 12;
/// Sends of the same bytes, at most.
const SENDS: u16 = 4;
const PAUSE: Duration = Duration::from_millis(120);
/// Its sends are drawn apart from those of a shopper's tabs.
const NUMBER: u16 = 100;

/// What is sent under the checkout of a page.
#[derive(Clone, Copy, Debug)]
enum Deed {
    OtherCart,
    OtherTotal,
    /// Another card, as if it were the first.
    OtherCard,
    /// The PaymentIntent is another checkout's.
    Neighbour,
    /// The checkout's own PaymentIntent, and a total that is not its.
    ConfirmOther,
    /// Stripe knows no such PaymentMethod.
    NoCard,
}

const DEEDS: [(u32, Deed); 6] = [
    (4, Deed::OtherCart),
    (3, Deed::OtherTotal),
    (3, Deed::OtherCard),
    (2, Deed::Neighbour),
    (2, Deed::ConfirmOther),
    (1, Deed::NoCard),
];

pub(crate) struct Client {
    shop: Arc<Shop>,
    shopper: u32,
    number: u16,
    sends: u16,
}

/// What is paid, and how.
struct Payment<'a> {
    cart: &'a Cart,
    card: Card,
    /// Stripe knows no such PaymentMethod.
    unknown: bool,
    /// The PaymentIntent that is confirmed; else one is made.
    confirms: Option<String>,
}

impl Client {
    /// Whether this shopper is one; what it does is drawn by these dice.
    pub(crate) fn drawn(shop: &Shop, shopper: u32) -> Option<Dice> {
        let mut dice = Dice::of(shop.seed, About::Client(shopper));
        (!shop.calm && dice.chance(0.06)).then_some(dice)
    }

    pub(crate) fn new(shop: Arc<Shop>, shopper: u32) -> Self {
        Self { shop, shopper, number: NUMBER, sends: 0 }
    }

    /// Who knows the checkout of a page.
    pub(crate) fn of_page(tab: &Tab) -> Self {
        let (shop, shopper) = (tab.browser.shop.clone(), tab.browser.shopper);
        let number = NUMBER + 1 + tab.number;
        Self { shop, shopper, number, sends: tab.sends.replace(tab.sends.get() + SENDS) }
    }

    /// Sends something under the checkout that a page holds.
    pub(crate) async fn meddle(mut self, held: &Value, cart: &Cart, dice: &mut Dice) {
        let (Some(checkout), deed) = (held["id"].as_str(), *dice.among(&DEEDS)) else { return };
        let cart = match deed {
            Deed::OtherCart => self.shop.catalog.cart(dice),
            Deed::OtherTotal | Deed::ConfirmOther => cart.dearer(),
            Deed::OtherCard | Deed::Neighbour | Deed::NoCard => cart.clone(),
        };
        let confirms = match deed {
            Deed::Neighbour => self.shop.neighbour(&cart, dice).await,
            Deed::ConfirmOther => held["payment_intent"].as_str().map(ToOwned::to_owned),
            _ => None,
        };
        let unknown = matches!(deed, Deed::NoCard);
        self.shop.counts.add(&format!("sent by no page: {deed:?}"));
        let payment = Payment { cart: &cart, card: stripe::card(dice, 1, false), unknown, confirms };
        self.pay(checkout, payment, true).await;
    }

    /// Shops with a checkout of its own, of any age, card after card if it is taken.
    pub(crate) async fn shop(mut self, cart: Cart, mut dice: Dice) {
        let now = now_ms();
        let minted = match dice.number(0..10) {
            0 => now + 290_000 + dice.number(0..HOUR),
            1 => now - 23 * HOUR + dice.number(0..1500),
            2 => now - 23 * HOUR - dice.number(1..60_000),
            3 => now - dice.number(24 * HOUR..30 * HOUR),
            4 => now - dice.number(0..23 * HOUR - 1500),
            _ => now,
        };
        let checkout = self.shop.book.open(self.shopper, minted, dice.bytes(), now);
        self.shop.counts.add("shoppers without a page");
        let stubborn = dice.chance(0.5);
        let mut intent = None;
        for n in 0..if stubborn { CARDS } else { 1 } {
            let confirms = intent.clone().filter(|_| dice.chance(0.8));
            let payment = Payment { cart: &cart, card: stripe::card(&mut dice, n, stubborn), unknown: false, confirms };
            let answer = self.pay(&checkout, payment, n > 0).await;
            if answer["outcome"] != "declined" {
                return;
            }
            intent = answer["payment_intent"].as_str().map(ToOwned::to_owned);
        }
    }

    /// Sends a payment until its outcome is known, or patience ends. Every send but a checkout's first is marked.
    async fn pay(&mut self, checkout: &str, payment: Payment<'_>, resend: bool) -> Value {
        let Payment { cart, card: (number, words), unknown, confirms } = payment;
        let key = self.shop.sandbox.publishable_key();
        let Ok(mut token) = self.shop.stripe.tokenize(&key, number).await else { return Value::Null };
        if unknown {
            token.push('x');
        }
        let request = Request::payment(&key, cart, &token, &format!("canary-{}@example.com", self.shopper), confirms);
        self.shop.book.pressed(Press { at: now_ms(), card: token, cart: cart.clone(), words });
        for n in 0..SENDS {
            let answer = self.send(checkout, &request, resend || n > 0).await;
            if !matches!(answer["outcome"].as_str(), None | Some("unknown")) {
                return answer;
            }
            tokio::time::sleep(PAUSE).await;
        }
        Value::Null
    }

    async fn send(&mut self, checkout: &str, request: &Request, resend: bool) -> Value {
        self.shop.book.leaves(checkout, request);
        let seed = self.shop.seed;
        let (mut dice, mut of_copy) =
            [About::Send, About::Copy].map(|about| Dice::of(seed, about(self.shopper, self.number, self.sends))).into();
        self.sends += 1;
        let weather = if dice.chance(0.5) { Weather::fair() } else { Weather::draw(&mut dice, request.kind) };
        let of_copy = Weather::of_copy(&mut of_copy, request.kind);
        let reply = self.shop.send(checkout, request, resend, weather, of_copy).await;
        reply.and_then(|reply| serde_json::from_str(&reply.body).ok()).unwrap_or_default()
    }
}
