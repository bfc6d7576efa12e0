//! Whether a page may send what it sends, and what it is told.

use crate::audit::{Audit, Checkout};
use crate::browser::Request;
use crate::clock;
use serde_json::Value;

/// So long a checkout can be paid, counted from its id; it is sent moments later.
const LIFETIME_MS: u64 = 23 * 60 * 60 * 1000;

/// So long a page may not have written again what it sends.
const CLEARED_MS: u64 = 120_000;

impl Audit {
    /// A request leaves a page.
    pub(crate) fn left(&mut self, page: u32, request: &Request, is_stored: bool) {
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let (id, pays) = (&request.checkout, request.path != "/api/payments/void" && body["settle"] != true);
        let mut faults = Vec::new();
        let pressed = |deed: &String| matches!(deed.as_str(), "pay" | "check" | "cancel");
        if body["settle"] != true && !self.doing.get(&page).is_some_and(|doing| doing.iter().any(pressed)) {
            faults.push(format!("{id}: page {page} sends it, and nobody pressed"));
        }
        if pays && self.cancelled.contains(&page) {
            faults.push(format!("{id}: page {page} sends it to be paid, and its shopper pressed Cancel"));
        }
        let was_cleared = self.cleared_ms.is_some_and(|at| clock::now_ms() < at + CLEARED_MS);
        // Another page may have been told that it is paid, and have stored the receipt in its place.
        if body["settle"] != true && !is_stored && !was_cleared && !self.was_full && !self.is_paid(id) {
            faults.push(format!("{id} is sent, and is not stored"));
        }
        let only_asks = self.only_asks(page, request);
        if let Some(checkout) = self.sent.get_mut(id).filter(|_| !only_asks) {
            "unknown".clone_into(&mut checkout.delivered); // until it is answered
        }
        match self.sent.get_mut(id) {
            None => {
                let is_live = |other: &Checkout| clock::now_ms() < other.first_sent_ms + LIFETIME_MS;
                let is_open = |other: &Checkout| !other.heard_closed && other.forgotten_ms.is_none() && is_live(other);
                if self.sent.values().any(is_open) {
                    faults.push(format!("{id} is begun while another checkout is open"));
                }
                let first = Checkout { first_sent_ms: clock::now_ms(), items: body["items"].clone(), ..Checkout::default() };
                self.sent.insert(id.clone(), first);
            }
            Some(checkout) => {
                if !request.resend && request.path == "/api/payments" {
                    faults.push(format!("{id} is sent again without Till-Resend"));
                }
                if pays && checkout.knows_closed && !self.was_full {
                    faults.push(format!("{id} is to be paid, though the browser was told that it is closed"));
                }
                if pays && !body["items"].is_null() && body["items"] != checkout.items && !self.was_set_back {
                    faults.push(format!("{id} is sent with other items"));
                }
            }
        }
        let shown =
            self.presses.iter().rev().find(|press| press.cards.iter().any(|card| body["payment_method"] == card.as_str()));
        if let Some(press) = shown.filter(|press| pays && body["expected_total"] != press.cart["total"]) {
            faults.push(format!("{id} is sent with the total {}, and {} was shown", body["expected_total"], press.cart["total"]));
        }
        for fault in faults {
            self.fault(fault);
        }
    }

    /// Whether a page asks while another one works.
    fn only_asks(&self, page: u32, request: &Request) -> bool {
        request.body.contains("\"settle\":true")
            && self.doing.get(&page).is_some_and(|doing| doing.iter().any(|deed| deed == "askMeanwhile"))
    }

    /// An answer reaches a page. One that asks while another page works takes over nothing but `paid`.
    pub(crate) fn delivered(&mut self, page: u32, request: &Request, body: &Value) {
        if self.only_asks(page, request) && body["outcome"] != "paid" {
            return;
        }
        if let Some(checkout) = self.sent.get_mut(&request.checkout) {
            body["outcome"].as_str().unwrap_or("unknown").clone_into(&mut checkout.delivered);
            checkout.knows_closed |= body["checkout"] == "closed";
            checkout.heard_closed |= body["checkout"] == "closed";
        }
    }
}
