//! The evening: nothing goes wrong any more. Pages that still hold a checkout are opened again, and their shoppers press until it is
//! settled; every checkout is asked about, and those that no page holds are sent again.

use crate::book::{Checkout, Glimpse, Verdict};
use crate::browser::Browser;
use crate::merchant_tools::is_tombstone;
use crate::pages::Pages;
use crate::request::Request;
use crate::shop::{Plan, Shop, now_ms};
use crate::tab::Tab;
use crate::weather::{Kind, Weather};
use futures_util::StreamExt as _;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

const ROUNDS: u32 = 6;
/// The merchant's other payments, so that a lookup has to turn a page.
const OTHERS: usize = 110;
/// The evening's tab.
const TAB: u16 = 9;

/// Waits until no invocation is under way.
pub(crate) async fn wait_for_all(shop: &Arc<Shop>) {
    // Whoever sends something holds the shop.
    while Arc::strong_count(shop) > 1 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Settles every checkout.
pub(crate) async fn settle(shop: &Arc<Shop>, pages: &Rc<Pages>, plan: &Plan) {
    let others = (0..OTHERS).map(|_| {
        let form = [("amount", "5000"), ("currency", "usd"), ("payment_method_types[]", "card")];
        async move { shop.stripe.post("/v1/payment_intents", &shop.sandbox.secret_key(), None, &form).await }
    });
    futures_util::stream::iter(others).buffer_unordered(plan.processes).count().await;
    let visits = plan.shoppers.clone().map(|shopper| visit(shop, pages, shopper));
    let visited: Vec<_> = futures_util::stream::iter(visits).buffer_unordered(plan.processes).collect().await;
    let visited: BTreeSet<String> = visited.into_iter().flatten().collect();
    let open: Vec<(String, Request, bool)> = {
        let all = shop.book.all();
        let is_gone = |id: &String, page: &Checkout| page.forgotten.is_some() || page.heard_closed || visited.contains(id);
        all.iter().filter_map(|(id, page)| Some((id.clone(), page.last.clone()?, is_gone(id, page)))).collect()
    };
    let settling = open.into_iter().map(|(id, request, gone)| settle_one(shop.clone(), id, request, gone));
    futures_util::stream::iter(settling).buffer_unordered(plan.processes).count().await;
}

/// A shopper whose browser holds a checkout opens the page again. Returns the checkout.
async fn visit(shop: &Arc<Shop>, pages: &Rc<Pages>, shopper: u32) -> Option<String> {
    let browser = Rc::new(Browser { shop: shop.clone(), pages: pages.clone(), shopper, skew_ms: 0 });
    let stored = browser.stored_checkout();
    let id = stored["id"].as_str().filter(|_| stored["sent"] == true).map(ToOwned::to_owned);
    if let Some(id) = &id {
        shop.book.step(id, "in the evening its page is opened again");
        let tab = Tab::new(browser.clone(), TAB, true);
        press_until_settled(&tab, id).await;
        tab.close();
    }
    pages.clear(shopper);
    id
}

async fn press_until_settled(tab: &Rc<Tab>, id: &str) {
    let shop = &tab.browser.shop;
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(100) * round).await;
        if !is_open(&tab.rest().await) {
            return;
        }
        tab.act("check", &json!(null));
    }
    let view = tab.rest().await;
    if !is_open(&view) {
        return;
    }
    // The page only asks about what is too old to be paid. A saved refusal is perhaps of a tombstone, by a process that had another
    // publishable key: its very same bytes tell.
    let why = if view["expired"] == true {
        Some("settled by leaving them: too old to be paid")
    } else {
        has_saved_refusal(shop, id).then_some("settled by leaving them: Stripe had saved a refusal of a tombstone")
    };
    if let Some(why) = why {
        tab.act("cancel", &json!(null));
        if !is_open(&tab.rest().await) {
            return shop.counts.add(why);
        }
    }
    judge_unsettled(shop, id);
}

/// Whether the page shows that a request is open.
fn is_open(view: &Value) -> bool {
    matches!(view["state"].as_str(), None | Some("unknown" | "action")) || view["busy"] == true
}

/// First it is asked about, then sent again. For a checkout that was settled by its page, or that no page holds any more, as it is
/// closed or storage was cleared, nobody presses: it may stay unknown.
async fn settle_one(shop: Arc<Shop>, id: String, request: Request, gone: bool) {
    for round in 0..ROUNDS {
        tokio::time::sleep(Duration::from_millis(100) * round).await;
        let sent = if round == 0 || gone { request.settling() } else { request.clone() };
        match send(&shop, &id, sent, "sent to settle it").await.as_str() {
            "" | "unknown" if gone => {
                shop.counts.add("checkouts that nobody pressed for in the evening, unsettled");
                return;
            }
            "" | "unknown" => {}
            // Nobody comes back to the bank's dialog.
            "requires_action" if !gone => {
                send(&shop, &id, Request::void(&shop.sandbox.publishable_key()), "sent to leave it").await;
            }
            _ => return,
        }
    }
    judge_unsettled(&shop, &id);
}

/// Sends a request in the evening; its outcome, or nothing.
async fn send(shop: &Arc<Shop>, id: &str, request: Request, how: &'static str) -> String {
    let reply = shop.clone().invoke(id.to_owned(), request, true, Weather::calm(), how).await;
    let body: Value = reply.and_then(|reply| serde_json::from_str(&reply.body).ok()).unwrap_or_default();
    body["outcome"].as_str().unwrap_or_default().to_owned()
}

fn judge_unsettled(shop: &Shop, id: &str) {
    match honest_unknown(shop, id) {
        Some(line) => shop.counts.add(line),
        None => {
            shop.book.on(id, |page| page.faults.push((Verdict::Unsettled, format!("still unknown after {ROUNDS} re-sends"))));
        }
    }
}

/// From this age on, in milliseconds, only what is found settles a checkout, and a lookup reads so many PaymentIntents.
const SETTLED_MS: u64 = (23 * 60 + 50) * 60_000;
const LISTED: usize = 300;
/// As in the function: no checkout may begin so much later than now.
const AHEAD_MS: u64 = 5 * 60_000;

/// Why nobody can know what became of a checkout, if the ledger shows exactly that.
fn honest_unknown(shop: &Shop, id: &str) -> Option<&'static str> {
    let ledger = Glimpse::of(&shop.sandbox, id);
    // A request of an old page only closes.
    let publishable_key = shop.sandbox.publishable_key();
    let closes = |request: &Request| request.kind == Kind::Void || !request.body.contains(&publishable_key);
    let only_closes = shop.book.on(id, |page| page.last.as_ref().is_some_and(closes));
    let key = format!("till-{id}");
    let error_kept = shop.sandbox.look(|all| {
        let mut under_key = all.requests.iter().filter(|request| request.idempotency_key.as_ref() == Some(&key));
        under_key.any(|request| request.fault.as_deref() == Some("error_kept"))
    });
    let refusal_kept = has_saved_refusal(shop, id);
    let minted = shop.book.on(id, |page| page.minted);
    let is_settled = now_ms() > minted + SETTLED_MS;
    if minted > now_ms() + AHEAD_MS && ledger.intents.is_empty() {
        return Some("left unknown: of the future, so that nothing of it was sent to Stripe");
    }
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
    let took_another_card = shop.book.on(id, |page| page.presses.iter().any(|press| press.card != page.presses[0].card));
    if refusal_kept && took_another_card && ledger.intents.is_empty() {
        return Some("left unknown: Stripe saved the refusal of another card, and no answer arrived");
    }
    if refusal_kept && shop.switches_authentication && ledger.intents.is_empty() {
        return Some(
            "left unknown: Stripe saved a refusal, and the request has other bytes since CARD_AUTHENTICATION was switched",
        );
    }
    (payments >= 2 && !ledger.is_paid()).then_some("left unknown: the metadata was copied while the checkout was unpaid")
}

/// Whether Stripe keeps a refusal under the checkout's key. Where something was executed under it, none can be kept.
fn has_saved_refusal(shop: &Shop, id: &str) -> bool {
    let key = format!("till-{id}");
    shop.sandbox.look(|all| {
        let under_key = || all.requests.iter().filter(|request| request.idempotency_key.as_ref() == Some(&key));
        let is_refused = |request: &sandbox::Request| matches!(request.status, Some(400 | 404));
        let drawn = under_key().any(|request| request.fault.as_deref() == Some("refusal_kept"));
        let executed = under_key().any(|request| request.executed);
        let refused = under_key().any(is_refused);
        // A replayed refusal is one that was kept.
        let replayed = under_key().any(|request| request.replayed && is_refused(request));
        replayed || (refused && !executed && (drawn || shop.behaviour.keeps_refusals))
    })
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
