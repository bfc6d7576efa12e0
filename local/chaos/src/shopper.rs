//! A shopper: what somebody does with the page, in one tab or two.

use crate::browser::Browser;
use crate::cart::Cart;
use crate::client::Client;
use crate::dice::{About, Dice};
use crate::left_behind::{self, LeftBehind};
use crate::pages::Pages;
use crate::shop::Shop;
use crate::tab::Tab;
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// The shopper's patience with a shop.
const DEEDS: u16 = 7;
/// Of one who tries card after card.
const STUBBORN_DEEDS: u16 = 24;
/// How often the config is asked for anew.
const RETRIES: u32 = 20;
/// And how much later.
const RETRY: Duration = Duration::from_millis(100);
/// After these the page asks its shopper to load it again.
const OUTDATED: [&str; 2] = ["page_outdated", "stripe_refused"];

/// What a shopper does next.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Press,
    OtherCart,
    /// "Check again": a press.
    CheckAgain,
    /// The network comes back: the page asks by itself.
    Settle,
    Leave,
    /// Somebody at the merchant's cancels the PaymentIntent; then a press.
    Canceled,
    /// Something is sent that no page would send.
    Meddle,
    /// Another tab works for too long.
    AskMeanwhile,
    Wait,
    Reload,
    WalkAway,
}

/// One shopper, in one tab or two; or one who has no page at all.
pub(crate) async fn shop(shop: Arc<Shop>, pages: Rc<Pages>, shopper: u32, found: Option<LeftBehind>) {
    let mut dice = Dice::of(shop.seed, About::Shopper(shopper));
    let mut cart = shop.catalog.cart(&mut dice);
    if let Some(dice) = Client::drawn(&shop, shopper).filter(|_| found.is_none()) {
        return Client::new(shop, shopper).shop(cart, dice).await;
    }
    let skew_ms = if !shop.calm && dice.chance(0.15) { dice.number(0..480_000).cast_signed() - 240_000 } else { 0 };
    let browser = Rc::new(Browser { shop: shop.clone(), pages, shopper, skew_ms });
    if let Some(found) = found.or_else(|| left_behind::unsent(&shop, shopper, &cart)) {
        browser.leave_behind(&found.checkout);
        cart = found.cart;
    }
    let first = shop_in(Tab::new(browser.clone(), 0, shop.calm), cart.clone());
    if shop.calm || !dice.chance(0.1) {
        return first.await;
    }
    let (later, other) = (dice.millis(0..900), dice.chance(0.3));
    let cart = if other { shop.catalog.cart(&mut dice) } else { cart };
    tokio::join!(first, async {
        tokio::time::sleep(later).await;
        shop_in(Tab::new(browser, 1, false), cart).await;
    });
}

/// Shops until it is paid, or patience ends. Then the page is closed.
async fn shop_in(tab: Rc<Tab>, mut cart: Cart) {
    let shop = tab.browser.shop.clone();
    for n in 0..if tab.stubborn { STUBBORN_DEEDS } else { DEEDS } {
        let mut dice = Dice::of(shop.seed, About::Deed(tab.browser.shopper, tab.number, n));
        tokio::time::sleep(dice.millis(0..25)).await;
        let view = configured(&tab).await;
        if let Some(total) = view["detail"]["total"].as_u64().filter(|_| view["detail"]["code"] == "total_changed") {
            cart.shown = total;
        }
        if !shop.calm && dice.chance(0.02) {
            shop.copy_metadata(&view["held"]).await;
        }
        match next(&tab, &view, &mut dice) {
            Deed::Press => press(&tab, &mut cart, &mut dice).await,
            Deed::OtherCart => {
                cart = shop.catalog.cart(&mut dice);
                press(&tab, &mut cart, &mut dice).await;
            }
            Deed::Canceled => {
                shop.cancel_from_outside(&view["held"]).await;
                press(&tab, &mut cart, &mut dice).await;
            }
            Deed::Meddle => meddle(&tab, &cart, &mut dice).await,
            Deed::CheckAgain => tab.act("check", &json!(null)),
            Deed::Settle => tab.act("settle", &json!(null)),
            Deed::Leave => {
                tab.step("leaves the checkout");
                tab.act("cancel", &json!(null));
            }
            Deed::AskMeanwhile => tab.act("askMeanwhile", &json!(null)),
            Deed::Wait => tokio::time::sleep(Duration::from_millis(300)).await,
            Deed::Reload => tab.close(),
            Deed::WalkAway => break,
        }
    }
    if tab.page().is_some() {
        tab.rest().await;
    }
    tab.close();
}

/// What the page shows when it works at nothing. Where its config did not come, the shopper tries again.
async fn configured(tab: &Rc<Tab>) -> Value {
    let mut view = tab.rest().await;
    for _ in 0..RETRIES {
        if view["mayPay"] == true || view["state"] != "idle" {
            break;
        }
        tokio::time::sleep(RETRY).await;
        tab.act("open", &json!(null));
        view = tab.rest().await;
    }
    view
}

fn next(tab: &Tab, view: &Value, dice: &mut Dice) -> Deed {
    let (calm, code) = (tab.browser.shop.calm, view["detail"]["code"].as_str().unwrap_or_default());
    match view["state"].as_str().unwrap_or_default() {
        "paid" => Deed::WalkAway,
        "idle" => Deed::Press,
        _ if calm => Deed::WalkAway,
        _ if view["otherTab"]["state"] == "stalled" => {
            *dice.among(&[(6, Deed::AskMeanwhile), (2, Deed::Wait), (2, Deed::Reload)])
        }
        "not_attempted" if OUTDATED.contains(&code) => Deed::Reload,
        "unknown" if tab.stubborn => Deed::CheckAgain,
        "declined" | "not_attempted" if tab.stubborn => Deed::Press,
        "declined" => *dice.among(&[
            (58, Deed::Press),
            (20, Deed::OtherCart),
            (8, Deed::Leave),
            (8, Deed::Canceled),
            (10, Deed::Meddle),
            (6, Deed::WalkAway),
        ]),
        "action" => {
            *dice.among(&[(56, Deed::CheckAgain), (8, Deed::Settle), (18, Deed::Leave), (10, Deed::WalkAway), (8, Deed::Meddle)])
        }
        "not_attempted" => *dice.among(&[(75, Deed::Press), (15, Deed::OtherCart), (8, Deed::Meddle), (10, Deed::WalkAway)]),
        "unknown" => {
            *dice.among(&[(47, Deed::CheckAgain), (15, Deed::Settle), (26, Deed::Leave), (4, Deed::Meddle), (12, Deed::WalkAway)])
        }
        // It works for longer than anybody waits.
        _ => Deed::Reload,
    }
}

/// The shopper types a card, and presses Pay.
async fn press(tab: &Rc<Tab>, cart: &mut Cart, dice: &mut Dice) {
    if !tab.calm && dice.chance(0.03) {
        // The price was raised since the page was loaded.
        cart.shown -= 100;
    }
    let is_typed_first = dice.chance(0.5);
    let meddles = !tab.calm && dice.chance(0.15);
    if is_typed_first {
        tab.act("prepare", &cart.order());
        tab.rest().await;
    }
    if meddles {
        meddle(tab, cart, dice).await;
    }
    if tab.rest().await["mayPay"] == true {
        tab.press(cart);
    }
}

/// Somebody who knows the checkout of the page sends what no page would.
async fn meddle(tab: &Rc<Tab>, cart: &Cart, dice: &mut Dice) {
    let held = tab.view()["held"].clone();
    if held["sent"] == true {
        Client::of_page(tab).meddle(&held, cart, dice).await;
    }
}
