//! A browser's one slot for a checkout, and the lock that its tabs share. The page's `checkout.js`.

use crate::cart::Cart;
use crate::request::Request;
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// One shopper's browser: what its tabs share.
#[derive(Debug, Default)]
pub(crate) struct Browser {
    /// The Web Lock. It guards sending.
    pub(crate) lock: Arc<Mutex<()>>,
    slot: std::sync::Mutex<Slot>,
}

/// What is stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// How often it was written.
    pub(crate) written: u64,
    pub(crate) checkout: Option<Stored>,
    /// Whether there is a receipt.
    pub(crate) paid: bool,
}

/// The slot's content: one checkout, from before tokenizing until it is paid or closed.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: String,
    /// A request for it may have left.
    pub(crate) sent: bool,
    pub(crate) cart: Cart,
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
        self.slot.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes the slot; the number of the writing.
    pub(crate) fn write(&self, checkout: Option<Stored>, paid: bool) -> u64 {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Slot { written: slot.written + 1, checkout, paid };
        slot.written
    }
}

impl Stored {
    /// Whether it must be closed before this cart can be paid.
    pub(crate) fn must_be_left_for(&self, cart: &Cart) -> bool {
        self.sent && (!self.cart.same(cart) || (self.payment_intent.is_some() && self.cart.shown != cart.shown))
    }
}
