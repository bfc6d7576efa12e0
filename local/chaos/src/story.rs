//! The story of one checkout, step by step: what the shopper did, what was sent and answered, what the ledger says.

use crate::book::{Book, Checkout, Glimpse, Verdict};
use crate::counts::Counts;
use crate::request_count::MAX_REQUESTS;
use sandbox::{Ledger, Request};
use serde_json::Value;
use std::fmt;

/// What no line of the function's log may have.
const SECRETS: [&str; 5] = ["canary", "_secret_", "sk_test_", "rk_test_", "whsec"];

/// A checkout that went wrong.
#[derive(Debug)]
pub(crate) struct Story {
    pub(crate) verdicts: Vec<(Verdict, String)>,
    title: String,
    steps: Vec<(i128, String)>,
    ledger: Vec<String>,
}

impl Story {
    pub(crate) fn of(shop: u32, id: &str, page: &Checkout, glimpse: &Glimpse, ledger: &Ledger) -> Self {
        let opened = i128::from(page.opened);
        let mut steps: Vec<_> = page.steps.iter().map(|(at, what)| (i128::from(*at), what.clone())).collect();
        let about = |request: &&Request| {
            let named = |text: &str| text.contains(id) || glimpse.intents.iter().any(|intent| text.contains(&intent.id));
            request.idempotency_key.as_deref().is_some_and(named) || named(&request.path)
        };
        steps.extend(
            ledger.requests().iter().filter(about).map(|request| (i128::from(request.at_ms) - opened, stripe_saw(request))),
        );
        steps.sort_by_key(|(at, _)| *at);
        let intents = glimpse.intents.iter().map(|intent| {
            format!("{} {} {} {} {:?}", intent.id, intent.status.as_str(), intent.amount, intent.currency, intent.metadata)
        });
        let charges = glimpse.charges.iter().map(|charge| {
            let paid = if charge.paid { "PAID" } else { "failed" };
            format!(
                "{} {paid} {} {} with {} on {}",
                charge.id, charge.amount, charge.currency, charge.payment_method, charge.payment_intent
            )
        });
        Self {
            verdicts: page.faults.clone(),
            title: format!("shop {shop}, shopper {}, checkout {id}", page.shopper),
            steps,
            ledger: intents.chain(charges).collect(),
        }
    }

    /// Charges that belong to no checkout.
    pub(crate) fn of_strays(shop: u32, number: usize) -> Self {
        let verdicts = vec![(Verdict::DoubleCharge, format!("{number} charges that belong to no checkout"))];
        Self { verdicts, title: format!("shop {shop}"), steps: Vec::new(), ledger: Vec::new() }
    }
}

fn stripe_saw(request: &Request) -> String {
    let key = request.idempotency_key.as_deref().unwrap_or("no key");
    let status = request.status.map_or_else(|| "unanswered".to_owned(), |status| status.to_string());
    let executed = if request.executed { ", executed" } else { "" };
    let replayed = if request.replayed { ", replayed" } else { "" };
    let fault = request.fault.as_ref().map(|fault| format!(", {fault}")).unwrap_or_default();
    format!(
        "    Stripe: {} {} ({key}): {status}{executed}{replayed}{fault} after {} ms",
        request.method, request.path, request.ms
    )
}

/// A line that the function printed: part of its checkout's story, and never a place for a secret.
pub(crate) fn hear(book: &Book, counts: &Counts, line: &str) {
    if SECRETS.iter().any(|secret| line.contains(secret)) {
        counts.add(LEAKS);
    }
    let Ok(line) = serde_json::from_str::<Value>(line) else { return };
    if let Some(checkout) = line["checkout"].as_str() {
        let words = ["outcome", "code", "attempts", "stripe_ms", "ms"].map(|field| format!("{field} {}", line[field]));
        book.step(checkout, format!("    function: {}", words.join(", ")));
        if line["attempts"].as_u64().is_some_and(|attempts| attempts > MAX_REQUESTS) {
            let why = format!("the function's log says {} requests to Stripe in one invocation", line["attempts"]);
            book.on(checkout, |page| page.faults.push((Verdict::Untrue, why)));
        }
    }
}

/// The count of log lines with something secret in them.
pub(crate) const LEAKS: &str = "log lines with a secret";

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for (verdict, why) in &self.verdicts {
            writeln!(f, "  {verdict:?}: {why}")?;
        }
        for (at, what) in &self.steps {
            writeln!(f, "  {at:>7} ms  {what}")?;
        }
        for line in &self.ledger {
            writeln!(f, "  in the end  {line}")?;
        }
        Ok(())
    }
}
