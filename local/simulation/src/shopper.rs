//! A shopper: what somebody does with the page, tab by tab, and at the end, when nothing goes wrong any more.

use crate::world::{ORIGIN, World};
use serde_json::{Value, json};
use std::rc::Rc;
use std::time::Duration;

/// What a page that works at something is given before the shopper does anything else.
const PATIENCE: Duration = Duration::from_mins(4);
/// Rounds of asking, when nothing goes wrong any more.
const ROUNDS: usize = 4;

/// `{items, currency, total}`, as the page has it.
fn carts() -> [Value; 3] {
    [
        json!({ "items": [{ "sku": "star-map", "quantity": 1 }], "currency": "usd", "total": 1099 }),
        json!({ "items": [{ "sku": "sun-map", "quantity": 1 }], "currency": "usd", "total": 1099 }),
        json!({ "items": [{ "sku": "star-map", "quantity": 2 }], "currency": "cad", "total": 2998 }),
    ]
}

/// All tabs of the shopper.
pub(crate) async fn shop(world: Rc<World>, tabs: usize) {
    let opened = (0..tabs).map(|tab| tokio::task::spawn_local(shop_in(world.clone(), tab, tabs == 1)));
    for tab in opened.collect::<Vec<_>>() {
        if tab.await.is_err() {
            world.audit.borrow_mut().fault("a panic".to_owned());
        }
    }
}

async fn shop_in(world: Rc<World>, tab: usize, is_alone: bool) {
    if tab > 0 {
        tokio::time::sleep(Duration::from_millis([0, 300, 900, 30_000][world.shared.pick(&[1; 4], 3)])).await;
    }
    let mut cart = carts()[world.shared.pick(&[6, 2, 2], 1)].clone();
    let mut page = world.open_page();
    for _ in 0..world.bounds.deeds {
        let view = rest(&world, page).await;
        let state = view["state"].as_str().unwrap_or_default().to_owned();
        let may_pay = view["mayPay"] == true;
        if view["detail"]["code"] == "total_changed" && view["detail"]["currency"] == cart["currency"] {
            cart["total"] = view["detail"]["total"].clone(); // as the page does
        }
        let deed = match state.as_str() {
            "paid" if world.shared.pick(&[6, 4], 1) == 0 => break,
            "paid" => "startOver",
            _ if view["otherTab"]["state"] == "stalled" => ["askMeanwhile", "wait", "reload"][world.shared.pick(&[6, 2, 2], 1)],
            "unknown" => {
                ["check", "cancel", "reload", "settle", "wait", "clear", "leave"][world.shared.pick(&[40, 20, 12, 8, 6, 6, 8], 3)]
            }
            "action" => {
                ["check", "cancel", "reload", "settle", "wait", "clear", "leave"][world.shared.pick(&[50, 15, 12, 8, 4, 4, 7], 3)]
            }
            _ if may_pay => ["pay", "other cart", "cancel", "reload", "prepare", "clear", "leave"]
                [world.shared.pick(&[72, 8, 4, 5, 4, 4, 3], 4)],
            _ => "reload",
        };
        match deed {
            "leave" => break,
            "wait" => tokio::time::sleep(Duration::from_secs([1, 90, 4000, 90_000][world.shared.pick(&[3, 3, 3, 1], 1)])).await,
            "reload" => {
                world.close_page(page);
                page = world.open_page();
            }
            "clear" => world.clear_storage(),
            "other cart" => {
                let others: Vec<Value> = carts().into_iter().filter(|other| other["items"] != cart["items"]).collect();
                cart = others[world.shared.pick(&[1, 1], 1)].clone();
            }
            "pay" => {
                // In the meantime another tab may do something.
                tokio::time::sleep(Duration::from_secs([0, 3, 30][world.shared.pick(&[6, 2, 2], 2)])).await;
                world.step(format!("page {page}: the shopper presses Pay, {}", cart["total"]));
                world.audit.borrow_mut().pressed(page, &cart);
                let (before, _) = world.engine.call("stored", (ORIGIN,));
                world.act(page, "pay", &cart);
                interrupt(&world, page, is_alone.then_some(&before)).await;
                let view = rest(&world, page).await;
                if is_alone && world.is_untroubled() {
                    world.audit.borrow_mut().must_be_known(&view);
                }
            }
            "cancel" if view["held"].is_null() => {}
            "startOver" => {
                world.step(format!("page {page}: the shopper buys once more"));
                world.audit.borrow_mut().bought();
                world.act(page, deed, &Value::Null);
            }
            deed => {
                world.step(format!("page {page}: {deed}"));
                world.act(page, deed, &cart);
            }
        }
    }
    rest(&world, page).await;
    world.close_page(page);
}

/// Something happens to the page while it works: it is closed, or its storage is cleared, or the browser is killed and has forgotten
/// what it stored since the press (`before`).
async fn interrupt(world: &Rc<World>, page: u32, before: Option<&String>) {
    let Some(what) = world.shared.goes_wrong(100, 10, 2) else { return };
    tokio::time::sleep(Duration::from_millis([600, 1000, 150, 5][what % 4])).await;
    match (what, before) {
        (9, Some(before)) => {
            world.close_page(page);
            world.set_back(before);
        }
        (8, _) => world.set_full(true),
        (4..=7, _) => world.clear_storage(),
        _ if world.is_open(page) => world.close_page(page),
        _ => {}
    }
}

/// Waits until the page works at nothing; what it shows then.
async fn rest(world: &Rc<World>, page: u32) -> Value {
    let until = tokio::time::Instant::now() + PATIENCE;
    loop {
        // What is pressed is heard of a moment later.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let view = world.view(page);
        let is_opening = view.is_null() && world.is_open(page);
        let is_busy = is_opening || view["busy"] == true && view["otherTab"]["state"] != "stalled";
        if !is_busy || tokio::time::Instant::now() > until {
            return view;
        }
        let _ = tokio::time::timeout(Duration::from_secs(5), world.changed.notified()).await;
    }
}

/// The next visit: the page is opened again, and asks; then the shopper does.
pub(crate) async fn settle(world: Rc<World>) {
    let page = world.open_page();
    for round in 0..ROUNDS {
        let view = rest(&world, page).await;
        let deed = match view["state"].as_str().unwrap_or_default() {
            "unknown" if round + 1 == ROUNDS => "cancel",
            "unknown" => "check",
            "action" => "cancel",
            _ => break,
        };
        world.step(format!("page {page}: {deed}"));
        world.act(page, deed, &Value::Null);
    }
    let view = rest(&world, page).await;
    world.audit.borrow_mut().settled(&view);
    world.audit.borrow_mut().must_be_shown(&view);
    world.close_page(page);
}
