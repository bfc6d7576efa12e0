//! What must not be: judged in the moment it happens, and once more when all is over.

use crate::answer_audit::Send;
use crate::browser::{self, Request};
use crate::clock;
use crate::shared::Shared;
use sandbox::{InProcess, PaymentIntent, Status};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The shopper pressed Pay.
#[derive(Debug)]
pub(crate) struct Press {
    page: u32,
    /// Whose card it is, where somebody sent it without a page.
    pub(crate) checkout: Option<String>,
    pub(crate) at_ms: u64,
    pub(crate) cart: Value,
    /// The PaymentMethods that were made for it.
    pub(crate) cards: Vec<String>,
    /// The number of its last card.
    pub(crate) number: String,
}

/// A checkout that was sent.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Checkout {
    pub(crate) first_sent_ms: u64,
    /// What the first request asked for.
    pub(crate) items: Value,
    /// The last outcome that the browser got, and whether the checkout was closed by one.
    pub(crate) delivered: String,
    pub(crate) knows_closed: bool,
    /// The same, also after its marks were cleared.
    pub(crate) heard_closed: bool,
    /// Since when another purchase is none too many: neither storage nor a page knows of it, or the shopper has its receipt.
    pub(crate) forgotten_ms: Option<u64>,
    /// Somebody was told that it is closed.
    pub(crate) told_closed: bool,
    /// Storage was cleared after it was paid: a page that slept meanwhile can know no more than what came before.
    pub(crate) paid_and_cleared: bool,
}

/// The books of a world.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Audit {
    pub(crate) sandbox: Arc<InProcess>,
    pub(crate) shared: Shared,
    pub(crate) faults: Vec<String>,
    pub(crate) presses: Vec<Press>,
    pub(crate) sends: Vec<Send>,
    pub(crate) sent: BTreeMap<String, Checkout>,
    /// What is done on a page, and has not come to its end.
    pub(crate) doing: BTreeMap<u32, Vec<String>>,
    /// Pages on which the shopper pressed Cancel, and neither Pay nor "Check again" since.
    pub(crate) cancelled: BTreeSet<u32>,
    /// The PaymentIntents of receipts that were shown.
    pub(crate) receipts: BTreeSet<String>,
    /// Cards whose bank was told that it is not the shopper.
    pub(crate) unauthenticated: BTreeSet<String>,
    /// PaymentIntents that a tool of the merchant's made with the metadata of a checkout's, with that checkout.
    pub(crate) copies: Vec<(String, String)>,
    pub(crate) was_full: bool,
    /// The browser was killed, and had not yet written down what its pages stored last: they show what was before.
    pub(crate) was_set_back: bool,
    /// The shopper has pressed a button beside the bank's dialog: what comes of the payment is theirs to say.
    pub(crate) was_interrupted: bool,
    /// Whether all environments have the same settings and prices: else the function sends other bytes for the same request.
    pub(crate) has_one_version: bool,
    /// When storage was cleared last.
    pub(crate) cleared_ms: Option<u64>,
    /// Requests that may charge a card, without those that were the same.
    pub(crate) asked: BTreeMap<String, BTreeSet<String>>,
}

impl Audit {
    pub(crate) fn new(sandbox: Arc<InProcess>, shared: Shared) -> Self {
        Self {
            sandbox,
            shared,
            faults: Vec::new(),
            presses: Vec::new(),
            sends: Vec::new(),
            sent: BTreeMap::new(),
            doing: BTreeMap::new(),
            cancelled: BTreeSet::new(),
            receipts: BTreeSet::new(),
            unauthenticated: BTreeSet::new(),
            copies: Vec::new(),
            was_full: false,
            was_set_back: false,
            was_interrupted: false,
            has_one_version: true,
            cleared_ms: None,
            asked: BTreeMap::new(),
        }
    }

    pub(crate) fn checkouts(&self) -> usize {
        self.sent.len()
    }

    pub(crate) fn fault(&mut self, why: String) {
        self.shared.story.step(format!("!!! {why}"));
        self.faults.push(why);
    }

    pub(crate) fn pressed(&mut self, page: u32, cart: &Value) {
        self.presses.push(Press {
            page,
            checkout: None,
            at_ms: clock::now_ms(),
            cart: cart.clone(),
            cards: Vec::new(),
            number: String::new(),
        });
    }

    pub(crate) fn tokenized(&mut self, page: u32, number: &str, card: &str) {
        match self.presses.iter_mut().rfind(|press| press.page == page) {
            Some(press) => {
                press.cards.push(card.to_owned());
                number.clone_into(&mut press.number);
            }
            None => self.fault(format!("page {page} took a card, and nobody had pressed")),
        }
    }

    /// Somebody who has no page sends a request, which may charge what it names. Each of their checkouts is a purchase of its own.
    pub(crate) fn ordered(&mut self, request: &Request) {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        self.sent.entry(request.checkout.clone()).or_default().forgotten_ms = Some(0);
        if let (Some(card), false) = (body["payment_method"].as_str(), body["settle"] == true) {
            let cart = json!({ "total": body["expected_total"], "currency": body["currency"] });
            let (checkout, cards) = (Some(request.checkout.clone()), vec![card.to_owned()]);
            self.presses.push(Press { page: 0, checkout, at_ms: clock::now_ms(), cart, cards, number: String::new() });
        }
    }

    /// The bank's dialog for a PaymentIntent comes to its end.
    pub(crate) fn authenticated(&mut self, intent: &str, is_complete: bool) {
        let is_it = |one: &&PaymentIntent| one.id == intent;
        let card = self.sandbox.look(|ledger| ledger.intents.iter().find(is_it).and_then(|intent| intent.payment_method.clone()));
        let Some(card) = card else { return };
        let press = self.presses.iter_mut().find(|press| press.cards.contains(&card));
        if let Some(press) = press.filter(|press| is_complete && press.number == browser::AUTHENTICATES) {
            browser::PAYS[0].clone_into(&mut press.number);
        }
        if !is_complete {
            self.unauthenticated.insert(card);
        }
    }

    /// A tool of the merchant's made a PaymentIntent with the metadata of a checkout's.
    pub(crate) fn copied(&mut self, checkout: &str, copy: &str) {
        self.copies.push((checkout.to_owned(), copy.to_owned()));
    }

    /// The shopper has seen a receipt, and buys once more: what was paid so far was meant.
    pub(crate) fn bought(&mut self) {
        let now = clock::now_ms();
        let paid: Vec<String> = self.sent.keys().filter(|id| self.is_paid(id)).cloned().collect();
        for id in paid {
            if let Some(checkout) = self.sent.get_mut(&id) {
                checkout.forgotten_ms.get_or_insert(now);
            }
        }
    }

    /// Nothing went wrong, and the shopper pressed: then the outcome is known, and a card that pays has paid.
    pub(crate) fn must_be_known(&mut self, view: &Value) {
        let pays = self.presses.last().is_some_and(|press| browser::PAYS.contains(&press.number.as_str()));
        if !self.was_interrupted && (view["state"] == "unknown" || (pays && view["state"] != "paid")) {
            self.fault(format!("nothing went wrong, and the page shows {} {}", view["state"], view["detail"]["code"]));
        }
    }

    /// Something is done on a page.
    pub(crate) fn does(&mut self, page: u32, deed: &str) {
        match deed {
            "cancel" => drop(self.cancelled.insert(page)),
            "pay" | "check" => drop(self.cancelled.remove(&page)),
            _ => {}
        }
        self.doing.entry(page).or_default().push(deed.to_owned());
    }

    /// It has come to its end.
    pub(crate) fn done(&mut self, page: u32, deed: &str) {
        let doing = self.doing.entry(page).or_default();
        if let Some(number) = doing.iter().position(|one| one == deed) {
            doing.remove(number);
        }
    }

    pub(crate) fn closed(&mut self, page: u32) {
        self.doing.remove(&page);
    }

    /// Judges what a page shows.
    pub(crate) fn shown(&mut self, page: u32, before: &Value, view: &Value) {
        let (state, detail) = (view["state"].as_str().unwrap_or_default(), &view["detail"]);
        let was_sending = matches!(before["state"].as_str(), Some("sending" | "confirming" | "closing"));
        let held = before["held"]["id"].as_str().and_then(|id| self.sent.get(id));
        if let Some(checkout) = held.filter(|_| was_sending) {
            let told = if checkout.delivered == "requires_action" { "action" } else { checkout.delivered.as_str() };
            let is_undecided = state == "unknown" && before["state"] != "closing" && told != "unknown";
            if (matches!(state, "declined" | "not_attempted" | "paid" | "action") && state != told) || is_undecided {
                self.fault(format!("page {page} shows {state}, and was told {told}"));
            }
        }
        match state {
            "paid" => {
                let receipt = &detail["receipt"];
                if !self.is_receipt(receipt) {
                    self.fault(format!("page {page} shows paid, and the ledger does not: {receipt}"));
                }
                self.receipts.extend(receipt["payment_intent"].as_str().map(str::to_owned));
            }
            "declined" | "not_attempted" => {
                let held = view["held"]["id"].as_str().or(before["held"]["id"].as_str());
                let is_marked = |id: &str| {
                    !self.was_full && !self.was_set_back && self.sent.get(id).is_none_or(|checkout| !checkout.paid_and_cleared)
                };
                let is_known = |id: &str| was_sending || is_marked(id);
                if held.is_some_and(|id| is_known(id) && self.is_paid(id)) {
                    self.fault(format!("page {page} shows {state}, and its checkout is paid"));
                }
            }
            _ => {}
        }
    }

    /// Whether the checkout is paid by now.
    pub(crate) fn is_paid(&self, checkout: &str) -> bool {
        any_intent_of(&self.sandbox, checkout, |intent| intent.status == Status::Succeeded)
    }

    /// The browser's storage is cleared, and with it the marks of what is closed: its pages may take that for open once more.
    pub(crate) fn cleared(&mut self) {
        self.cleared_ms = Some(clock::now_ms());
        let paid: Vec<String> = self.sent.keys().filter(|id| self.is_paid(id)).cloned().collect();
        for (id, checkout) in &mut self.sent {
            checkout.knows_closed = false;
            checkout.paid_and_cleared |= paid.contains(id);
        }
    }

    /// The browser's storage takes nothing more: a page cannot tell the others that it was paid.
    pub(crate) fn filled(&mut self) {
        self.was_full = true;
    }

    /// Notes what nobody knows any more.
    pub(crate) fn forget(&mut self, is_known: impl Fn(&str) -> bool) {
        for (id, checkout) in &mut self.sent {
            let receipt = any_intent_of(&self.sandbox, id, |intent| is_known(&intent.id));
            if checkout.forgotten_ms.is_none() && !receipt && !is_known(id) {
                checkout.forgotten_ms = Some(clock::now_ms());
            }
        }
    }
}

/// Whether a PaymentIntent says that it is the checkout's.
pub(crate) fn belongs_to(intent: &PaymentIntent, checkout: &str) -> bool {
    intent.metadata.get("till_checkout").is_some_and(|id| id == checkout)
}

/// Whether it is so of any PaymentIntent of the checkout.
pub(crate) fn any_intent_of(sandbox: &InProcess, checkout: &str, is_so: impl Fn(&PaymentIntent) -> bool) -> bool {
    sandbox.look(|ledger| ledger.intents.iter().any(|intent| belongs_to(intent, checkout) && is_so(intent)))
}
