//! A tab of a shopper's browser: it behaves as the page does (`static-site/app/payment.js`, `checkout.js`).

use crate::audit::{PageAnswer, as_page_reads};
use crate::book::{Press, Request};
use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::shop::{Shop, now_ms};
use crate::slot::{Browser, Stored};
use crate::stripe;
use crate::weather::{Kind, Weather};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;

const RESENDS: u32 = 4;
/// The page's first pause, scaled: a second becomes sixty milliseconds.
const PAUSE: Duration = Duration::from_millis(60);
const HOUR: u64 = 3_600_000;
/// The shopper's patience with a shop.
const DEEDS: u16 = 7;
/// Answers after which a checkout is over.
const OVER: [&str; 2] = ["checkout_expired", "checkout_closed"];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
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
    shop: Arc<Shop>,
    browser: Arc<Browser>,
    shopper: u32,
    tab: u16,
    sends: u16,
    tries: u16,
    seen: u64,
    cart: Cart,
    state: State,
}

impl Tab {
    pub(crate) fn new(shop: Arc<Shop>, browser: Arc<Browser>, shopper: u32, tab: u16, cart: Cart) -> Self {
        Self { shop, browser, shopper, tab, sends: 0, tries: 0, seen: 0, cart, state: State::Idle }
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
        let request = self.request(&token, confirms);
        let kind = if card.1 { "a card that pays" } else { "a card that is refused" };
        self.shop.book.on(&stored.id, |page| page.presses.push(Press { card: token.clone(), cart: self.cart.clone() }));
        self.shop.book.step(&stored.id, format!("tab {}: Pay {} {}, with {kind}", self.tab, self.cart.shown, self.cart.currency));
        self.settle(stored, request).await;
    }

    /// A new checkout. Most are paid soon after they began; some are as old as a shopper can make them.
    fn mint(&self, dice: &mut Dice) -> Stored {
        let now = now_ms();
        let minted = match dice.number(0..1000) {
            // Servers' clocks differ a little.
            0..150 => now + 240_000 - dice.number(0..480_000),
            150..190 => now - dice.number(0..23 * HOUR - 1500),
            190..205 => now - 23 * HOUR + dice.number(0..1500),
            205..213 => now - 23 * HOUR - dice.number(1..60_000),
            213..220 => now - dice.number(24 * HOUR..30 * HOUR),
            _ => now,
        };
        let minted = if self.shop.calm { now } else { minted };
        let id = self.shop.book.open(self.shopper, minted, dice.bytes(), now);
        Stored { id, sent: false, cart: self.cart.clone(), payment_intent: None, declined: false, attempt: None }
    }

    fn request(&self, token: &str, confirms: Option<String>) -> Request {
        let mut body = json!({
            "payment_method": token,
            "currency": self.cart.currency,
            "expected_total": self.cart.shown,
            "publishable_key": self.shop.publishable_key,
            "receipt_email": format!("canary-{}@example.com", self.shopper),
        });
        let (kind, path) = if let Some(payment_intent) = confirms {
            (Kind::Confirm, format!("/api/payments/{payment_intent}/confirm"))
        } else {
            body["items"] = self.cart.items();
            (Kind::Pay, "/api/payments".to_owned())
        };
        Request { kind, path, body: body.to_string(), card: Some(token.to_owned()) }
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

    async fn close(&mut self) {
        let Some(stored) = self.browser.look().checkout else { return };
        let body = json!({ "publishable_key": self.shop.publishable_key }).to_string();
        self.shop.book.step(&stored.id, format!("tab {}: leaves the checkout", self.tab));
        self.settle(stored, Request { kind: Kind::Void, path: "/api/payments/void".to_owned(), body, card: None }).await;
    }

    /// Stores the request, sends it until its outcome is known or patience ends, and stores what came of it.
    async fn settle(&mut self, stored: Stored, request: Request) {
        let resend = stored.sent;
        let stored = Stored { sent: true, declined: false, attempt: Some(request.clone()), ..stored };
        self.seen = self.browser.write(Some(stored.clone()), false);
        self.shop.book.on(&stored.id, |page| page.last = Some(request.clone()));
        let (answer, resend) = self.outcome(&stored.id, &request, resend).await;
        let closing = resend || request.kind == Kind::Void;
        let (state, slot) = match answer {
            PageAnswer::Paid => (State::Paid, None),
            PageAnswer::Declined(payment_intent) if request.kind != Kind::Void => {
                let declined = Stored { payment_intent: Some(payment_intent), declined: true, attempt: None, ..stored };
                (State::Declined, Some(declined))
            }
            PageAnswer::NotAttempted { code, total } => {
                if let (Some(total), "total_changed") = (total, code.as_str()) {
                    self.cart.shown = total;
                }
                let over = closing || OVER.contains(&code.as_str());
                (State::NotAttempted, (!over).then_some(Stored { attempt: None, ..stored }))
            }
            _ => (State::Unknown, Some(stored)),
        };
        self.state = state;
        self.seen = self.browser.write(slot, state == State::Paid);
    }

    /// The page's answer, and whether the last send was marked as a re-send.
    async fn outcome(&mut self, checkout: &str, request: &Request, resend: bool) -> (PageAnswer, bool) {
        for n in 0.. {
            let again = resend || n > 0;
            let (weather, of_copy) = self.weather(request.kind);
            let reload = weather.reload;
            let sending = self.shop.send(checkout, request, again, weather, of_copy);
            let waited = match reload {
                None => Some(sending.await),
                Some(after) => tokio::time::timeout(after, sending).await.ok(),
            };
            let Some(reply) = waited else {
                self.shop.counts.add("hop: page reloaded while it waited");
                self.shop.book.step(checkout, format!("tab {}: loaded again while it waited", self.tab));
                return (PageAnswer::Unknown, again);
            };
            let answer = reply.map_or(PageAnswer::Unknown, |reply| as_page_reads(&reply));
            if answer != PageAnswer::Unknown || n >= RESENDS {
                return (answer, again);
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(n.min(3))).await;
        }
        (PageAnswer::Unknown, true)
    }

    /// The weather of the next send, and of its copy.
    fn weather(&mut self, kind: Kind) -> (Weather, Weather) {
        let (seed, n) = (self.shop.seed, self.sends);
        self.sends += 1;
        if self.shop.calm {
            return (Weather::calm(), Weather::calm());
        }
        let original = Weather::draw(&mut Dice::of(seed, About::Send(self.shopper, self.tab, n)), kind);
        (original, Weather::of_copy(&mut Dice::of(seed, About::Copy(self.shopper, self.tab, n)), kind))
    }
}
