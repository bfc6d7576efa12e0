//! A tab of a shopper's browser: it behaves as the page does (`static-site/app/payment.js` and `checkout.js`). `attempt` is what it
//! sends, `challenge` what a shopper does in the bank's dialog.

use crate::book::Press;
use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::request::Request;
use crate::shop::{Shop, now_ms};
use crate::slot::{Browser, Stored};
use crate::stripe;
use std::sync::Arc;
use tokio::sync::OwnedMutexGuard;

/// The shopper's patience with a shop.
const DEEDS: u16 = 7;
/// Of one who tries card after card.
const STUBBORN_DEEDS: u16 = 24;
/// As in the function: a checkout takes no more cards.
const MAX_CARDS: u32 = 8;
const LIFETIME_MS: u64 = 23 * 3_600_000;

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
    /// "Check again": a press.
    Resume,
    /// The page comes back into view, or the network comes back: it asks by itself.
    Settle,
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
    /// Whether its shopper tries card after card, all refused.
    pub(crate) stubborn: bool,
    /// The writing of the slot that this tab knows.
    pub(crate) seen: u64,
    pub(crate) cart: Cart,
    pub(crate) state: State,
    /// The key that the page was loaded with.
    pub(crate) publishable_key: String,
    /// The checkout that was paid on this page.
    pub(crate) paid_here: Option<String>,
    /// It is being loaded again.
    pub(crate) reloads: bool,
}

impl Tab {
    pub(crate) fn new(shop: Arc<Shop>, browser: Arc<Browser>, shopper: u32, tab: u16, cart: Cart) -> Self {
        let stubborn = !shop.calm && Dice::of(shop.seed, About::Stubborn(shopper)).chance(0.05);
        let publishable_key = shop.sandbox.publishable_key();
        Self {
            shop,
            browser,
            shopper,
            tab,
            sends: 0,
            challenges: 0,
            tries: 0,
            stubborn,
            seen: 0,
            cart,
            state: State::Idle,
            publishable_key,
            paid_here: None,
            reloads: false,
        }
    }

    /// Shops until it is paid, or patience ends. Then the page is closed.
    pub(crate) async fn shop(mut self) {
        self.open().await;
        self.go_shopping().await;
        self.shop.book.forget(&self.browser.close_page(self.tab));
    }

    async fn go_shopping(&mut self) {
        for n in 0..if self.stubborn { STUBBORN_DEEDS } else { DEEDS } {
            let mut dice = Dice::of(self.shop.seed, About::Deed(self.shopper, self.tab, n));
            tokio::time::sleep(dice.millis(0..25)).await;
            if self.reloads {
                self.open().await;
            }
            if !self.shop.calm && dice.chance(0.02) {
                self.shop.copy_metadata(self.held()).await;
            }
            let deed = match self.state {
                State::Paid => return,
                State::Idle => Deed::Press,
                _ if self.shop.calm => return,
                State::Unknown if self.stubborn => Deed::Resume,
                _ if self.stubborn => Deed::Press,
                State::Declined => *dice.among(&[
                    (58, Deed::Press),
                    (20, Deed::OtherCart),
                    (8, Deed::Leave),
                    (8, Deed::Canceled),
                    (4, Deed::Neighbour),
                    (6, Deed::WalkAway),
                ]),
                // Only a page that knows nothing of authentication would take another card here.
                State::Action => *dice.among(&[
                    (56, Deed::Resume),
                    (8, Deed::Settle),
                    (18, Deed::Leave),
                    (10, Deed::WalkAway),
                    (8, Deed::Press),
                ]),
                State::NotAttempted => *dice.among(&[(75, Deed::Press), (15, Deed::OtherCart), (10, Deed::WalkAway)]),
                State::Unknown => *dice.among(&[(47, Deed::Resume), (15, Deed::Settle), (26, Deed::Leave), (12, Deed::WalkAway)]),
            };
            match deed {
                Deed::Press => self.press(&mut dice).await,
                Deed::OtherCart => {
                    self.cart = self.shop.catalog.cart(&mut dice);
                    self.press(&mut dice).await;
                }
                Deed::Resume => self.send_again(false).await,
                Deed::Settle => self.send_again(true).await,
                Deed::Leave => self.leave().await,
                Deed::Canceled => {
                    self.shop.cancel_from_outside(self.held()).await;
                    self.press(&mut dice).await;
                }
                Deed::Neighbour => {
                    // A PaymentIntent of another checkout, by error or by malice. No card of ours may pay it.
                    if let Some(stored) = self.held() {
                        let neighbour = self.shop.neighbour(&self.cart, &mut dice).await;
                        self.seen = self.browser.keep(self.tab, Stored { payment_intent: neighbour, ..stored });
                        self.press(&mut dice).await;
                    }
                }
                Deed::WalkAway => return,
            }
        }
    }

    /// The checkout in the page's memory.
    pub(crate) fn held(&self) -> Option<Stored> {
        self.browser.memory(self.tab)
    }

    /// Takes over what the slot says.
    pub(crate) fn adopt(&mut self) {
        let slot = self.browser.restore(self.tab, self.paid_here.as_deref());
        self.seen = slot.written;
        self.state = match self.held() {
            Some(Stored { attempt: Some(_), action: true, .. }) => State::Action,
            Some(Stored { attempt: Some(_), .. }) => State::Unknown,
            Some(Stored { declined: true, .. }) => State::Declined,
            None if slot.paid.is_some() => State::Paid,
            _ if self.state == State::Paid => State::Paid,
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
        let Some(_lock) = self.lock().await else { return };
        if !self.shop.calm && dice.chance(0.03) {
            // The price was raised since the page was loaded.
            self.cart.shown -= 100;
        }
        // A page that forgets to leave its checkout first: prices or items change between two sends.
        let careless = dice.chance(0.5);
        if !careless && !self.make_room().await {
            return;
        }
        let card = if self.shop.calm { *dice.among(&stripe::PAYS) } else { stripe::card(dice, self.tries, self.stubborn) };
        self.tries += 1;
        let Ok(token) = self.shop.stripe.tokenize(&self.publishable_key, card.0).await else {
            // The key was rolled since the page was loaded.
            self.reload();
            return;
        };
        // Stripe knows no such PaymentMethod: a page that sends a wrong one.
        let token = if !self.shop.calm && dice.chance(0.02) { format!("{token}x") } else { token };
        let stored = match self.held() {
            Some(open) => Stored { cart: self.cart.clone(), ..open },
            None => self.mint(dice),
        };
        let stored = Stored { cards: stored.cards + 1, ..stored };
        let confirms = stored.payment_intent.clone().filter(|_| !careless);
        let email = format!("canary-{}@example.com", self.shopper);
        let request = Request::payment(&self.publishable_key, &self.cart, &token, &email, confirms);
        let press = Press { at: now_ms(), card: token.clone(), cart: self.cart.clone() };
        self.shop.book.on(&stored.id, |page| page.presses.push(press));
        self.shop
            .book
            .step(&stored.id, format!("tab {}: Pay {} {}, with {}", self.tab, self.cart.shown, self.cart.currency, card.1));
        self.settle(stored, request).await;
    }

    /// Whether this is an old page that knows of no limit of cards: one in two of those who try card after card have it.
    fn ignores_limit(&self) -> bool {
        self.stubborn && self.shopper.is_multiple_of(2)
    }

    /// Leaves an earlier checkout that cannot take this cart or another card. Whether the press goes on.
    async fn make_room(&mut self) -> bool {
        let Some(stored) = self.held() else { return true };
        if is_expired(&stored.id) {
            // No request of it is open: it can charge nothing.
            self.seen = self.browser.close(self.tab, &stored.id);
        } else if stored.must_be_left_for(&self.cart) || (stored.cards >= MAX_CARDS && !self.ignores_limit()) {
            self.close().await;
            return self.held().is_none() && self.state != State::Paid && !self.reloads;
        }
        true
    }

    /// Sends the outstanding request again, the very same bytes; or asks about it, where nobody pressed or it is too old.
    pub(crate) async fn send_again(&mut self, settle: bool) {
        if !matches!(self.state, State::Action | State::Unknown) {
            return;
        }
        let Some(_lock) = self.lock().await else { return };
        let Some(stored) = self.held() else { return self.adopt() };
        let Some(request) = stored.attempt.clone() else { return self.adopt() };
        let request = if settle || is_expired(&stored.id) { request.settling() } else { request };
        self.settle(stored, request).await;
    }

    /// Closes the checkout, so that nothing of it can be charged any more.
    async fn leave(&mut self) {
        if let Some(_lock) = self.lock().await {
            self.close().await;
        }
    }
}

/// Whether the function takes no card for it any more.
fn is_expired(id: &str) -> bool {
    let minted = uuid::Uuid::parse_str(id).ok().and_then(|id| u64::try_from(id.as_u128() >> 80).ok());
    minted.is_some_and(|minted| now_ms() > minted + LIFETIME_MS)
}
