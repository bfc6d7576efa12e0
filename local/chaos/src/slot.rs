//! A browser's storage and its open pages: one slot for a checkout, and the lock that its tabs share. The page's `checkout-store.js`.

use crate::cart::Cart;
use crate::request::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use tokio::sync::Mutex;

/// One shopper's browser: what its tabs share.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    /// The Web Lock. It guards sending.
    pub(crate) lock: Arc<Mutex<()>>,
    inner: std::sync::Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slot: Slot,
    /// The writing after which storage was cleared last.
    cleared: u64,
    /// The open pages, by their tabs.
    pages: BTreeMap<u16, OpenPage>,
    /// Checkouts that may be charged: a shopper who knows of none of them any more is another shopper.
    known: BTreeSet<String>,
}

/// What is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// How often it was written.
    pub(crate) written: u64,
    pub(crate) checkout: Option<Stored>,
    /// The checkout of the receipt.
    pub(crate) paid: Option<String>,
    /// The marks of checkouts that were closed or paid, which tell "closed" from "vanished".
    pub(crate) closed: BTreeSet<String>,
}

/// A page, as long as it is open.
#[derive(Debug, Default)]
struct OpenPage {
    /// The page's memory.
    memory: Option<Stored>,
    /// Whether it is sending. Then it writes again when it is answered.
    busy: bool,
    /// The checkout that it holds, or is shown to be paid: what it was told, whatever it has made of that.
    told: Option<String>,
    /// The writing after which it last did anything.
    active: u64,
}

/// The slot's content: one checkout, from before tokenizing until it is paid or closed.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    /// Of the page that minted it.
    pub(crate) publishable_key: String,
    /// A request for it may have left.
    pub(crate) sent: bool,
    pub(crate) cart: Cart,
    /// How many cards it took.
    pub(crate) cards: u32,
    /// Of a declined card, or of one whose bank wants to see the shopper.
    pub(crate) payment_intent: Option<String>,
    pub(crate) declined: bool,
    /// The outstanding request.
    pub(crate) attempt: Option<Request>,
    /// Its last answer was `requires_action`.
    pub(crate) action: bool,
}

impl Browser {
    pub(crate) fn look(&self) -> Slot {
        self.inner().slot.clone()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What an earlier visit left in storage.
    pub(crate) fn leave_behind(&self, found: Option<Stored>) {
        if let Some(found) = found {
            self.inner().store(found);
        }
    }

    /// A page opens in a tab. It knows nothing yet.
    pub(crate) fn open_page(&self, tab: u16) {
        self.inner().pages.insert(tab, OpenPage::default());
    }

    /// The page of a tab is closed. Returns the checkouts that nothing holds any more, and that no page could have kept.
    pub(crate) fn close_page(&self, tab: u16) -> Vec<String> {
        let mut inner = self.inner();
        let Some(page) = inner.pages.remove(&tab) else { return Vec::new() };
        // Whoever did something since the storage was cleared should have written it again.
        if inner.cleared > page.active { inner.forget() } else { Vec::new() }
    }

    /// The page's memory.
    pub(crate) fn memory(&self, tab: u16) -> Option<Stored> {
        self.inner().pages.get(&tab).and_then(|page| page.memory.clone())
    }

    /// The page begins to send, or has been answered.
    pub(crate) fn set_busy(&self, tab: u16, busy: bool) {
        self.inner().on_page(tab, |page| page.busy = busy);
    }

    /// A page stores its checkout; the number of the writing.
    pub(crate) fn save(&self, tab: u16, stored: Stored) -> u64 {
        let mut inner = self.inner();
        inner.remember(tab, Some(stored.clone()));
        inner.store(stored)
    }

    /// The same for a checkout that was sent already: never over another one that was.
    pub(crate) fn keep(&self, tab: u16, stored: Stored) -> u64 {
        let mut inner = self.inner();
        inner.remember(tab, Some(stored.clone()));
        inner.keep(stored).unwrap_or_default()
    }

    /// A page was told that a checkout is closed.
    pub(crate) fn close(&self, tab: u16, id: &str) -> u64 {
        let mut inner = self.inner();
        inner.remember(tab, None);
        inner.on_page(tab, |page| page.told = None);
        inner.known.remove(id);
        inner.close(id)
    }

    /// A page was told that a checkout is paid.
    pub(crate) fn pay(&self, tab: u16, id: &str) -> u64 {
        let mut inner = self.inner();
        inner.remember(tab, None);
        inner.on_page(tab, |page| page.told = Some(id.to_owned()));
        inner.slot.paid = Some(id.to_owned());
        inner.close(id)
    }

    /// A page takes over what is stored. A checkout in its memory that vanished, and was not closed, is written again.
    pub(crate) fn restore(&self, tab: u16, paid_here: Option<&str>) -> Slot {
        let mut inner = self.inner();
        let mine = inner.pages.get(&tab).and_then(|page| page.memory.clone()).filter(|mine| mine.sent);
        let stored = inner.slot.checkout.as_ref();
        let vanished = mine.filter(|mine| {
            let gone = stored.is_none_or(|stored| stored.id != mine.id) && !inner.slot.closed.contains(&mine.id);
            gone && (stored.is_none() || mine.attempt.is_some())
        });
        if let Some(mine) = vanished {
            inner.keep(mine);
        } else {
            let found = inner.slot.checkout.clone().filter(|found| Some(found.id.as_str()) != paid_here);
            inner.remember(tab, found);
        }
        inner.on_page(tab, |_| {});
        inner.slot.clone()
    }

    /// Storage is cleared, by the shopper or by a page of the origin. Pages that are idle hear of it, and write again what they
    /// hold. Returns the checkouts that nothing holds any more.
    pub(crate) fn clear(&self) -> Vec<String> {
        let mut inner = self.inner();
        let written = inner.slot.written + 1;
        inner.slot = Slot { written, ..Slot::default() };
        inner.cleared = written;
        let idle = inner.pages.values().filter(|page| !page.busy);
        let kept: Vec<_> = idle.filter_map(|page| page.memory.clone()).filter(|memory| memory.sent).collect();
        for memory in kept {
            inner.keep(memory);
        }
        inner.forget()
    }
}

impl Inner {
    fn on_page(&mut self, tab: u16, write: impl FnOnce(&mut OpenPage)) {
        let written = self.slot.written;
        let page = self.pages.entry(tab).or_default();
        page.active = written;
        write(page);
    }

    fn remember(&mut self, tab: u16, memory: Option<Stored>) {
        self.on_page(tab, |page| {
            if let Some(memory) = &memory {
                page.told = Some(memory.id.clone());
            }
            page.memory = memory;
        });
    }

    fn store(&mut self, stored: Stored) -> u64 {
        self.known.insert(stored.id.clone());
        self.slot.checkout = Some(stored);
        self.slot.written += 1;
        self.slot.written
    }

    fn keep(&mut self, stored: Stored) -> Option<u64> {
        let free = self.slot.checkout.as_ref().is_none_or(|other| other.id == stored.id || !other.sent);
        free.then(|| self.store(stored))
    }

    fn close(&mut self, id: &str) -> u64 {
        self.slot.closed.insert(id.to_owned());
        self.slot.written += 1;
        match &self.slot.checkout {
            Some(other) if other.id != id => return 0, // another tab's, to be looked at
            _ => self.slot.checkout = None,
        }
        self.slot.written
    }

    /// The checkouts that neither storage nor a page holds: told once.
    fn forget(&mut self) -> Vec<String> {
        let stored = self.slot.checkout.iter().map(|stored| &stored.id).chain(&self.slot.paid);
        let told = self.pages.values().filter_map(|page| page.told.as_ref());
        let held: BTreeSet<String> = stored.chain(told).cloned().collect();
        let (known, gone): (BTreeSet<_>, BTreeSet<_>) =
            std::mem::take(&mut self.known).into_iter().partition(|id| held.contains(id));
        self.known = known;
        gone.into_iter().collect()
    }
}

impl Stored {
    /// A checkout of which nothing was sent.
    pub(crate) fn new(id: String, publishable_key: String, cart: Cart) -> Self {
        let (sent, cards, payment_intent, declined, attempt, action) = (false, 0, None, false, None, false);
        Self { id, publishable_key, sent, cart, cards, payment_intent, declined, attempt, action }
    }

    /// Whether it must be closed before this cart can be paid.
    pub(crate) fn must_be_left_for(&self, cart: &Cart) -> bool {
        self.sent && (!self.cart.same(cart) || (self.payment_intent.is_some() && self.cart.shown != cart.shown))
    }
}
