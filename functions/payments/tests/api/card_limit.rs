//! A checkout takes eight cards, counted by Stripe's idempotency keys.

use crate::shop::Shop;
use futures_util::future::join_all;
use payments::checkout::MAX_CARDS;

#[tokio::test]
async fn the_ninth_card_closes_the_checkout() {
    assert_eq!(MAX_CARDS, 8, "as the documents say");
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay(&shop.card("4000000000000002").await).await.payment_intent();
    for _ in 1..MAX_CARDS {
        checkout.confirm(&intent, &shop.card("4000000000009995").await).await.must_be(402, "declined", "card_declined");
    }
    let ninth = checkout.confirm(&intent, &shop.card("4242424242424242").await).await;
    ninth.must_be(410, "not_attempted", "card_limit_reached").must_leave_it("closed");
    assert_eq!(shop.stripe.ledger().charges().len(), MAX_CARDS as usize);
    checkout.confirm(&intent, "pm_card_visa").await.must_be(410, "not_attempted", "checkout_closed");
}

#[tokio::test]
async fn requests_at_the_same_time_try_no_more_cards() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay(&shop.card("4000000000000002").await).await.payment_intent();
    let cards = join_all((0..20).map(|_| shop.card("4000000000009995"))).await;
    join_all(cards.iter().map(|card| checkout.confirm(&intent, card))).await;
    let tried = shop.stripe.ledger().charges().len();
    assert!(tried <= MAX_CARDS as usize, "{tried} cards");
}

#[tokio::test]
async fn the_last_card_may_pay() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let intent = checkout.pay(&shop.card("4000000000000002").await).await.payment_intent();
    for _ in 2..MAX_CARDS {
        checkout.confirm(&intent, &shop.card("4000000000009995").await).await.must_be(402, "declined", "card_declined");
    }
    let last = shop.card("4242424242424242").await;
    checkout.confirm(&intent, &last).await.must_be_paid();
    checkout.confirm(&intent, &last).await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}
