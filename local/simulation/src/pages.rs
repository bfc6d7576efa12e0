//! The pages of a world's browser: what they ask for, what happens to them, and what they show.

use crate::browser::Request;
use crate::views::typical;
use crate::world::{ORIGIN, World};
use page::Call;
use serde_json::Value;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::Instant;

impl World {
    /// Opens a page in the browser; its number.
    pub(crate) fn open_page(self: &Rc<Self>) -> u32 {
        let page = self.last_page.get() + 1;
        self.last_page.set(page);
        self.pages.borrow_mut().insert(page, Value::Null);
        self.step(format!("page {page}: opens"));
        self.call("openPage", (page, ORIGIN));
        self.act(page, "open", &Value::Null);
        page
    }

    pub(crate) fn close_page(self: &Rc<Self>, page: u32) {
        self.step(format!("page {page}: is closed"));
        let view = self.pages.borrow_mut().remove(&page).unwrap_or_default();
        self.call("closePage", (page,));
        self.audit.borrow_mut().closed(page);
        // A page that works, or has not heard yet that storage was cleared, cannot have written back what it knows; a receipt is
        // not written back.
        let is_late = self.unheard.borrow_mut().remove(&page).unwrap_or_default() > 0;
        if view["busy"] == true || view["state"] == "paid" || is_late || self.is_full.get() {
            self.forget();
        }
    }

    pub(crate) fn is_open(&self, page: u32) -> bool {
        self.pages.borrow().contains_key(&page)
    }

    /// The browser's storage takes nothing more, or takes it again.
    pub(crate) fn set_full(self: &Rc<Self>, full: bool) {
        if self.is_full.replace(full) != full {
            self.step(if full { "the browser's storage is full" } else { "the browser's storage is not full any more" });
            self.call("fill", (ORIGIN, full));
            self.audit.borrow_mut().filled();
        }
    }

    /// The browser was killed: its storage is what it was.
    pub(crate) fn set_back(self: &Rc<Self>, before: &str) {
        self.step("the browser is killed, and has forgotten what it stored last");
        self.call("clear", (ORIGIN,));
        let entries: BTreeMap<String, String> = serde_json::from_str(before).unwrap_or_default();
        for (name, text) in entries {
            self.call("store", (ORIGIN, name, text));
        }
        self.audit.borrow_mut().cleared();
        self.audit.borrow_mut().was_set_back = true;
        self.forget();
    }

    /// Clears the browser's storage; its pages hear of it.
    pub(crate) fn clear_storage(self: &Rc<Self>) {
        self.step("the browser's storage is cleared");
        self.call("clear", (ORIGIN,));
        self.audit.borrow_mut().cleared();
        let open: Vec<u32> = self.pages.borrow().keys().copied().collect();
        for page in open {
            self.hear_of_storage(page);
        }
        self.forget();
    }

    /// What neither storage nor a page knows any more is forgotten: a shopper may pay again.
    fn forget(&self) {
        let (stored, _) = self.engine.call("stored", (ORIGIN,));
        let pages = self.pages.borrow();
        // A page that sleeps tells nobody what it knows, until it wakes.
        let awake = pages.iter().filter(|(page, _)| !self.is_asleep(**page));
        let views: Vec<String> = awake.map(|(_, view)| view.to_string()).collect();
        self.audit.borrow_mut().forget(|id| stored.contains(id) || views.iter().any(|view| view.contains(id)));
    }

    /// What a page shows; null until it has opened, and once it is closed.
    pub(crate) fn view(&self, page: u32) -> Value {
        self.pages.borrow().get(&page).cloned().unwrap_or_default()
    }

    /// The shopper, or an event, does something on a page.
    pub(crate) fn act(self: &Rc<Self>, page: u32, deed: &str, argument: &Value) {
        self.audit.borrow_mut().does(page, deed);
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

    fn call<A: for<'js> page::IntoArgs<'js>>(self: &Rc<Self>, name: &str, arguments: A) {
        let (_, calls) = self.engine.call(name, arguments);
        self.handle(calls);
    }

    fn handle(self: &Rc<Self>, calls: Vec<Call>) {
        for call in calls {
            let world = self.clone();
            match call {
                Call::Fetch { page, id, method, path, checkout, resend, body } => {
                    let request = Request { method, path, checkout, resend, body };
                    if !request.checkout.is_empty() {
                        self.left(page, &request);
                    }
                    tokio::task::spawn_local(crate::browser::fetch(world, page, id, request));
                }
                Call::Timer { page, id, ms } => {
                    tokio::task::spawn_local(async move {
                        tokio::time::sleep(Duration::from_secs_f64(ms / 1000.0)).await;
                        world.resume(page, id, "null", false);
                    });
                }
                Call::Tokenize { page, id, key } => {
                    tokio::task::spawn_local(crate::browser::tokenize(world, page, id, key));
                }
                Call::Challenge { page, id, key, client_secret } => {
                    tokio::task::spawn_local(crate::browser::challenge(world, page, id, key, client_secret));
                }
                Call::Written { page } => {
                    let others: Vec<u32> = self.pages.borrow().keys().copied().filter(|other| *other != page).collect();
                    for other in others {
                        self.hear_of_storage(other);
                    }
                }
                Call::Changed { page, view } => {
                    let view: Value = serde_json::from_str(&view).unwrap_or_default();
                    self.views.borrow_mut().insert(typical(&view));
                    let before = self.pages.borrow_mut().insert(page, view.clone()).unwrap_or_default();
                    if before["state"] != view["state"] || before["detail"] != view["detail"] {
                        self.step(format!("page {page}: {} {}", view["state"], view["detail"]["code"]));
                        self.audit.borrow_mut().shown(page, &before, &view);
                    }
                    self.changed.notify_waiters();
                }
                Call::Done { page, deed } => {
                    self.audit.borrow_mut().done(page, &deed);
                    self.changed.notify_waiters();
                }
                Call::Failed { page, error } => {
                    self.audit.borrow_mut().fault(format!("page {page}: an error of its own: {error}"));
                }
            }
        }
    }

    /// A request leaves a page. It must be stored by then, where it can be.
    fn left(&self, page: u32, request: &Request) {
        let (stored, _) = self.engine.call("stored", (ORIGIN,));
        let stored: Value = serde_json::from_str(&stored).unwrap_or_default();
        let checkout =
            stored["till.checkout"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()).unwrap_or_default();
        let is_stored = checkout["id"] == request.checkout.as_str() && checkout["attempt"]["body"] == request.body.as_str();
        self.audit.borrow_mut().left(page, request, is_stored);
    }

    fn is_asleep(&self, page: u32) -> bool {
        self.asleep.borrow().get(&page).is_some_and(|until| *until > Instant::now())
    }

    /// The `storage` event: soon, or, where the page is in the background and sleeps, when it wakes.
    fn hear_of_storage(self: &Rc<Self>, page: u32) {
        let now = Instant::now();
        if !self.is_asleep(page) && self.shared.goes_wrong(50, 1, 0).is_some() {
            self.asleep.borrow_mut().insert(page, now + Duration::from_secs(20));
        }
        let wakes = self.asleep.borrow().get(&page).copied().unwrap_or(now).max(now + Duration::from_millis(2));
        let world = self.clone();
        *self.unheard.borrow_mut().entry(page).or_default() += 1;
        tokio::task::spawn_local(async move {
            tokio::time::sleep_until(wakes).await;
            if let Some(unheard) = world.unheard.borrow_mut().get_mut(&page) {
                *unheard -= 1;
            }
            world.act(page, "sync", &Value::Null);
        });
    }
}
