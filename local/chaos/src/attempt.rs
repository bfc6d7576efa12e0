//! An attempt: a request, stored and sent until its outcome is known, and what comes of it. The page's `#settle`.

use crate::challenge::Asked;
use crate::dice::{About, Dice};
use crate::page_answer::{PageAnswer, as_page_reads};
use crate::request::Request;
use crate::shop::now_ms;
use crate::slot::Stored;
use crate::tab::{State, Tab};
use crate::weather::{Kind, Weather};
use std::time::Duration;

const RESENDS: u32 = 4;
/// The page's first pause, scaled: a second becomes sixty milliseconds.
const PAUSE: Duration = Duration::from_millis(60);
const HOUR: u64 = 3_600_000;

impl Tab {
    /// A new checkout. Most are paid soon after they began; some are as old as a shopper can make them.
    pub(crate) fn mint(&self, dice: &mut Dice) -> Stored {
        let now = now_ms();
        let minted = match dice.number(0..1000) {
            // Servers' clocks differ a little.
            0..150 => now + 240_000 - dice.number(0..480_000),
            150..240 => now - dice.number(0..23 * HOUR - 1500),
            240..255 => now - 23 * HOUR + dice.number(0..1500),
            255..263 => now - 23 * HOUR - dice.number(1..60_000),
            263..270 => now - dice.number(24 * HOUR..30 * HOUR),
            _ => now,
        };
        let minted = if self.shop.calm { now } else { minted };
        let id = self.shop.book.open(self.shopper, minted, dice.bytes(), now);
        Stored::new(id, self.publishable_key.clone(), self.cart.clone())
    }

    /// Closes the checkout, so that nothing of it can be charged any more.
    pub(crate) async fn close(&mut self) {
        let Some(stored) = self.held() else { return };
        self.shop.book.step(&stored.id, format!("tab {}: leaves the checkout", self.tab));
        let request = Request::void(&stored.publishable_key);
        self.settle(stored, request).await;
    }

    /// Sends a request until its outcome is known or patience ends. Where a bank wants to see the shopper, it does, and the
    /// request that follows is sent as well.
    pub(crate) async fn settle(&mut self, stored: Stored, request: Request) {
        let (mut stored, mut request, mut challenged) = (stored, request, false);
        loop {
            let answer = self.settle_once(stored, &request).await;
            // A second challenge right after the first: the shopper says when.
            let Some(asked) = answer.filter(|_| !challenged) else { return };
            let Some(then) = self.authenticate(&asked, &request).await else { return };
            let Some(checkout) = self.held() else { return };
            (stored, request, challenged) = (checkout, then.request, then.challenged);
        }
    }

    /// Stores the request, sends it, and stores what came of it: what is asked of the shopper, if it is `requires_action`. What
    /// only finds out is not stored: the request that it asks about stays.
    async fn settle_once(&mut self, stored: Stored, request: &Request) -> Option<Asked> {
        let resend = stored.sent;
        let stored = if request.settle {
            stored
        } else {
            let is_new = stored.attempt.as_ref().is_none_or(|attempt| attempt.body != request.body);
            let stored = Stored { sent: true, declined: false, attempt: Some(request.clone()), action: false, ..stored };
            // Only what is new takes the place of another checkout.
            self.seen = if is_new && request.kind != Kind::Void {
                self.browser.save(self.tab, stored.clone())
            } else {
                self.browser.keep(self.tab, stored.clone())
            };
            self.shop.book.on(&stored.id, |page| page.last = Some(request.clone()));
            stored
        };
        self.browser.set_busy(self.tab, true);
        let answer = self.outcome(&stored.id, request, resend).await;
        let Some(answer) = answer else {
            self.reload();
            return None;
        };
        self.browser.set_busy(self.tab, false);
        self.follow(answer, stored, request)
    }

    /// What the answer means for the checkout in the page's memory, which is written again wherever it is gone.
    fn follow(&mut self, answer: PageAnswer, stored: Stored, request: &Request) -> Option<Asked> {
        let (id, mut asked) = (stored.id.clone(), None);
        let (state, after) = match answer {
            PageAnswer::Paid => {
                self.state = State::Paid;
                self.paid_here = Some(id.clone());
                self.seen = self.browser.pay(self.tab, &id);
                return None;
            }
            PageAnswer::RequiresAction { payment_intent, client_secret } if request.kind != Kind::Void => {
                // A page that nobody pressed in opens no dialog.
                let question = Asked { checkout: id.clone(), payment_intent: payment_intent.clone(), client_secret };
                asked = (!request.settle).then_some(question);
                (State::Action, Some(Stored { payment_intent: Some(payment_intent), action: true, ..stored }))
            }
            PageAnswer::Declined(payment_intent) if request.kind != Kind::Void => {
                let declined =
                    Stored { payment_intent: Some(payment_intent), declined: true, attempt: None, action: false, ..stored };
                (State::Declined, Some(declined))
            }
            PageAnswer::NotAttempted { code, total, closed } => {
                if let (Some(total), "total_changed") = (total, code.as_str()) {
                    self.cart.shown = total;
                }
                if code == "page_outdated" {
                    self.reload();
                }
                (State::NotAttempted, (!closed).then_some(Stored { attempt: None, action: false, ..stored }))
            }
            _ => (State::Unknown, Some(stored)),
        };
        self.state = state;
        if after.is_none() {
            self.shop.book.on(&id, |page| page.heard_closed = true);
        }
        self.seen = match after {
            Some(after) => self.browser.keep(self.tab, after),
            None => self.browser.close(self.tab, &id),
        };
        asked
    }

    /// The page's answer; `None`: the page was closed, or loaded again, while it waited.
    async fn outcome(&mut self, checkout: &str, request: &Request, resend: bool) -> Option<PageAnswer> {
        for n in 0.. {
            let again = resend || request.settle || n > 0;
            let (weather, of_copy) = self.weather(if request.settle { Kind::Settle } else { request.kind });
            let (reload, clear) = (weather.reload, weather.clear);
            if let Some(after) = clear {
                self.clear_storage(checkout.to_owned(), after);
            }
            let sending = self.shop.send(checkout, request, again, weather, of_copy);
            let waited = match reload {
                None => Some(sending.await),
                Some(after) => tokio::time::timeout(after, sending).await.ok(),
            };
            let Some(reply) = waited else {
                self.shop.counts.add("hop: page reloaded while it waited");
                self.shop.book.step(checkout, format!("tab {}: loaded again while it waited", self.tab));
                return None;
            };
            let answer = reply.map_or(PageAnswer::Unknown, |reply| as_page_reads(&reply));
            if answer != PageAnswer::Unknown || n >= RESENDS {
                return Some(answer);
            }
            tokio::time::sleep(PAUSE * 2_u32.pow(n.min(3))).await;
        }
        None
    }

    /// The shopper, or another page of the origin, clears the storage a moment later.
    fn clear_storage(&self, checkout: String, after: Duration) {
        let (shop, browser) = (self.shop.clone(), self.browser.clone());
        shop.counts.add("storage cleared while a page was sending");
        tokio::spawn(async move {
            tokio::time::sleep(after).await;
            shop.book.step(&checkout, "the browser's storage is cleared");
            shop.book.forget(&browser.clear());
        });
    }

    /// The weather of the next send, and of its copy.
    pub(crate) fn weather(&mut self, kind: Kind) -> (Weather, Weather) {
        let (seed, n) = (self.shop.seed, self.sends);
        self.sends += 1;
        if self.shop.calm {
            return (Weather::calm(), Weather::calm());
        }
        let mut dice = Dice::of(seed, About::Send(self.shopper, self.tab, n));
        // Card after card gets through only where most sends do.
        if self.stubborn && dice.chance(0.85) {
            return (Weather::fair(), Weather::fair());
        }
        let original = Weather::draw(&mut dice, kind);
        (original, Weather::of_copy(&mut Dice::of(seed, About::Copy(self.shopper, self.tab, n)), kind))
    }
}
