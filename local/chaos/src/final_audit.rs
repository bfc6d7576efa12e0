//! Whether what a shopper was told was still true when everything was over, and whether each charge was asked for.

use crate::book::{Checkout, Glimpse, Verdict};
use sandbox::{Charge, Status};

/// After 23 hours the function takes no checkout, and soon after nothing can be under way.
const CHARGEABLE_MS: u64 = (23 * 60 + 2) * 60_000;
/// As in the function: no checkout may begin so much later than now.
const AHEAD_MS: u64 = 5 * 60_000;
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
        if charge.created * 1000 + AHEAD_MS + 2000 < page.minted {
            found.push((Verdict::Untrue, "charged, and the checkout is of the future".to_owned()));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::Press;
    use crate::cart::{Cart, Catalog};
    use crate::dice::{About, Dice};
    use crate::stripe::Stripe;
    use sandbox::Sandbox;

    const CHECKOUT: &str = "019ab000-0000-7000-8000-000000000000";

    /// A paid PaymentIntent of the checkout, as the function makes it.
    async fn after_paying(cart: &Cart) -> Glimpse {
        let sandbox = Sandbox::start(sandbox::Options::default()).await.expect("starts");
        let stripe = Stripe::new(sandbox.url());
        let token = stripe.tokenize(&sandbox.publishable_key(), "4242424242424242").await.expect("a card");
        let form = [
            ("amount", cart.shown.to_string()),
            ("currency", cart.currency.to_owned()),
            ("payment_method", token),
            ("payment_method_types[]", "card".to_owned()),
            ("confirm", "true".to_owned()),
            ("metadata[till_checkout]", CHECKOUT.to_owned()),
            ("metadata[till_items_1]", cart.words()),
        ];
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        stripe.post("/v1/payment_intents", &sandbox.secret_key(), None, &form).await.expect("an answer");
        Glimpse::of(&sandbox, CHECKOUT)
    }

    #[tokio::test]
    async fn each_fault_of_a_charge_is_found() {
        let cart = Catalog::read().expect("a catalogue").cart(&mut Dice::of(1, About::Shopper(1)));
        let ledger = after_paying(&cart).await;
        let charge = ledger.paid().next().expect("it is paid");
        let find = |spoil: &dyn Fn(&mut Checkout)| {
            let press = Press { at: charge.created * 1000, card: charge.payment_method.clone(), cart: cart.clone(), words: "" };
            let mut page = Checkout { minted: press.at, presses: vec![press], ..Checkout::default() };
            spoil(&mut page);
            close(&mut page, &ledger);
            page.faults.first().map(|(verdict, _)| *verdict)
        };
        assert_eq!(find(&|_| {}), None);
        assert_eq!(find(&|page| page.presses[0].at += 2000), Some(Verdict::Untrue), "before the press");
        let copy = &charge.payment_intent;
        assert_eq!(find(&|page| page.copies.extend([copy.clone()])), Some(Verdict::Untrue), "on the merchant's PaymentIntent");
        assert_eq!(find(&|page| page.minted -= 24 * 3_600_000), Some(Verdict::Untrue), "a day later");
        assert_eq!(find(&|page| page.minted += 3_600_000), Some(Verdict::Untrue), "an hour before");
        assert_eq!(find(&|page| page.presses[0].cart.shown += 1), Some(Verdict::WrongAmount), "another total was shown");
        assert_eq!(find(&|page| page.presses.clear()), Some(Verdict::WrongAmount), "nobody pressed with that card");
    }
}
