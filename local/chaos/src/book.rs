//! What every checkout went through: presses, sends, answers, and what the ledger held at each of them.

use crate::cart::Cart;
use crate::request::Request;
use crate::shop::now_ms;
use crate::weather::Kind;
use runtime::HttpReply;
use sandbox::{Charge, ConfirmationMethod, PaymentIntent, Sandbox, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// In milliseconds.
const MINUTE: u64 = 60_000;

/// All checkouts of a shop, by their ids.
#[derive(Debug)]
pub(crate) struct Book {
    began: Instant,
    checkouts: Mutex<BTreeMap<String, Checkout>>,
    /// By their cards.
    presses: Mutex<BTreeMap<String, Press>>,
}

/// One checkout.
#[derive(Debug, Default)]
pub(crate) struct Checkout {
    pub(crate) shopper: u32,
    /// Unix milliseconds.
    pub(crate) minted: u64,
    /// When it began, in the shop's milliseconds.
    pub(crate) began: u64,
    /// Since when its shopper can know nothing of it any more: storage was cleared, and no page that held it was open.
    pub(crate) forgotten: Option<u64>,
    /// A page was told that it is closed.
    pub(crate) heard_closed: bool,
    /// PaymentIntents that the merchant's own tool made with its metadata.
    pub(crate) copies: BTreeSet<String>,
    pub(crate) presses: Vec<Press>,
    pub(crate) sends: Vec<Send>,
    /// A request of a page's has left for it.
    pub(crate) sent_by_page: bool,
    /// The last request that it had, and that did not only ask.
    pub(crate) last: Option<Request>,
    /// When its shop opened, Unix milliseconds: the zero of the story's times.
    pub(crate) opened: u64,
    pub(crate) steps: Vec<(u64, String)>,
    pub(crate) faults: Vec<(Verdict, String)>,
    /// When the shopper, or an hour that went by, changed a PaymentIntent by its authentication.
    pub(crate) challenges: Vec<u64>,
    /// Cards whose authentication failed, was cancelled, or grew too old.
    pub(crate) unauthenticated: BTreeSet<String>,
    /// `not_attempted` told to a copy, or to a first send that came late: the function could not know, and the checkout was paid.
    pub(crate) copies_told: u32,
}

/// The shopper pressed Pay: with this card, for this cart and the total that the page showed.
#[derive(Clone, Debug)]
pub(crate) struct Press {
    /// Unix milliseconds.
    pub(crate) at: u64,
    pub(crate) card: String,
    pub(crate) cart: Cart,
    /// What becomes of the card.
    pub(crate) words: &'static str,
}

/// One invocation of the function.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Send {
    pub(crate) kind: Kind,
    pub(crate) card: Option<String>,
    /// With `Till-Resend`, or a request that only follows another.
    pub(crate) closing: bool,
    /// It may only find out: nobody pressed for it.
    pub(crate) settle: bool,
    /// Nothing goes wrong on its way.
    pub(crate) calm: bool,
    /// What had been given back of the checkout's charge, in minor units.
    pub(crate) refunded_before: i64,
    pub(crate) began: u64,
    pub(crate) paid_before: bool,
    pub(crate) answered: Option<u64>,
    pub(crate) not_attempted: bool,
    /// The answer said that the checkout is closed.
    pub(crate) closed: bool,
}

/// What must not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    DoubleCharge,
    WrongAmount,
    Untrue,
    NoOutcome,
    Unsettled,
}

/// What the ledger holds of one checkout at one moment.
#[derive(Debug)]
pub(crate) struct Glimpse {
    pub(crate) intents: Vec<PaymentIntent>,
    pub(crate) charges: Vec<Charge>,
    /// PaymentMethods that were tried on its PaymentIntents; on which kind of them.
    pub(crate) tried: Vec<(String, ConfirmationMethod)>,
}

impl Glimpse {
    pub(crate) fn of(sandbox: &Sandbox, checkout: &str) -> Self {
        sandbox.look(|ledger| {
            let ours = |intent: &&PaymentIntent| intent.metadata.get("till_checkout").is_some_and(|id| id == checkout);
            let intents: Vec<_> = ledger.intents.iter().filter(ours).cloned().collect();
            let ours = |id: &str| intents.iter().find(|intent| intent.id == id);
            let charges = ledger.charges.iter().filter(|charge| ours(&charge.payment_intent).is_some()).cloned().collect();
            let tried = ledger.payment_methods.iter().filter_map(|method| {
                let intent = ours(method.used_by.as_deref()?)?;
                Some((method.id.clone(), intent.confirmation_method))
            });
            let tried = tried.collect();
            Self { intents, charges, tried }
        })
    }

    pub(crate) fn paid(&self) -> impl Iterator<Item = &Charge> {
        self.charges.iter().filter(|charge| charge.paid)
    }

    /// How much of its charges was given back, in minor units.
    pub(crate) fn refunded(&self) -> i64 {
        self.charges.iter().map(|charge| charge.amount_refunded).sum()
    }

    pub(crate) fn is_paid(&self) -> bool {
        self.intents.iter().any(|intent| intent.status == Status::Succeeded)
    }

    /// Whether this card was tried and refused. One that wanted authentication leaves no charge: where that is declined, it
    /// was refused by that; where it is handled, the shopper's part in it decides.
    pub(crate) fn refused(&self, card: &str, unauthenticated: &BTreeSet<String>) -> bool {
        let charge = self.charges.iter().find(|charge| charge.payment_method == card);
        let declined = |tried: &(String, ConfirmationMethod)| tried.0 == card && tried.1 == ConfirmationMethod::Automatic;
        charge.map_or_else(|| unauthenticated.contains(card) || self.tried.iter().any(declined), |charge| !charge.paid)
    }

    /// The intent of that id, if it is the checkout's.
    pub(crate) fn intent(&self, id: &str) -> Option<&PaymentIntent> {
        self.intents.iter().find(|intent| intent.id == id)
    }
}

impl Book {
    pub(crate) fn new() -> Self {
        Self { began: Instant::now(), checkouts: Mutex::default(), presses: Mutex::default() }
    }

    /// Milliseconds since the shop opened.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    pub(crate) fn all(&self) -> MutexGuard<'_, BTreeMap<String, Checkout>> {
        self.checkouts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins the page of a checkout that is minted for that time, Unix milliseconds; its id.
    pub(crate) fn open(&self, shopper: u32, minted: u64, random: [u8; 10], now: u64) -> String {
        let id = uuid::Builder::from_unix_timestamp_millis(minted, &random).into_uuid().to_string();
        self.begin(shopper, &id, minted, now);
        id
    }

    /// Begins the page of a checkout that a browser holds, if it is a new one.
    pub(crate) fn notice(&self, shopper: u32, id: &str) {
        let is_new = !self.all().contains_key(id);
        let minted = uuid::Uuid::parse_str(id).ok().and_then(|id| u64::try_from(id.as_u128() >> 80).ok());
        if let Some(minted) = minted.filter(|_| is_new) {
            self.begin(shopper, id, minted, now_ms());
        }
    }

    fn begin(&self, shopper: u32, id: &str, minted: u64, now: u64) {
        let opened = now - self.now();
        let began = self.now();
        self.on(id, |page| (page.shopper, page.minted, page.opened, page.began) = (shopper, minted, opened, began));
        self.step(id, format!("minted, {} ms ago", i128::from(now) - i128::from(minted)));
    }

    /// The shopper pressed with a card.
    pub(crate) fn pressed(&self, press: Press) {
        self.presses.lock().unwrap_or_else(PoisonError::into_inner).insert(press.card.clone(), press);
    }

    /// A request for a checkout leaves: the press with its card is one of the checkout's.
    pub(crate) fn leaves(&self, checkout: &str, request: &Request) {
        let presses = self.presses.lock().unwrap_or_else(PoisonError::into_inner);
        let press = request.card.as_ref().and_then(|card| presses.get(card)).cloned();
        let is_new = |page: &Checkout, press: &Press| page.presses.iter().all(|known| known.card != press.card);
        let press = self.on(checkout, |page| {
            if !request.settle {
                page.last = Some(request.clone());
            }
            let press = press.filter(|press| is_new(page, press))?;
            page.presses.push(press.clone());
            Some(press)
        });
        if let Some(Press { cart, words, .. }) = press {
            self.step(checkout, format!("pressed for {} {}, with {words}", cart.shown, cart.currency));
        }
    }

    /// Whether another checkout of this one's shopper was sent by a page, and can still be paid as far as its browser knows.
    pub(crate) fn other_open(&self, checkout: &str) -> bool {
        let (all, now) = (self.all(), now_ms());
        let Some(ours) = all.get(checkout) else { return false };
        let may_be_paid = |page: &Checkout| page.minted < now + 5 * MINUTE && now + MINUTE < page.minted + 23 * 60 * MINUTE;
        let is_open = |page: &Checkout| page.sent_by_page && !page.heard_closed && page.forgotten.is_none() && may_be_paid(page);
        all.iter().any(|(id, page)| id != checkout && page.shopper == ours.shopper && is_open(page))
    }

    /// The checkouts of a shopper that were not forgotten.
    pub(crate) fn remembered_by(&self, shopper: u32) -> Vec<String> {
        let all = self.all();
        let ours = all.iter().filter(|(_, page)| page.shopper == shopper && page.forgotten.is_none());
        ours.map(|(id, _)| id.clone()).collect()
    }

    /// Writes on the page of a checkout, which is a new one if there is none.
    pub(crate) fn on<T>(&self, checkout: &str, write: impl FnOnce(&mut Checkout) -> T) -> T {
        let mut all = self.all();
        match all.get_mut(checkout) {
            Some(page) => write(page),
            None => write(all.entry(checkout.to_owned()).or_default()),
        }
    }

    /// Nobody knows of these checkouts any more.
    pub(crate) fn forget(&self, checkouts: &[String]) {
        for checkout in checkouts {
            self.step(checkout, "storage is cleared, and no page holds the checkout");
            let now = self.now();
            self.on(checkout, |page| page.forgotten = page.forgotten.or(Some(now)));
        }
    }

    /// A step of the checkout's story.
    pub(crate) fn step(&self, checkout: &str, what: impl Into<String>) {
        let now = self.now();
        self.on(checkout, |page| page.steps.push((now, what.into())));
    }
}

impl Checkout {
    /// Whether another send was under way at some moment of this one.
    pub(crate) fn overlapped(&self, number: usize) -> bool {
        let began = self.sends[number].began;
        let until = self.sends[number].answered.unwrap_or(u64::MAX);
        let other = |(n, send): (usize, &Send)| {
            n != number && send.began <= until && send.answered.is_none_or(|answered| answered >= began)
        };
        self.sends.iter().enumerate().any(other)
    }

    /// Whether this is a first request that the browser sent more than once by itself, or that arrived after later ones.
    pub(crate) fn copied(&self, number: usize) -> bool {
        let unmarked = self.sends.iter().filter(|send| !send.closing).count();
        !self.sends[number].closing && (unmarked > 1 || number > 0)
    }
}

/// What came back from the function's side.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    Reply(HttpReply),
    /// None: the process was killed, or ran out of time. API Gateway then makes one without an outcome.
    Nothing(String),
    /// None, though nobody disturbed it.
    Failed(String),
}
