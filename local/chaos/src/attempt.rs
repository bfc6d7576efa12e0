//! An attempt: a request, stored and sent until its outcome is known, and what comes of it. The page's `#settle`.

use crate::audit::{PageAnswer, as_page_reads};
use crate::challenge::Asked;
use crate::dice::{About, Dice};
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
/// Answers after which a checkout is over.
const OVER: [&str; 2] = ["checkout_expired", "checkout_closed"];

impl Tab {
    /// A new checkout. Most are paid soon after they began; some are as old as a shopper can make them.
    pub(crate) fn mint(&self, dice: &mut Dice) -> Stored {
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
        Stored { id, sent: false, cart: self.cart.clone(), payment_intent: None, declined: false, attempt: None, action: false }
    }

    /// Closes the checkout, so that nothing of it can be charged any more.
    pub(crate) async fn close(&mut self) {
        let Some(stored) = self.browser.look().checkout else { return };
        self.shop.book.step(&stored.id, format!("tab {}: leaves the checkout", self.tab));
        let request = Request::void(&self.shop.publishable_key);
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
            let Some(checkout) = self.browser.look().checkout else { return };
            (stored, request, challenged) = (checkout, then.request, then.challenged);
        }
    }

    /// Stores the request, sends it, and stores what came of it: what is asked of the shopper, if it is `requires_action`.
    async fn settle_once(&mut self, stored: Stored, request: &Request) -> Option<Asked> {
        let resend = stored.sent;
        let stored = Stored { sent: true, declined: false, attempt: Some(request.clone()), action: false, ..stored };
        self.seen = self.browser.write(Some(stored.clone()), false);
        self.shop.book.on(&stored.id, |page| page.last = Some(request.clone()));
        let (answer, resend) = self.outcome(&stored.id, request, resend).await;
        let closing = resend || request.kind == Kind::Void;
        let (id, mut asked) = (stored.id.clone(), None);
        let (state, slot) = match answer {
            PageAnswer::Paid => (State::Paid, None),
            PageAnswer::RequiresAction { payment_intent, client_secret } if request.kind != Kind::Void => {
                asked = Some(Asked { checkout: id, payment_intent: payment_intent.clone(), client_secret });
                (State::Action, Some(Stored { payment_intent: Some(payment_intent), action: true, ..stored }))
            }
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
        asked
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
    pub(crate) fn weather(&mut self, kind: Kind) -> (Weather, Weather) {
        let (seed, n) = (self.shop.seed, self.sends);
        self.sends += 1;
        if self.shop.calm {
            return (Weather::calm(), Weather::calm());
        }
        let original = Weather::draw(&mut Dice::of(seed, About::Send(self.shopper, self.tab, n)), kind);
        (original, Weather::of_copy(&mut Dice::of(seed, About::Copy(self.shopper, self.tab, n)), kind))
    }
}
