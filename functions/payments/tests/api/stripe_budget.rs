//! What each kind of request costs at Stripe: the table of docs/scale.md, measured.

use crate::authentication::authenticate;
use crate::shop::{Event, Shop};
use payments::checkout::MAX_CARDS;
use serde_json::json;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
/// An id of this age can have nothing under way.
const SETTLED: Duration = Duration::from_hours(24);
/// A shop so busy that no lookup reads all of its list.
const BUSY: u64 = 1_000_000;

/// The rows of the table: what is sent, and the fewest and most requests that it takes.
fn table() -> Vec<(String, usize, usize)> {
    let document = include_str!("../../../../docs/scale.md");
    let rows = document.split("<!-- stripe-requests: begin -->").nth(1).unwrap();
    let rows = rows.split("<!-- stripe-requests: end -->").next().unwrap().lines().filter(|line| line.starts_with("| "));
    let cells = rows.skip(1).map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let number = |text: &str| text.trim_start_matches("at most ").parse().unwrap_or_else(|_| panic!("{text} is no number"));
    cells
        .map(|cells| {
            let (fewest, most) = cells[2].split_once('–').unwrap_or((cells[2], cells[2]));
            (cells[1].to_owned(), number(fewest), number(most))
        })
        .collect()
}

/// What was measured under the names of the table.
struct Measured(Vec<(&'static str, usize)>);

impl Measured {
    async fn send(&mut self, row: &'static str, shop: &Shop, event: Event) {
        let before = shop.stripe_requests();
        shop.send(&event).await;
        self.0.push((row, shop.stripe_requests() - before));
    }
}

/// The event as the page sends it by itself: find out, and change nothing.
fn settling(event: Event) -> Event {
    event.field("settle", json!(true)).again()
}

#[tokio::test]
async fn each_kind_of_request_costs_at_stripe_what_the_document_says() {
    let shop = Shop::open().await;
    let mut measured = Measured(Vec::new());

    let paid = shop.checkout();
    measured.send("pay", &shop, paid.payment("pm_card_visa")).await;
    measured.send("pay again after a charge", &shop, paid.payment("pm_card_visa").again()).await;
    measured.send("settle", &shop, settling(paid.payment("pm_card_visa"))).await;
    measured.send("void", &shop, paid.leaving()).await;

    let declined = shop.checkout();
    let intent = declined.pay(&shop.card("4000000000000002").await).await.payment_intent();
    for _ in 2..=MAX_CARDS {
        let card = shop.card("4000000000000002").await;
        measured.send("another card", &shop, declined.another_card(&intent, &card)).await;
    }
    measured.send("void", &shop, declined.leaving()).await;
    measured.send("void", &shop, shop.checkout().leaving()).await;

    // Search finds what is older than a minute, and may lag.
    for lag in [Duration::ZERO, SETTLED] {
        shop.stripe.set_search_lag(lag);
        let old = shop.checkout_aged(HOUR);
        old.pay("pm_card_visa_chargeDeclined").await;
        measured.send("settle", &shop, settling(old.payment("pm_card_visa"))).await;
        measured.send("void", &shop, old.leaving()).await;
        measured.send("void", &shop, shop.checkout_aged(HOUR).leaving()).await;
    }

    shop.stripe.set_background(BUSY);
    measured.send("void, busy shop", &shop, shop.checkout().leaving()).await;
    measured.send("void, busy shop", &shop, shop.checkout_aged(HOUR).leaving()).await;
    measured.send("settle, busy shop", &shop, settling(shop.checkout().payment("pm_card_visa"))).await;
    measured.send("settle, busy shop", &shop, settling(shop.checkout_aged(HOUR).payment("pm_card_visa"))).await;
    for event in [shop.checkout_aged(SETTLED).leaving(), shop.checkout_aged(SETTLED).payment("pm_card_visa")] {
        measured.send("an expired id that nobody used, busy shop", &shop, event).await;
    }

    let handling = Shop::open_with(&[("CARD_AUTHENTICATION", "handle")]).await;
    let (asking, card) = (handling.checkout(), handling.card("4000002760003184").await);
    let asked = asking.pay(&card).await;
    authenticate(&handling, &asked, "complete").await;
    let completed = asking.another_card(&asked.payment_intent(), &card).field("action", json!("completed"));
    measured.send("action completed", &handling, completed).await;

    for (row, fewest, most) in table() {
        let sent: Vec<_> = measured.0.iter().filter(|(name, _)| *name == row).map(|(_, sent)| *sent).collect();
        // lookup.rs tries the most that any request may take.
        if row != "any request" {
            assert_eq!(sent.iter().min(), Some(&fewest), "{row}: {sent:?}");
            assert_eq!(sent.iter().max(), Some(&most), "{row}: {sent:?}");
        }
    }
    let rows: Vec<_> = table().into_iter().map(|(row, ..)| row).collect();
    assert!(measured.0.iter().all(|(name, _)| rows.iter().any(|row| row == name)), "{rows:?}");
}
