//! The open pages of a run: the page's own modules in one engine, on one thread. What a page asks for goes to its tab.

use crate::host::{self, Clock};
use crate::tab::Tab;
use page::{Call, Engine, IntoArgs, Sources};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

pub(crate) struct Pages {
    engine: Engine,
    open: RefCell<BTreeMap<u32, Rc<Tab>>>,
    last: Cell<u32>,
    errors: RefCell<Vec<String>>,
}

impl Pages {
    pub(crate) fn new(sources: Sources, seed: u64) -> Result<Rc<Self>, String> {
        let engine = Engine::new(sources, host::host(seed))?;
        Ok(Rc::new(Self { engine, open: RefCell::default(), last: Cell::default(), errors: RefCell::default() }))
    }

    /// Errors of the page's own code so far.
    pub(crate) fn errors(&self) -> Vec<String> {
        self.errors.borrow().clone()
    }

    /// A page opens in a tab; its number.
    pub(crate) fn open(self: &Rc<Self>, tab: &Rc<Tab>) -> u32 {
        let page = self.last.get() + 1;
        self.last.set(page);
        host::begin(page, Clock { skew_ms: tab.browser.skew_ms, calm: tab.calm });
        self.open.borrow_mut().insert(page, tab.clone());
        self.call("openPage", (page, tab.browser.shopper));
        page
    }

    pub(crate) fn close(self: &Rc<Self>, page: u32) {
        self.open.borrow_mut().remove(&page);
        self.call("closePage", (page,));
        host::end(page);
    }

    /// The open pages of a shopper's browser.
    pub(crate) fn of(&self, shopper: u32) -> Vec<Rc<Tab>> {
        self.open.borrow().values().filter(|tab| tab.browser.shopper == shopper).cloned().collect()
    }

    /// The shopper, or an event, does something on a page.
    pub(crate) fn act(self: &Rc<Self>, page: u32, deed: &str, argument: &Value) {
        self.call("act", (page, deed.to_owned(), argument.to_string()));
    }

    /// Whether a page still waits for what it asked for: it may be closed, or have given up.
    pub(crate) fn waits(&self, page: u32, id: u32) -> bool {
        !self.engine.call("waits", (page, id)).0.is_empty()
    }

    /// What a page asked for has come, or has failed.
    pub(crate) fn resume(self: &Rc<Self>, page: u32, id: u32, json: &str, failed: bool) {
        self.call("resume", (page, id, json.to_owned(), failed));
    }

    /// What a browser's storage holds, as text. Each shopper has an origin of their own.
    pub(crate) fn stored(&self, shopper: u32) -> String {
        self.engine.call("stored", (shopper,)).0
    }

    pub(crate) fn store(self: &Rc<Self>, shopper: u32, name: &str, text: &str) {
        self.call("store", (shopper, name.to_owned(), text.to_owned()));
    }

    pub(crate) fn clear(self: &Rc<Self>, shopper: u32) {
        self.call("clear", (shopper,));
    }

    fn call<A: for<'js> IntoArgs<'js>>(self: &Rc<Self>, name: &str, arguments: A) {
        let (_, calls) = self.engine.call(name, arguments);
        for call in calls {
            self.hand_over(call);
        }
    }

    fn tab(&self, page: u32) -> Option<Rc<Tab>> {
        self.open.borrow().get(&page).cloned()
    }

    /// What a page asks for that was closed meanwhile is nobody's.
    fn hand_over(self: &Rc<Self>, call: Call) {
        match call {
            Call::Timer { page, id, ms } => {
                let (pages, pause) = (self.clone(), host::scaled(page, ms));
                tokio::task::spawn_local(async move {
                    tokio::time::sleep(pause).await;
                    pages.resume(page, id, "null", false);
                });
            }
            Call::Fetch { page, id, method: _, path, checkout, resend, body } => {
                if let Some(tab) = self.tab(page) {
                    tokio::task::spawn_local(tab.fetch(page, id, path, checkout, resend, body));
                }
            }
            Call::Tokenize { page, id, key } => {
                if let Some(tab) = self.tab(page) {
                    tokio::task::spawn_local(tab.tokenize(page, id, key));
                }
            }
            Call::Challenge { page, id, key, client_secret } => {
                if let Some(tab) = self.tab(page) {
                    tokio::task::spawn_local(tab.challenge(page, id, key, client_secret));
                }
            }
            Call::Written { page } => {
                if let Some(tab) = self.tab(page) {
                    tab.browser.written(page);
                }
            }
            Call::Changed { page, view } => {
                if let Some(tab) = self.tab(page) {
                    tab.changed(serde_json::from_str(&view).unwrap_or_default());
                }
            }
            Call::Done { page, deed } => {
                if let Some(tab) = self.tab(page) {
                    tab.done(&deed);
                }
            }
            Call::Failed { page, error } => self.errors.borrow_mut().push(format!("page {page}: {error}")),
        }
    }
}
