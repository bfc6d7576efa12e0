//! The evening: nothing goes wrong any more, and every checkout is sent again until it is settled.

use crate::audit::{PageAnswer, as_page_reads};
use crate::book::Verdict;
use crate::challenge::Asked;
use crate::request::Request;
use crate::shop::Shop;
use crate::weather::Weather;
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
    let open: Vec<(String, Request)> = {
        let all = shop.book.all();
        all.iter().filter_map(|(id, page)| Some((id.clone(), page.last.clone()?))).collect()
    };
    let settling = open.into_iter().map(|(id, request)| settle_one(shop.clone(), id, request));
    futures_util::stream::iter(settling).buffer_unordered(processes).count().await;
}

async fn settle_one(shop: Arc<Shop>, id: String, mut request: Request) {
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(100) * round).await;
        let reply = shop.clone().invoke(id.clone(), request.clone(), true, Weather::calm(), "sent to settle it").await;
        match reply.map_or(PageAnswer::Unknown, |reply| as_page_reads(&reply)) {
            PageAnswer::Unknown => {}
            // The shopper comes back to the bank's dialog.
            PageAnswer::RequiresAction { payment_intent, client_secret } => {
                request = request.completed(&payment_intent);
                let asked = Asked { checkout: id.clone(), payment_intent, client_secret };
                shop.answer_challenge(&asked, "complete").await;
            }
            _ => return,
        }
    }
    let without_trace = shop.sandbox.look(|ledger| {
        let made = ledger.intents.iter().any(|intent| intent.metadata.get("till_checkout") == Some(&id));
        let saved = |key: &Option<String>| key.as_deref() == Some(&format!("till-{id}"));
        let spoiled = ledger
            .requests
            .iter()
            .any(|request| request.fault.as_deref() == Some("error_kept") && saved(&request.idempotency_key));
        spoiled && !made
    });
    if without_trace {
        shop.counts.add("left unknown: Stripe saved a 500 that made no payment");
    } else {
        shop.book.on(&id, |page| page.faults.push((Verdict::Unsettled, format!("still unknown after {ROUNDS} re-sends"))));
    }
}
