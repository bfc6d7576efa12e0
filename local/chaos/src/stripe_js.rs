//! Stripe.js as a page calls it: it takes the card, and opens the bank's dialog.

use crate::dice::{About, Dice};
use crate::shop::Shop;
use crate::stripe;
use crate::tab::Tab;
use sandbox::Status;
use serde_json::json;
use std::cell::Cell;
use std::rc::Rc;

/// What a shopper does in the bank's dialog.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// With how it ends: `complete`, `fail` or `cancel`.
    Answer(&'static str),
    /// Takes more than an hour between the dialog and the page's next request.
    AnswerTooLate,
    /// "Check again", in the middle of it.
    CheckAgain,
    Leave,
    /// Loads the page again in the middle of it.
    Reload,
    /// Convinces the bank, and loads the page again before it can tell.
    AnswerAndReload,
}

const DEEDS: [(u32, Deed); 8] = [
    (52, Deed::Answer("complete")),
    (10, Deed::Answer("fail")),
    (8, Deed::Answer("cancel")),
    (3, Deed::AnswerTooLate),
    (5, Deed::CheckAgain),
    (4, Deed::Leave),
    (8, Deed::Reload),
    (10, Deed::AnswerAndReload),
];

impl Tab {
    /// Makes a PaymentMethod of the card that the shopper typed.
    pub(crate) async fn tokenize(self: Rc<Self>, page: u32, id: u32, key: String) {
        let shop = &self.browser.shop;
        let n = next(&self.cards);
        let mut dice = Dice::of(shop.seed, About::Card(self.browser.shopper, self.number, n));
        let card = if shop.calm { *dice.among(&stripe::PAYS) } else { stripe::card(&mut dice, n, self.stubborn) };
        let made = match shop.stripe.tokenize(&key, card.0).await {
            Ok(token) => {
                // Stripe's API knows no such PaymentMethod.
                let token = if !shop.calm && dice.chance(0.02) { format!("{token}x") } else { token };
                if let Some(press) = self.press_with(token.clone(), card.1) {
                    shop.book.pressed(press);
                }
                json!({ "id": token, "brand": "visa", "last4": card.0[12..] })
            }
            // The key was rolled since the page was loaded.
            Err(_) => json!({ "code": "stripe_refused" }),
        };
        self.browser.pages.resume(page, id, &made.to_string(), false);
    }

    /// The bank's dialog, in the middle of a payment.
    pub(crate) async fn challenge(self: Rc<Self>, page: u32, id: u32, key: String, client_secret: String) {
        let (shop, pages) = (&self.browser.shop, &self.browser.pages);
        let mut dice = Dice::of(shop.seed, About::Challenge(self.browser.shopper, self.number, next(&self.challenges)));
        let deed = if self.calm { Deed::Answer("complete") } else { *dice.among(&DEEDS) };
        tokio::time::sleep(dice.millis(2..60)).await;
        if !pages.waits(page, id) {
            return;
        }
        shop.counts.add(&format!("bank's dialog: {deed:?}"));
        self.step(&format!("in the bank's dialog: {deed:?}"));
        let asked = Asked { key, client_secret };
        match deed {
            Deed::Answer(result) => shop.answer_challenge(&asked, result).await,
            Deed::AnswerAndReload => shop.answer_challenge(&asked, "complete").await,
            Deed::AnswerTooLate => {
                shop.answer_challenge(&asked, "complete").await;
                shop.let_an_hour_go_by(&asked);
            }
            Deed::CheckAgain | Deed::Leave | Deed::Reload => {}
        }
        match deed {
            _ if self.page() != Some(page) => {}
            Deed::Reload | Deed::AnswerAndReload => self.close(),
            Deed::CheckAgain => self.act("check", &json!(null)),
            Deed::Leave => self.act("cancel", &json!(null)),
            Deed::Answer(_) | Deed::AnswerTooLate => pages.resume(page, id, "null", false),
        }
    }
}

fn next(counter: &Cell<u16>) -> u16 {
    counter.replace(counter.get() + 1)
}

/// What the dialog is opened with.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The publishable key.
    pub(crate) key: String,
    pub(crate) client_secret: String,
}

impl Asked {
    fn payment_intent(&self) -> &str {
        self.client_secret.split("_secret_").next().unwrap_or_default()
    }
}

impl Shop {
    /// Ends the bank's dialog. If it waits for nobody any more, nothing happens.
    pub(crate) async fn answer_challenge(&self, asked: &Asked, result: &str) {
        let Some(checkout) = self.checkout_of(asked) else { return };
        // Written down before it is done: whoever is told of it in the same moment is told the truth.
        let noted = (result != "complete").then(|| self.note_unauthenticated(&checkout, asked, Status::RequiresAction)).flatten();
        self.book.on(&checkout, |page| page.challenges.push(self.book.now()));
        let intent = asked.payment_intent();
        let ended = self.stripe.authenticate(&asked.key, intent, &asked.client_secret, result).await;
        let status = ended.unwrap_or_else(|error| error);
        self.book.step(&checkout, format!("    the bank's dialog ended ({result}): {intent} is {status}"));
        self.book.on(&checkout, |page| {
            page.challenges.push(self.book.now());
            if let Some(card) = noted.filter(|_| status != Status::RequiresPaymentMethod.as_str()) {
                page.unauthenticated.remove(&card);
            }
        });
    }

    /// Lets the hour go by in which the server may confirm what was authenticated.
    fn let_an_hour_go_by(&self, asked: &Asked) {
        let Some(checkout) = self.checkout_of(asked) else { return };
        self.note_unauthenticated(&checkout, asked, Status::RequiresConfirmation);
        self.book.on(&checkout, |page| page.challenges.push(self.book.now()));
        self.sandbox.expire_authentication(asked.payment_intent());
        self.book.step(&checkout, format!("    an hour goes by for {}", asked.payment_intent()));
    }

    fn checkout_of(&self, asked: &Asked) -> Option<String> {
        self.sandbox.look(|ledger| {
            let intent = ledger.intents.iter().find(|intent| intent.id == asked.payment_intent())?;
            intent.metadata.get("till_checkout").cloned()
        })
    }

    /// The card that is, or was, being authenticated will be refused for it.
    fn note_unauthenticated(&self, checkout: &str, asked: &Asked, during: Status) -> Option<String> {
        let card = self.sandbox.look(|ledger| {
            let intent = ledger.intents.iter().find(|intent| intent.id == asked.payment_intent())?;
            intent.payment_method.clone().filter(|_| intent.status == during)
        })?;
        self.book.on(checkout, |page| page.unauthenticated.insert(card.clone()));
        Some(card)
    }
}
