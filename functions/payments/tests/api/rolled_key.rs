//! The publishable key is rolled while pages that were loaded before go on: the account is the same.

use crate::shop::{Reply, Shop};

/// The same function deployed again, with the new publishable key.
fn rolled(before: &Shop) -> Shop {
    before.stripe.roll_publishable_key();
    Shop::open_beside(before.stripe.clone(), &[])
}

#[tokio::test]
async fn a_paid_checkout_is_told_to_the_old_page() {
    let before = Shop::open().await;
    let checkout = before.checkout();
    let paid = checkout.pay("pm_card_visa").await;
    let after = rolled(&before);
    let event = checkout.payment("pm_card_visa").again();
    assert_eq!(after.send(&event).await.body, paid.body);
    assert_eq!(checkout.settle_at(&after, checkout.payment("pm_card_visa")).await.body, paid.body);
    assert_eq!(after.send(&checkout.leaving().again()).await.body, paid.body);
}

#[tokio::test]
async fn a_declined_checkout_is_closed_and_its_page_told_to_load_again() {
    let before = Shop::open().await;
    let checkout = before.checkout();
    let card = before.card("4000000000009995").await;
    let intent = checkout.pay(&card).await.payment_intent();
    let after = rolled(&before);
    let settled = checkout.settle_at(&after, checkout.payment(&card)).await;
    settled.must_be(402, "declined", "card_declined");
    let outdated: Reply = after.send(&checkout.another_card(&intent, "pm_card_visa")).await;
    outdated.must_be(409, "not_attempted", "page_outdated").must_leave_it("closed");
    assert_eq!(after.charges(), 0);
}

#[tokio::test]
async fn a_first_send_of_the_old_page_is_refused_and_one_of_another_account_proves_nothing() {
    let before = Shop::open().await;
    let checkout = before.checkout();
    let after = rolled(&before);
    let first = after.send(&checkout.payment("pm_card_visa")).await;
    first.must_be(409, "not_attempted", "page_outdated").must_leave_it("open");
    for key in ["pk_test_1", &format!("pk_test_51{}", "A".repeat(60)), &format!("pk_live_51{}", "A".repeat(60))] {
        let foreign = checkout.payment("pm_card_visa").field("publishable_key", key.into()).again();
        after.send(&foreign).await.must_be(503, "unknown", "outcome_unknown");
    }
    assert!(after.stripe.ledger().intents().is_empty());
}
