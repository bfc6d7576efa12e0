//! Whether what the function answers is true, judged in the moment when it answers.

use crate::audit::{Audit, belongs_to};
use crate::browser::Request;
use crate::shared::Requests;
use sandbox::{Charge, ConfirmationMethod, PaymentIntent, Status};
use serde_json::Value;
use std::collections::BTreeSet;

/// docs/scale.md: an invocation sends no more to Stripe.
const MAX_REQUESTS: u32 = 16;

/// An invocation of the function for a checkout.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Send {
    checkout: String,
    /// The card that it names.
    card: Option<String>,
    settle: bool,
    voids: bool,
    /// An earlier request of the checkout may have been executed.
    resend: bool,
    /// Another one of the checkout was under way at some moment of it: then an outcome may be of before.
    overlapped: bool,
    is_over: bool,
}

impl Audit {
    /// A request arrives at the function; its number, if it is about a checkout.
    pub(crate) fn sent(&mut self, request: &Request) -> Option<usize> {
        if request.checkout.is_empty() {
            return None;
        }
        let body: Value = serde_json::from_str(&request.body).unwrap_or_default();
        let card = body["payment_method"].as_str().map(str::to_owned);
        if let (Some(card), true) = (&card, body["settle"].is_null() && body["action"].is_null()) {
            self.asked.entry(card.clone()).or_default().insert(format!("{} {}", request.path, request.body));
        }
        let mut overlapped = false;
        for other in self.sends.iter_mut().filter(|other| !other.is_over && other.checkout == request.checkout) {
            (other.overlapped, overlapped) = (true, true);
        }
        self.sends.push(Send {
            checkout: request.checkout.clone(),
            overlapped,
            card,
            voids: request.path == "/api/payments/void",
            settle: body["settle"] == true,
            resend: request.resend || request.path != "/api/payments",
            is_over: false,
        });
        Some(self.sends.len() - 1)
    }

    /// Whether the checkout's key was used for more than one thing: another card, or to close it.
    pub(crate) fn had_other_bytes(&self, checkout: &str) -> bool {
        let ours = || self.sends.iter().filter(|send| send.checkout == checkout && !send.settle);
        let cards: BTreeSet<_> = ours().filter_map(|send| send.card.as_ref()).collect();
        cards.len() > 1 || ours().any(|send| send.voids) || !self.has_one_version
    }

    /// Judges an answer, or that there was none.
    pub(crate) fn answered(&mut self, number: Option<usize>, body: Option<&Value>, requests: Requests) {
        let Some(number) = number else { return };
        let send = &mut self.sends[number];
        send.is_over = true;
        let (checkout, resend, is_alone) = (send.checkout.clone(), send.resend, !send.overlapped);
        let (settle, voids, card) = (send.settle, send.voids, send.card.clone());
        if settle && requests.writes > 0 {
            self.fault(format!("{checkout}: a request that may only find out wrote to Stripe"));
        }
        if voids && requests.confirms > 0 {
            self.fault(format!("{checkout}: a request that closes confirmed"));
        }
        if requests.all > MAX_REQUESTS {
            self.fault(format!("{checkout}: {} requests to Stripe", requests.all));
        }
        let Some(body) = body else { return };
        let is_paid = self.is_paid(&checkout);
        if let Some(fault) = self.contradiction(&checkout, card.as_deref(), is_alone, body) {
            self.fault(format!("{checkout}: {fault}"));
        }
        match (body["outcome"].as_str().unwrap_or_default(), body["checkout"].as_str()) {
            ("paid", _) if !is_paid => self.fault(format!("{checkout}: told paid, and it is not")),
            ("declined" | "requires_action", _) if is_paid && is_alone => {
                self.fault(format!("{checkout}: told {}, and it is paid", body["outcome"]));
            }
            ("not_attempted", Some("closed")) => {
                self.sent.entry(checkout).or_default().told_closed = true;
            }
            ("not_attempted", Some("open")) if resend => self.fault(format!("{checkout}: told open, of which nothing is proved")),
            ("paid" | "declined" | "requires_action" | "unknown", _) | ("not_attempted", Some("open")) => {}
            _ => self.fault(format!("{checkout}: an answer without an outcome: {body}")),
        }
    }

    /// What an answer says beside its outcome, and the ledger does not. Of two requests at a time only one knows all.
    fn contradiction(&self, checkout: &str, card: Option<&str>, is_alone: bool, body: &Value) -> Option<String> {
        let outcome = body["outcome"].as_str()?;
        let (intent, charges) = self.sandbox.look(|ledger| {
            let intent = ledger.intents.iter().find(|intent| body["payment_intent"] == intent.id.as_str()).cloned();
            let charges = ledger.charges.iter().filter(|charge| body["payment_intent"] == charge.payment_intent.as_str());
            (intent, charges.cloned().collect::<Vec<_>>())
        });
        if !matches!(outcome, "paid" | "requires_action" | "declined") {
            return None;
        }
        let Some(intent) = intent.filter(|intent| belongs_to(intent, checkout)) else {
            return Some(format!("told {outcome} of a PaymentIntent that is not its own"));
        };
        match outcome {
            "paid" => contradicts_receipt(body, &intent, charges.iter().find(|charge| charge.paid)?, self.shared.is_calm()),
            "requires_action" if intent.confirmation_method != ConfirmationMethod::Manual => {
                Some("told requires_action of a PaymentIntent that was made to decline".to_owned())
            }
            "requires_action"
                if is_alone && intent.status == Status::RequiresAction && intent.payment_method.as_deref() != card =>
            {
                Some("told requires_action of another card".to_owned())
            }
            "declined" if !self.was_refused(card?, &intent, &charges) => {
                Some(format!("told declined, and {card:?} was not refused"))
            }
            _ => None,
        }
    }

    fn was_refused(&self, card: &str, intent: &PaymentIntent, charges: &[Charge]) -> bool {
        let last = intent.last_payment_error.as_ref().is_some_and(|error| error["payment_method"]["id"] == card);
        last || self.shared.is_declined(card)
            || self.unauthenticated.contains(card)
            || charges.iter().any(|charge| !charge.paid && charge.payment_method == card)
    }
}

/// `is_calm`: nothing goes wrong, so that a refund is known.
fn contradicts_receipt(body: &Value, intent: &PaymentIntent, charge: &Charge, is_calm: bool) -> Option<String> {
    let refunded = body["refunded"].as_i64().unwrap_or_default();
    let is_so = body["amount"] == intent.amount
        && body["currency"] == intent.currency.as_str()
        && body["payment_method"] == charge.payment_method.as_str()
        && (refunded == charge.amount_refunded || !is_calm && refunded < charge.amount_refunded)
        && intent.status == Status::Succeeded;
    (!is_so).then(|| format!("told {body}, and the ledger has {} {} {}", intent.amount, intent.currency, charge.payment_method))
}
