//! The evening: nothing goes wrong any more, and every checkout is sent again until it is settled.

use crate::book::{Checkout, Glimpse, Verdict};
use crate::challenge::Asked;
use crate::merchant_tools::is_tombstone;
use crate::page_answer::{PageAnswer, as_page_reads};
use crate::request::Request;
use crate::shop::{Shop, now_ms};
use crate::weather::{Kind, Weather};
use futures_util::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;

const ROUNDS: u32 = 6;
/// The merchant's other payments, so that a lookup has to turn a page.
const OTHERS: usize = 110;

/// Waits until no invocation is under way.
pub(crate) async fn wait_for_all(shop: &Arc<Shop>) {
    // Whoever sends something holds the shop.
    while Arc::strong_count(shop) > 1 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Settles every checkout by its last request.
pub(crate) async fn settle(shop: &Arc<Shop>, processes: usize) {
    let others = (0..OTHERS).map(|_| {
        let form = [("amount", "5000"), ("currency", "usd"), ("payment_method_types[]", "card")];
        async move { shop.stripe.post("/v1/payment_intents", &shop.sandbox.secret_key(), None, &form).await }
    });
    futures_util::stream::iter(others).buffer_unordered(processes).count().await;
    let open: Vec<(String, Request, bool)> = {
        let all = shop.book.all();
        let is_gone = |page: &Checkout| page.forgotten.is_some() || page.heard_closed;
        all.iter().filter_map(|(id, page)| Some((id.clone(), page.last.clone()?, is_gone(page)))).collect()
    };
    let settling = open.into_iter().map(|(id, request, gone)| settle_one(shop.clone(), id, request, gone));
    futures_util::stream::iter(settling).buffer_unordered(processes).count().await;
}

/// First the page that is opened again asks, then the shopper presses. For a checkout that no page holds any more, as it is
/// closed or storage was cleared, nobody presses: it may stay unknown.
async fn settle_one(shop: Arc<Shop>, id: String, mut request: Request, gone: bool) {
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(100) * round).await;
        let sent = if round == 0 || gone { request.settling() } else { request.clone() };
        let reply = shop.clone().invoke(id.clone(), sent, true, Weather::calm(), "sent to settle it").await;
        match reply.map_or(PageAnswer::Unknown, |reply| as_page_reads(&reply)) {
            PageAnswer::Unknown if gone => {
                shop.counts.add("checkouts that no page held any more, unsettled");
                return;
            }
            PageAnswer::Unknown => {}
            _ if gone => return,
            // The shopper comes back to the bank's dialog.
            PageAnswer::RequiresAction { payment_intent, client_secret } => {
                request = request.completed(&payment_intent);
                let asked = Asked { checkout: id.clone(), payment_intent, client_secret };
                shop.answer_challenge(&asked, "complete").await;
            }
            _ => return,
        }
    }
    match honest_unknown(&shop, &id, &request) {
        Some(line) => shop.counts.add(line),
        None => {
            shop.book.on(&id, |page| page.faults.push((Verdict::Unsettled, format!("still unknown after {ROUNDS} re-sends"))));
        }
    }
}

/// From this age on, in milliseconds, only what is found settles a checkout, and a lookup reads so many PaymentIntents.
const SETTLED_MS: u64 = (23 * 60 + 50) * 60_000;
const LISTED: usize = 300;

/// Why nobody can know what became of a checkout, if the ledger shows exactly that.
fn honest_unknown(shop: &Shop, id: &str, request: &Request) -> Option<&'static str> {
    let ledger = Glimpse::of(&shop.sandbox, id);
    // A request of an old page only closes.
    let only_closes = request.kind == Kind::Void || !request.body.contains(&shop.sandbox.publishable_key());
    let key = format!("till-{id}");
    let (error_kept, refusal_kept) = shop.sandbox.look(|all| {
        let under_key = || all.requests.iter().filter(|request| request.idempotency_key.as_ref() == Some(&key));
        let error_kept = under_key().any(|request| request.fault.as_deref() == Some("error_kept"));
        // Where nothing was executed under a key that is taken, Stripe keeps a refusal under it.
        let drawn = under_key().any(|request| request.fault.as_deref() == Some("refusal_kept"));
        let refused = under_key().any(|request| matches!(request.status, Some(400 | 404)));
        let executed = under_key().any(|request| request.executed);
        // A replayed refusal is one that was kept.
        let replayed = under_key().any(|request| request.replayed && matches!(request.status, Some(400 | 404)));
        (error_kept, replayed || (refused && !executed && (drawn || shop.behaviour.keeps_refusals)))
    });
    let minted = shop.book.on(id, |page| page.minted);
    let is_settled = now_ms() > minted + SETTLED_MS;
    if is_settled && ledger.intents.is_empty() && shop.sandbox.look(|all| all.intents.len()) > LISTED {
        return Some("left unknown: never sent, and too old to be closed in a shop with more than 300 payments a day");
    }
    let payments = ledger.intents.iter().filter(|intent| !is_tombstone(intent)).count();
    if error_kept && ledger.intents.is_empty() {
        return Some("left unknown: Stripe saved a 500 that made no payment");
    }
    if refusal_kept && only_closes && ledger.intents.is_empty() {
        return Some("left unknown: Stripe saved a refusal, no answer arrived, and the last request only closes");
    }
    if refusal_kept && shop.switches_authentication && ledger.intents.is_empty() {
        return Some(
            "left unknown: Stripe saved a refusal, and the request has other bytes since CARD_AUTHENTICATION was switched",
        );
    }
    (payments >= 2 && !ledger.is_paid()).then_some("left unknown: the metadata was copied while the checkout was unpaid")
}

/// Somebody voids each paid checkout whose metadata was copied.
pub(crate) async fn void_copied(shop: &Arc<Shop>) {
    let copied: Vec<String> = {
        let all = shop.book.all();
        all.iter().filter(|(_, page)| !page.copies.is_empty()).map(|(id, _)| id.clone()).collect()
    };
    for id in copied {
        if Glimpse::of(&shop.sandbox, &id).is_paid() {
            let request = Request::void(&shop.sandbox.publishable_key());
            shop.clone().invoke(id, request, true, Weather::calm(), "sent after its metadata was copied").await;
        }
    }
}
