//! A tab of a shopper's browser: it behaves as the page does (`static-site/app/payment.js` and `checkout.js`). `attempt` is what it
//! sends, `challenge` what a shopper does in the bank's dialog.

use crate::book::Press;
use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::request::Request;
use crate::shop::Shop;
use crate::slot::{Browser, Stored};
use crate::stripe;
use crate::weather::Kind;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// The shopper's patience with a shop.
const DEEDS: u16 = 7;
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Idle,
    /// A card's bank wants to see the shopper.
    Action,
    Declined,
    NotAttempted,
    Unknown,
    Paid,
}

/// What a shopper does next.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Press,
    OtherCart,
    Resume,
    Leave,
    Canceled,
    Neighbour,
    WalkAway,
}

pub(crate) struct Tab {
    pub(crate) shop: Arc<Shop>,
    pub(crate) browser: Arc<Browser>,
    pub(crate) shopper: u32,
    pub(crate) tab: u16,
    pub(crate) sends: u16,
    pub(crate) challenges: u16,
    tries: u16,
    /// The writing of the slot that this tab knows.
    pub(crate) seen: u64,
    pub(crate) cart: Cart,
    pub(crate) state: State,
}

impl Tab {
    pub(crate) fn new(shop: Arc<Shop>, browser: Arc<Browser>, shopper: u32, tab: u16, cart: Cart) -> Self {
        Self { shop, browser, shopper, tab, sends: 0, challenges: 0, tries: 0, seen: 0, cart, state: State::Idle }
    }

    /// Shops until it is paid, or patience ends.
    pub(crate) async fn shop(mut self) {
        self.configured().await;
        self.adopt();
        for n in 0..DEEDS {
            let mut dice = Dice::of(self.shop.seed, About::Deed(self.shopper, self.tab, n));
            tokio::time::sleep(dice.millis(0..25)).await;
            let deed = match self.state {
                State::Paid => return,
                State::Idle => Deed::Press,
                _ if self.shop.calm => return,
                State::Declined => *dice.among(&[
                    (58, Deed::Press),
                    (20, Deed::OtherCart),
                    (8, Deed::Leave),
                    (8, Deed::Canceled),
                    (4, Deed::Neighbour),
                    (6, Deed::WalkAway),
                ]),
                // Only a page that knows nothing of authentication would take another card here.
                State::Action => *dice.among(&[(64, Deed::Resume), (18, Deed::Leave), (10, Deed::WalkAway), (8, Deed::Press)]),
                State::NotAttempted => *dice.among(&[(75, Deed::Press), (15, Deed::OtherCart), (10, Deed::WalkAway)]),
                State::Unknown => *dice.among(&[(62, Deed::Resume), (26, Deed::Leave), (12, Deed::WalkAway)]),
            };
            match deed {
                Deed::Press => self.press(&mut dice).await,
                Deed::OtherCart => {
                    self.cart = self.shop.catalog.cart(&mut dice);
                    self.press(&mut dice).await;
                }
                Deed::Resume => self.resume().await,
                Deed::Leave => self.leave().await,
                Deed::Canceled => {
                    self.shop.cancel_from_outside(self.browser.look().checkout).await;
                    self.press(&mut dice).await;
                }
                Deed::Neighbour => {
                    // A PaymentIntent of another checkout, by error or by malice. No card of ours may pay it.
                    if let Some(stored) = self.browser.look().checkout {
                        let neighbour = self.shop.neighbour(&self.cart, &mut dice).await;
                        self.seen = self.browser.write(Some(Stored { payment_intent: neighbour, ..stored }), false);
                        self.press(&mut dice).await;
                    }
                }
                Deed::WalkAway => return,
            }
        }
    }

    /// `GET /api/config`, as the page calls it while it loads.
    async fn configured(&mut self) {
        let weather = self.weather(Kind::Config).0;
        self.shop.config(weather).await;
    }

    /// Takes over what the slot says.
    fn adopt(&mut self) {
        let slot = self.browser.look();
        self.seen = slot.written;
        self.state = match slot.checkout {
            Some(Stored { attempt: Some(_), action: true, .. }) => State::Action,
            Some(Stored { attempt: Some(_), .. }) => State::Unknown,
            Some(Stored { declined: true, .. }) => State::Declined,
            None if slot.paid => State::Paid,
            _ => State::Idle,
        };
    }

    /// The lock, if this tab may go on: no other one holds it, or has written to the slot since this one last looked.
    /// Else this tab takes over what the other one came to.
    async fn lock(&mut self) -> Option<OwnedMutexGuard<()>> {
        let lock = self.browser.lock.clone();
        let held = lock.clone().try_lock_owned().ok();
        if held.is_none() {
            drop(lock.lock().await);
        }
        if held.is_some() && self.browser.look().written == self.seen {
            return held;
        }
        self.adopt();
        None
    }

    async fn press(&mut self, dice: &mut Dice) {
        let browser = self.browser.clone();
        let Some(_lock) = self.lock().await else { return };
        if !self.shop.calm && dice.chance(0.03) {
            // The price was raised since the page was loaded.
            self.cart.shown -= 100;
        }
        let mut stored = browser.look().checkout;
        // A page that forgets to leave its checkout first: prices or items change between two sends.
        let careless = dice.chance(0.5);
        if stored.as_ref().is_some_and(|stored| stored.must_be_left_for(&self.cart)) && !careless {
            self.close().await;
            stored = browser.look().checkout;
            if stored.is_some() || self.state == State::Paid {
                return;
            }
        }
        let card = if self.shop.calm { *dice.among(&stripe::PAYS) } else { stripe::card(dice, self.tries) };
        self.tries += 1;
        let Ok(token) = self.shop.stripe.tokenize(&self.shop.publishable_key, card.0).await else { return };
        let stored = match stored {
            Some(open) => Stored { cart: self.cart.clone(), ..open },
            None => self.mint(dice),
        };
        let confirms = stored.payment_intent.clone().filter(|_| !careless);
        let email = format!("canary-{}@example.com", self.shopper);
        let request = Request::payment(&self.shop.publishable_key, &self.cart, &token, &email, confirms);
        self.shop.book.on(&stored.id, |page| page.presses.push(Press { card: token.clone(), cart: self.cart.clone() }));
        self.shop
            .book
            .step(&stored.id, format!("tab {}: Pay {} {}, with {}", self.tab, self.cart.shown, self.cart.currency, card.1));
        self.settle(stored, request).await;
    }

    /// Sends the outstanding request again, the very same bytes.
    async fn resume(&mut self) {
        let browser = self.browser.clone();
        let Some(_lock) = self.lock().await else { return };
        match browser.look().checkout {
            Some(stored) => match stored.attempt.clone() {
                Some(request) => self.settle(stored, request).await,
                None => self.adopt(),
            },
            None => self.adopt(),
        }
    }

    /// Closes the checkout, so that nothing of it can be charged any more.
    async fn leave(&mut self) {
        if let Some(_lock) = self.lock().await {
            self.close().await;
        }
    }
}
