//! What the contract says of an answer beside its outcome, and what an invocation may send to Stripe.

use crate::book::{Glimpse, Send, Verdict};
use crate::request_count::{MAX_REQUESTS, RequestCount};
use crate::weather::Kind;
use serde_json::Value;

/// Judges an answer in the moment it is given.
pub(crate) fn of_answer(number: usize, send: &mut Send, body: &Value, ledger: &Glimpse) -> Vec<(Verdict, String)> {
    let fault = |verdict, why: &str| vec![(verdict, format!("send {number}: {why}"))];
    let code = body["error"]["code"].as_str().unwrap_or_default();
    match body["outcome"].as_str() {
        Some("not_attempted") => match body["checkout"].as_str() {
            Some("closed") => send.closed = true,
            Some("open") if send.closing => {
                return fault(Verdict::Untrue, "`checkout: \"open\"` to a re-send, of which nothing is proved");
            }
            Some("open") => {}
            _ => return fault(Verdict::NoOutcome, "`not_attempted` without a `checkout` that is open or closed"),
        },
        Some("paid") => {
            let told = body.get("refunded").map(|refunded| refunded.as_i64().unwrap_or(-1));
            let (before, now) = (send.refunded_before, ledger.refunded());
            match told {
                Some(told) if told < 1 || told < before || told > now => {
                    let why = format!("`paid` says that {told} was given back, and it was from {before} to {now}");
                    return fault(Verdict::Untrue, &why);
                }
                None if send.calm && before > 0 => {
                    return fault(Verdict::Untrue, &format!("`paid` does not say that {before} was given back"));
                }
                _ => {}
            }
        }
        _ => {}
    }
    let says_total = body["total"].is_u64() && body["currency"].is_string();
    if code == "total_changed" && !says_total {
        return fault(Verdict::NoOutcome, "`total_changed` without the total and its currency");
    }
    Vec::new()
}

/// Judges what an invocation sent to Stripe, whatever it answered.
pub(crate) fn of_requests(number: usize, send: &Send, count: RequestCount) -> Vec<(Verdict, String)> {
    let mut found = Vec::new();
    if count.all > MAX_REQUESTS {
        found.push(format!("send {number}: {} requests to Stripe", count.all));
    }
    if send.settle && count.writes > 0 {
        found.push(format!("send {number}: {} POSTs to Stripe, though nobody pressed", count.writes));
    }
    if send.kind == Kind::Void && count.confirms > 0 {
        found.push(format!("send {number}: {} confirms at Stripe for a void", count.confirms));
    }
    found.into_iter().map(|why| (Verdict::Untrue, why)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_fault_of_an_answer_is_found() {
        let ledger = Glimpse { intents: Vec::new(), charges: Vec::new(), tried: Vec::new() };
        let total = |more: Value| {
            let mut body = json!({ "outcome": "not_attempted", "checkout": "closed", "error": { "code": "total_changed" } });
            body.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
            body
        };
        for (body, verdict) in [
            (total(json!({ "total": 1099, "currency": "usd" })), None),
            (total(json!({ "total": 1099 })), Some(Verdict::NoOutcome)),
            (total(json!({ "currency": "usd" })), Some(Verdict::NoOutcome)),
            (json!({ "outcome": "not_attempted" }), Some(Verdict::NoOutcome)),
            (json!({ "outcome": "not_attempted", "checkout": "open" }), Some(Verdict::Untrue)),
            (json!({ "outcome": "paid" }), None),
            (json!({ "outcome": "paid", "refunded": 1 }), Some(Verdict::Untrue)),
        ] {
            let mut send = Send {
                kind: Kind::Pay,
                card: None,
                closing: true,
                settle: false,
                calm: true,
                refunded_before: 0,
                began: 0,
                paid_before: false,
                answered: None,
                not_attempted: false,
                closed: false,
            };
            let found = of_answer(0, &mut send, &body, &ledger);
            assert_eq!(found.first().map(|(verdict, _)| *verdict), verdict, "{body}");
        }
    }
}
