//! Whether what a shopper was told is true, by the ledger of that time. `final_audit` judges it again when all is over.

use crate::book::{Answer, Book, Checkout, Glimpse, Verdict};
use crate::contract_audit;
use crate::weather::Kind;
use sandbox::{ConfirmationMethod, Sandbox, Status};
use serde_json::{Value, json};

/// Judges an answer in the moment it is given. Returns its outcome, if it has one.
pub(crate) fn hear(book: &Book, sandbox: &Sandbox, checkout: &str, number: usize, answer: &Answer) -> Option<String> {
    let ledger = Glimpse::of(sandbox, checkout);
    let now = book.now();
    book.on(checkout, |page| {
        page.sends[number].answered = Some(now);
        match answer {
            Answer::Reply(reply) => {
                let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
                page.steps.push((now, format!("answer to send {number}: {} {}", reply.status, short(&body))));
                let verdict = judge(page, number, reply.status, &body, &ledger);
                page.faults.extend(verdict.err());
                let contract = contract_audit::of_answer(number, &mut page.sends[number], &body, &ledger);
                page.faults.extend(contract);
                body["outcome"].as_str().map(ToOwned::to_owned)
            }
            Answer::Nothing(why) => {
                page.steps.push((now, format!("no answer to send {number}: {why}")));
                None
            }
            Answer::Failed(why) => {
                page.steps.push((now, format!("no answer to send {number}: {why}")));
                page.faults.push((Verdict::NoOutcome, format!("send {number}: {why}")));
                None
            }
        }
    })
}

type Judgement = Result<(), (Verdict, String)>;

fn judge(page: &mut Checkout, number: usize, status: u16, body: &Value, ledger: &Glimpse) -> Judgement {
    let untrue = |why: &str| Err((Verdict::Untrue, format!("send {number}: {why}")));
    let (overlapped, copied) = (page.overlapped(number), page.copied(number));
    let send = &mut page.sends[number];
    // Two sends at a time: what one was told held when it began, or when it ended.
    let unpaid = !ledger.is_paid() || (overlapped && !send.paid_before);
    match (body["outcome"].as_str(), status) {
        (Some("paid"), 200) => judge_paid(page, body, ledger).or_else(|why| untrue(&why)),
        (Some("requires_action"), 200) => {
            let challenged = page.challenges.iter().any(|at| *at >= send.began);
            let intent = body["payment_intent"].as_str().and_then(|id| ledger.intent(id));
            let secret = body["client_secret"].as_str().unwrap_or_default();
            match intent {
                None => untrue("`requires_action` names a PaymentIntent that is not the checkout's"),
                Some(_) if !unpaid => untrue("`requires_action`, and the checkout is paid"),
                Some(_) if send.kind == Kind::Void => untrue("`requires_action` to a void"),
                Some(intent) if intent.confirmation_method != ConfirmationMethod::Manual => {
                    untrue("`requires_action` of a PaymentIntent that was born to decline")
                }
                Some(intent) if !secret.starts_with(&format!("{}_secret_", intent.id)) => untrue("not this client_secret"),
                Some(_) if overlapped || challenged => Ok(()),
                Some(intent) if intent.status != Status::RequiresAction => {
                    untrue(&format!("`requires_action`, and the PaymentIntent is {}", intent.status.as_str()))
                }
                Some(intent) if intent.payment_method != send.card => untrue("`requires_action` of another card"),
                Some(_) => Ok(()),
            }
        }
        (Some("declined"), 402) => {
            let ours = body["payment_intent"].as_str().is_some_and(|id| ledger.intent(id).is_some());
            match &send.card {
                _ if !ours => untrue("`declined` names a PaymentIntent that is not the checkout's"),
                Some(card) if !ledger.refused(card, &page.unauthenticated) => untrue("`declined`, and this card was not refused"),
                _ if !unpaid => untrue("`declined`, and the checkout is paid"),
                _ if send.kind == Kind::Void => untrue("`declined` to a void"),
                _ => Ok(()),
            }
        }
        (Some("not_attempted"), 400..=429 | 503) => {
            send.not_attempted = true;
            if send.closing && ledger.is_paid() {
                return untrue("`not_attempted` to a re-send, and the checkout is paid");
            }
            if copied && ledger.is_paid() {
                page.copies_told += 1;
                return Ok(());
            }
            if unpaid { Ok(()) } else { untrue("`not_attempted`, and the checkout is paid") }
        }
        (Some("unknown"), 503) => Ok(()),
        _ => Err((Verdict::NoOutcome, format!("send {number}: {status} {}", short(body)))),
    }
}

fn judge_paid(page: &Checkout, body: &Value, ledger: &Glimpse) -> Result<(), String> {
    let Some(intent) = body["payment_intent"].as_str().and_then(|id| ledger.intent(id)) else {
        return Err("`paid` names a PaymentIntent that is not the checkout's".to_owned());
    };
    if intent.status != Status::Succeeded {
        return Err(format!("`paid`, and the PaymentIntent is {}", intent.status.as_str()));
    }
    let charge = ledger.paid().find(|charge| charge.payment_intent == intent.id);
    let card = charge.map(|charge| charge.payment_method.as_str());
    let press = page.presses.iter().find(|press| Some(press.card.as_str()) == card);
    for (field, truth) in [
        ("amount", json!(intent.amount)),
        ("currency", json!(intent.currency)),
        ("payment_method", json!(card)),
        ("items", press.map(|press| press.cart.items()).unwrap_or_default()),
    ] {
        if body[field] != truth {
            return Err(format!("`paid` says {field} {}, and it is {truth}", body[field]));
        }
    }
    Ok(())
}

/// A body as a story shows it: what decides, and nothing long.
fn short(body: &Value) -> String {
    let mut short = body.clone();
    if let Some(secret) = short.get_mut("client_secret") {
        *secret = json!("…");
    }
    if let Some(error) = short["error"].as_object_mut() {
        error.retain(|field, _| field == "code" || field == "param" || field == "decline_code");
    }
    short.to_string()
}
