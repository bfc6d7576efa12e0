//! A tab: the page that is open in it, what it shows, and what its shopper did there.

use crate::book::Press;
use crate::browser::Browser;
use crate::cart::Cart;
use crate::dice::{About, Dice};
use crate::shop::now_ms;
use crate::weather::{Kind, Weather};
use serde_json::{Value, json};
use std::cell::{Cell, Ref, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

/// How long a shopper lets a page work.
const PATIENCE: Duration = Duration::from_secs(15);
/// The same where nothing goes wrong, and nothing is scaled.
const CALM_PATIENCE: Duration = Duration::from_mins(4);

pub(crate) struct Tab {
    pub(crate) browser: Rc<Browser>,
    pub(crate) number: u16,
    /// Whether its shopper tries card after card, all refused.
    pub(crate) stubborn: bool,
    /// Whether nothing goes wrong in it.
    pub(crate) calm: bool,
    /// `storage` events that its page has not heard yet.
    pub(crate) unheard: Cell<u32>,
    pub(crate) sends: Cell<u16>,
    pub(crate) cards: Cell<u16>,
    /// Tries for a config since the last one that came.
    pub(crate) lost_configs: Cell<u16>,
    pub(crate) challenges: Cell<u16>,
    page: Cell<Option<u32>>,
    view: RefCell<Value>,
    changed: Notify,
    /// What is done on the page, and has not come to its end.
    doing: RefCell<Vec<String>>,
    /// The last press: when, Unix milliseconds, and for which cart.
    pressed: RefCell<Option<(u64, Cart)>>,
    /// It came before another page had heard of what is stored: that page could not yet tell of the checkout that it holds.
    pub(crate) pressed_early: Cell<bool>,
}

impl Tab {
    pub(crate) fn new(browser: Rc<Browser>, number: u16, calm: bool) -> Rc<Self> {
        let stubborn = !calm && Dice::of(browser.shop.seed, About::Stubborn(browser.shopper)).chance(0.05);
        Rc::new(Self {
            browser,
            number,
            stubborn,
            calm,
            unheard: Cell::default(),
            sends: Cell::default(),
            cards: Cell::default(),
            lost_configs: Cell::default(),
            challenges: Cell::default(),
            page: Cell::default(),
            view: RefCell::default(),
            changed: Notify::new(),
            doing: RefCell::default(),
            pressed: RefCell::default(),
            pressed_early: Cell::default(),
        })
    }

    /// The number of its open page.
    pub(crate) fn page(&self) -> Option<u32> {
        self.page.get()
    }

    /// What its page shows; null until it has opened, and once it is closed.
    pub(crate) fn view(&self) -> Ref<'_, Value> {
        self.view.borrow()
    }

    /// A page opens. It asks for the config, and then for what became of what is stored.
    fn open(self: &Rc<Self>) {
        self.page.set(Some(self.browser.pages.open(self)));
        self.unheard.set(0);
        self.doing.take();
        self.act("open", &json!(null));
    }

    /// The page is closed. One that works, or has not heard yet that storage was cleared, cannot have written back what it knows;
    /// a receipt is not written back.
    pub(crate) fn close(&self) {
        let Some(page) = self.page.take() else { return };
        let view = self.view.take();
        self.browser.pages.close(page);
        self.changed.notify_waiters();
        if view["busy"] == true || view["state"] == "paid" || self.unheard.take() > 0 {
            self.browser.forget();
        }
    }

    /// The page is loaded again; while it is closed, the shopper may clear storage.
    fn load_again(self: &Rc<Self>) {
        self.close();
        let shop = &self.browser.shop;
        let about = About::Reload(self.browser.shopper, self.number, self.sends.get());
        if self.sends.get() > 0 && !self.calm && Dice::of(shop.seed, about).chance(0.1) {
            shop.counts.add("storage cleared while a page was closed");
            self.browser.clear();
        }
        self.open();
    }

    /// What the page shows when it works at nothing. It is opened first, if it is closed.
    pub(crate) async fn rest(self: &Rc<Self>) -> Value {
        let until = Instant::now() + if self.calm { CALM_PATIENCE } else { PATIENCE };
        loop {
            if self.page().is_none() {
                self.load_again();
            }
            if !self.is_busy() || Instant::now() > until {
                return self.view().clone();
            }
            let _ = tokio::time::timeout(Duration::from_secs(1), self.changed.notified()).await;
        }
    }

    fn is_busy(&self) -> bool {
        let view = self.view();
        view.is_null() || (view["busy"] == true && view["otherTab"]["state"] != "stalled")
    }

    /// The shopper presses Pay.
    pub(crate) fn press(&self, cart: &Cart) {
        *self.pressed.borrow_mut() = Some((now_ms(), cart.clone()));
        self.pressed_early.set(
            self.browser.pages.of(self.browser.shopper).iter().any(|tab| tab.number != self.number && tab.unheard.get() > 0),
        );
        self.act("pay", &cart.order());
    }

    /// The press that a card is taken for. Nobody pressed: the page took it by itself.
    pub(crate) fn press_with(&self, card: String, words: &'static str) -> Option<Press> {
        let pressed = self.pressed.borrow().clone()?;
        Some(Press { at: pressed.0, card, cart: pressed.1, words })
    }

    /// The shopper, or an event, does something on the page.
    pub(crate) fn act(&self, deed: &str, argument: &Value) {
        let Some(page) = self.page() else { return };
        self.doing.borrow_mut().push(deed.to_owned());
        self.browser.pages.act(page, deed, argument);
    }

    /// It has come to its end.
    pub(crate) fn done(&self, deed: &str) {
        let mut doing = self.doing.borrow_mut();
        if let Some(number) = doing.iter().position(|one| one == deed) {
            doing.remove(number);
        }
        self.changed.notify_waiters();
    }

    /// Whether the shopper has pressed something that the page is still at.
    pub(crate) fn is_pressed(&self) -> bool {
        self.doing.borrow().iter().any(|deed| matches!(deed.as_str(), "pay" | "check" | "cancel"))
    }

    /// Whether the last that its shopper pressed, and that it is still at, is Cancel alone.
    pub(crate) fn is_cancelled(&self) -> bool {
        let doing = self.doing.borrow();
        doing.iter().any(|deed| deed == "cancel") && !doing.iter().any(|deed| deed == "pay" || deed == "check")
    }

    pub(crate) fn changed(&self, view: Value) {
        *self.view.borrow_mut() = view;
        self.changed.notify_waiters();
    }

    /// A step of the story of the checkout that the page holds.
    pub(crate) fn step(&self, what: &str) {
        if let Some(id) = self.view()["held"]["id"].as_str() {
            self.browser.shop.book.step(id, format!("tab {}: {what}", self.number));
        }
    }

    /// The weather of the next send, and of its copy.
    pub(crate) fn weather(&self, kind: Kind) -> (Weather, Weather) {
        let (seed, n) = (self.browser.shop.seed, self.sends.replace(self.sends.get() + 1));
        if self.calm {
            return (Weather::calm(), Weather::calm());
        }
        let mut dice = Dice::of(seed, About::Send(self.browser.shopper, self.number, n));
        // Card after card gets through only where most sends do.
        if self.stubborn && dice.chance(0.85) {
            return (Weather::fair(), Weather::fair());
        }
        let original = Weather::draw(&mut dice, kind);
        (original, Weather::of_copy(&mut Dice::of(seed, About::Copy(self.browser.shopper, self.number, n)), kind))
    }
}
