//! One shopper's browser: its storage, and its tabs, which hear of each other.

use crate::book::Glimpse;
use crate::pages::Pages;
use crate::shop::Shop;
use crate::tab::Tab;
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// How long a `storage` event takes.
const EVENT: Duration = Duration::from_millis(2);
/// Where the page stores its checkout.
const CHECKOUT: &str = "till.checkout";

pub(crate) struct Browser {
    pub(crate) shop: Arc<Shop>,
    pub(crate) pages: Rc<Pages>,
    pub(crate) shopper: u32,
    /// By how many milliseconds its clock is wrong.
    pub(crate) skew_ms: i64,
}

impl Browser {
    /// What an earlier visit stored of a checkout.
    pub(crate) fn leave_behind(&self, checkout: &Value) {
        self.pages.store(self.shopper, CHECKOUT, &checkout.to_string());
    }

    /// The checkout that is stored, or null.
    pub(crate) fn stored_checkout(&self) -> Value {
        let entries: Value = serde_json::from_str(&self.pages.stored(self.shopper)).unwrap_or_default();
        serde_json::from_str(entries[CHECKOUT].as_str().unwrap_or_default()).unwrap_or_default()
    }

    /// A page has written to storage: a checkout may have begun, and the other pages hear of it.
    pub(crate) fn written(self: &Rc<Self>, page: u32) {
        if let Some(id) = self.stored_checkout()["id"].as_str() {
            self.shop.book.notice(self.shopper, id);
        }
        for tab in self.pages.of(self.shopper).into_iter().filter(|tab| tab.page() != Some(page)) {
            hear(tab);
        }
    }

    /// Storage is cleared, by the shopper or by another page of the origin. Open pages hear of it.
    pub(crate) fn clear(self: &Rc<Self>) {
        self.pages.clear(self.shopper);
        self.pages.of(self.shopper).into_iter().for_each(hear);
        self.forget();
    }

    /// Notes the checkouts that neither storage nor a page knows any more: a shopper who knows of none is another shopper.
    pub(crate) fn forget(&self) {
        let tabs = self.pages.of(self.shopper);
        let shown = tabs.iter().map(|tab| tab.view().to_string());
        let known: Vec<String> = shown.chain([self.pages.stored(self.shopper)]).collect();
        let is_known = |id: &str| known.iter().any(|text| text.contains(id));
        let mut gone = self.shop.book.remembered_by(self.shopper);
        // A receipt names the PaymentIntent.
        gone.retain(|id| !is_known(id) && !Glimpse::of(&self.shop.sandbox, id).intents.iter().any(|intent| is_known(&intent.id)));
        self.shop.book.forget(&gone);
    }
}

/// The `storage` event. Until it arrives, a page cannot have written back what it knows.
fn hear(tab: Rc<Tab>) {
    let Some(page) = tab.page() else { return };
    tab.unheard.set(tab.unheard.get() + 1);
    tokio::task::spawn_local(async move {
        tokio::time::sleep(EVENT).await;
        if tab.page() == Some(page) {
            tab.unheard.set(tab.unheard.get().saturating_sub(1));
            tab.act("sync", &json!(null));
        }
    });
}
