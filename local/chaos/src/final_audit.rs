//! Whether what a shopper was told was still true when everything was over, and whether each charge was asked for.

use crate::book::{Checkout, Glimpse, Verdict};
use sandbox::{Charge, Status};

/// After 23 hours the function takes no checkout, and soon after nothing can be under way.
const CHARGEABLE_MS: u64 = (23 * 60 + 2) * 60_000;
/// As in the function and in the page (`MAX_CARDS`).
const MAX_CARDS: usize = 8;

/// Judges a checkout when everything is over.
pub(crate) fn close(page: &mut Checkout, ledger: &Glimpse) {
    let mut found = Vec::new();
    if ledger.paid().count() > 1 {
        found.push((Verdict::DoubleCharge, format!("{} charges", ledger.paid().count())));
    }
    for charge in ledger.paid() {
        let words: String = ledger
            .intents
            .iter()
            .filter(|intent| intent.id == charge.payment_intent)
            .map(|intent| {
                let items = |n: usize| intent.metadata.get(&format!("till_items_{n}")).cloned();
                (1..).map_while(items).collect::<Vec<_>>().join(",")
            })
            .collect();
        match page.presses.iter().find(|press| press.card == charge.payment_method) {
            None => found.push((
                Verdict::WrongAmount,
                format!("{} was charged, which the shopper never pressed with", charge.payment_method),
            )),
            Some(press) => {
                let charged = (u64::try_from(charge.amount).unwrap_or_default(), charge.currency.as_str(), words.as_str());
                let shown = (press.cart.shown, press.cart.currency, press.cart.words());
                if charged != (shown.0, shown.1, shown.2.as_str()) {
                    found.push((Verdict::WrongAmount, format!("charged {charged:?}, and the page showed {shown:?}")));
                }
            }
        }
        if charge.created * 1000 > page.minted + CHARGEABLE_MS {
            let why = "charged later than 23 hours after the checkout began: Stripe may have forgotten its key";
            found.push((Verdict::Untrue, why.to_owned()));
        }
    }
    for (number, send) in page.sends.iter().enumerate().filter(|(_, send)| send.not_attempted) {
        let paid_after = if send.closed {
            ledger.is_paid()
        } else if page.overlapped(number) || (!send.closing && page.copied(number)) {
            false
        } else {
            // It spoke of itself alone: until the next send, nothing may be charged.
            let next = page.sends.iter().find(|next| Some(next.began) > send.answered);
            next.map_or(ledger.is_paid(), |next| next.paid_before)
        };
        if paid_after {
            let what = if send.closed { "the checkout is closed" } else { "`not_attempted`" };
            found.push((Verdict::Untrue, format!("send {number}: {what}, and it was paid after that")));
        }
    }
    found.extend(new_rules(page, ledger));
    page.faults.extend(found);
}

/// What the contract says beyond amounts and outcomes.
fn new_rules(page: &Checkout, ledger: &Glimpse) -> Vec<(Verdict, String)> {
    let mut found = Vec::new();
    for charge in ledger.paid() {
        if !was_pressed_for(page, charge) {
            found.push(format!("{} was charged before anybody pressed", charge.payment_method));
        }
        if page.copies.contains(&charge.payment_intent) {
            found.push(format!("{} was charged, which the merchant's own tool made", charge.payment_intent));
        }
    }
    if ledger.charges.len() > MAX_CARDS {
        found.push(format!("{} charges were tried", ledger.charges.len()));
    }
    let canceled = |id: &&String| ledger.intent(id).is_some_and(|intent| intent.status == Status::Canceled);
    for copy in page.copies.iter().filter(canceled) {
        found.push(format!("{copy} was canceled, which the merchant's own tool made"));
    }
    found.into_iter().map(|why| (Verdict::Untrue, why)).collect()
}

/// Whether the shopper had pressed with the card of this charge. Stripe's time has whole seconds.
fn was_pressed_for(page: &Checkout, charge: &Charge) -> bool {
    let charged = (charge.created + 1) * 1000;
    page.presses.iter().any(|press| press.card == charge.payment_method && press.at <= charged)
}
