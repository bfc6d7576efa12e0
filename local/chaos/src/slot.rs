//! A browser's one slot for a checkout, and the lock that its tabs share. The page's `checkout.js`.

use crate::book::Request;
use crate::cart::Cart;
use tokio::sync::Mutex;

/// One shopper's browser: what its tabs share.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    /// The Web Lock. It guards sending.
    pub(crate) lock: Mutex<()>,
    slot: std::sync::Mutex<(u64, Option<Stored>)>,
}

/// The slot's content: one checkout, from before tokenizing until it is paid or closed.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    /// A request for it may have left.
    pub(crate) sent: bool,
    pub(crate) cart: Cart,
    /// Of a declined card.
    pub(crate) payment_intent: Option<String>,
    pub(crate) declined: bool,
    /// The outstanding request.
    pub(crate) attempt: Option<Request>,
}

impl Browser {
    /// The checkout in the slot, and how often the slot was written.
    pub(crate) fn look(&self) -> (u64, Option<Stored>) {
        self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Writes the slot; the number of the writing.
    pub(crate) fn write(&self, stored: Option<Stored>) -> u64 {
        let mut slot = self.slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *slot = (slot.0 + 1, stored);
        slot.0
    }
}

impl Stored {
    /// Whether it must be closed before this cart can be paid.
    pub(crate) fn must_be_left_for(&self, cart: &Cart) -> bool {
        self.sent && (!self.cart.same(cart) || (self.payment_intent.is_some() && self.cart.shown != cart.shown))
    }
}
