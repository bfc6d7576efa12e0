//! What must not be, judged when all is over.

use crate::audit::{Audit, Press, any_intent_of, belongs_to};
use crate::receipt_audit::{items_of, words};
use sandbox::{Charge, Status};
use serde_json::Value;

/// As in the function (`MAX_CARDS`).
const MAX_CARDS: usize = 8;

impl Audit {
    /// Judges what the last page shows when nothing goes wrong any more.
    pub(crate) fn settled(&mut self, view: &Value) {
        let state = view["state"].as_str().unwrap_or_default();
        if !matches!(state, "unknown" | "action" | "") && view["busy"] != true {
            return;
        }
        self.not_settled(view["held"]["id"].as_str().unwrap_or_default(), state);
    }

    /// The outcome of a checkout is not known, although nothing goes wrong any more.
    pub(crate) fn not_settled(&mut self, id: &str, state: &str) {
        // Of two that say the same of themselves, neither of them paid, nobody knows which is Till's.
        let is_doubtful = self.copies.iter().any(|(checkout, _)| checkout == id) && !self.is_paid(id);
        if !is_doubtful && !self.has_saved_error(id) {
            self.fault(format!("{id} cannot be settled: {state}"));
        }
    }

    /// When all is over, each payment that the shopper could know of was shown to be paid, and the shop can be paid in again.
    pub(crate) fn must_be_shown(&mut self, view: &Value) {
        let (state, mut faults) = (view["state"].as_str().unwrap_or_default(), Vec::new());
        if matches!(state, "idle" | "declined" | "not_attempted") && view["mayPay"] != true {
            faults.push(format!("{state}, and nobody can pay"));
        }
        for (id, checkout) in &self.sent {
            let is_shown = any_intent_of(&self.sandbox, id, |intent| self.receipts.contains(&intent.id));
            // Of a browser's own copy of a first send, one may be refused and the other be paid.
            let was_refused = checkout.delivered == "not_attempted";
            if checkout.forgotten_ms.is_none() && self.is_paid(id) && !is_shown && !was_refused && !self.was_set_back {
                faults.push(format!("{id} is paid, and no page has shown it: {state}"));
            }
            let is_open = !checkout.heard_closed && matches!(checkout.delivered.as_str(), "unknown" | "requires_action");
            if checkout.forgotten_ms.is_none() && is_open && state == "idle" && !self.was_set_back {
                faults.push(format!("{id} is open, and the page shows an empty shop"));
            }
        }
        for fault in faults {
            self.fault(fault);
        }
    }

    /// Whether Stripe keeps an error under the checkout's key, and nobody can prove what it was: of a refusal its own bytes can.
    fn has_saved_error(&self, id: &str) -> bool {
        let key = format!("till-{id}");
        self.sandbox.look(|ledger| {
            let under_key = || ledger.requests.iter().filter(|request| request.idempotency_key.as_ref() == Some(&key));
            let is_refused = |request: &sandbox::Request| matches!(request.status, Some(400 | 404));
            let drawn = |request: &sandbox::Request| matches!(request.fault.as_deref(), Some("error_kept" | "refusal_kept"));
            if !self.had_other_bytes(id) {
                return under_key().any(|request| request.fault.as_deref() == Some("error_kept"));
            }
            let replayed = under_key().any(|request| request.replayed && is_refused(request));
            replayed || under_key().any(drawn) || (under_key().any(is_refused) && !under_key().any(|request| request.executed))
        })
    }

    /// Judges everything once more.
    pub(crate) fn close(&mut self) {
        let mut paid: Vec<(String, u64)> = Vec::new();
        let mut faults = Vec::new();
        self.sandbox.look(|ledger| {
            for charge in ledger.charges.iter().filter(|charge| charge.paid) {
                let Some(intent) = ledger.intents.iter().find(|intent| intent.id == charge.payment_intent) else { continue };
                let id = intent.metadata.get("till_checkout").cloned().unwrap_or_default();
                faults.extend(self.not_pressed_for(charge, &id, &items_of(intent)));
                paid.push((id, charge.created));
            }
        });
        for (id, checkout) in &self.sent {
            if checkout.told_closed && paid.iter().any(|(paid, _)| paid == id) {
                faults.push(format!("{id} was told closed, and it is paid"));
            }
        }
        faults.extend(self.beyond_contract());
        for (number, (one, _)) in paid.iter().enumerate() {
            for (other, _) in &paid[number + 1..] {
                if one == other || !self.may_follow(one, other) && !self.may_follow(other, one) {
                    faults.push(format!("charged twice: {one} and {other}"));
                }
            }
        }
        for fault in faults {
            self.fault(fault);
        }
    }

    /// Why nobody asked for this charge.
    fn not_pressed_for(&self, charge: &Charge, checkout: &str, items: &str) -> Option<String> {
        let is_its = |press: &&Press| {
            press.cards.contains(&charge.payment_method) && press.checkout.as_ref().is_none_or(|id| id == checkout)
        };
        let presses: Vec<&Press> = self.presses.iter().filter(is_its).collect();
        let shown = |press: &&&Press| {
            let is_the_cart = press.checkout.is_some() || words(&press.cart["items"]) == items;
            is_the_cart && press.cart["total"] == charge.amount && press.cart["currency"] == charge.currency.as_str()
        };
        let agreed: Vec<&&Press> = presses.iter().filter(shown).collect();
        if presses.is_empty() {
            Some(format!("{} was charged, and nobody pressed with it", charge.payment_method))
        } else if agreed.is_empty() {
            let carts: Vec<_> = presses.iter().map(|press| press.cart.to_string()).collect();
            Some(format!("charged {} {} for {items}, and the page showed {carts:?}", charge.amount, charge.currency))
        } else if agreed.iter().all(|press| charge.created < press.at_ms / 1000) {
            Some(format!("{} was charged before the press", charge.payment_method))
        } else {
            None
        }
    }

    /// What the contract says of all checkouts: how many cards one takes and how often, and what is the merchant's own.
    fn beyond_contract(&self) -> Vec<String> {
        self.sandbox.look(|ledger| {
            let intent = |id: &str| ledger.intents.iter().find(|intent| intent.id == id);
            let charges = |is_it: &dyn Fn(&Charge) -> bool| ledger.charges.iter().filter(|charge| is_it(charge)).count();
            // Under a key that holds an error a card may have been declined: nobody can know, and it is tried again.
            let is_saved_error = |request: &&sandbox::Request| request.fault.as_deref() == Some("error_executed");
            let saved_errors = ledger.requests.iter().filter(is_saved_error).count();
            let mut found = Vec::new();
            for checkout in self.sent.keys() {
                let is_its = |charge: &Charge| intent(&charge.payment_intent).is_some_and(|intent| belongs_to(intent, checkout));
                if charges(&is_its) > MAX_CARDS {
                    found.push(format!("{checkout} took more than {MAX_CARDS} cards"));
                }
            }
            for (_, copy) in &self.copies {
                if intent(copy).is_some_and(|copy| matches!(copy.status, Status::Succeeded | Status::Canceled)) {
                    found.push(format!("{copy} is the merchant's, and was charged or canceled"));
                }
            }
            for (card, requests) in &self.asked {
                let (tries, asked) = (charges(&|charge| charge.payment_method == *card), requests.len());
                if tries > asked + saved_errors {
                    found.push(format!("{card} was tried {tries} times, and asked for {asked}"));
                }
            }
            found
        })
    }

    /// Whether the first of two was forgotten before the other one was sent.
    fn may_follow(&self, first: &str, second: &str) -> bool {
        let (Some(first), Some(second)) = (self.sent.get(first), self.sent.get(second)) else { return false };
        first.forgotten_ms.is_some_and(|at| at <= second.first_sent_ms)
    }
}
