//! `/v1/payment_intents`: the states, the lists and the limits.

use crate::client::{Client, PAYMENT};

#[tokio::test]
async fn a_payment_is_charged_once_and_shown_with_its_charge() {
    let client = Client::start().await;
    let params =
        [PAYMENT, &[("payment_method", "pm_card_visa"), ("metadata[till_checkout]", "k"), ("expand[]", "latest_charge")]]
            .concat();
    let answer = client.post("/v1/payment_intents", &params).await;
    assert!(answer.header("request-id").unwrap().starts_with("req_"));
    let intent = answer.succeeds();
    assert_eq!(intent["status"], "succeeded");
    assert_eq!(intent["amount_received"], 1099);
    assert_eq!(intent["metadata"]["till_checkout"], "k");
    assert_eq!(intent["latest_charge"]["paid"], true);

    let ledger = client.sandbox.ledger();
    let charges: Vec<_> = ledger.charges().iter().map(|charge| (charge.amount, charge.currency.as_str())).collect();
    assert_eq!(charges, [(1099, "usd")]);
}

#[tokio::test]
async fn another_card_pays_the_same_intent_after_a_decline() {
    let client = Client::start().await;
    let declined = client.pay("pm_card_visa_chargeDeclined").await.fails(402, "card_declined");
    let id = declined.body["error"]["payment_intent"]["id"].as_str().unwrap().to_owned();
    let confirm = format!("/v1/payment_intents/{id}/confirm");

    let paid = client.post(&confirm, &[("payment_method", "pm_card_visa")]).await.succeeds();
    assert_eq!(paid["status"], "succeeded");
    assert_eq!(paid["last_payment_error"], serde_json::Value::Null);

    let again = client.post(&confirm, &[("payment_method", "pm_card_visa")]).await;
    let again = again.fails(400, "payment_intent_unexpected_state");
    assert_eq!(again.body["error"]["payment_intent"]["status"], "succeeded");
    assert_eq!(client.sandbox.ledger().paid_charges().count(), 1);
}

#[tokio::test]
async fn a_canceled_intent_cannot_be_paid_nor_a_paid_one_canceled() {
    let client = Client::start().await;
    let id = client.intent().await;
    let canceled = client.post(&format!("/v1/payment_intents/{id}/cancel"), &[]).await.succeeds();
    assert_eq!(canceled["status"], "canceled");
    let confirm = client.post(&format!("/v1/payment_intents/{id}/confirm"), &[("payment_method", "pm_card_visa")]).await;
    confirm.fails(400, "payment_intent_unexpected_state");

    let paid = client.pay("pm_card_visa").await.succeeds();
    let cancel = client.post(&format!("/v1/payment_intents/{}/cancel", paid["id"].as_str().unwrap()), &[]).await;
    cancel.fails(400, "payment_intent_unexpected_state");
}

#[tokio::test]
async fn lists_are_newest_first_by_page_and_by_time() {
    let client = Client::start().await;
    let mut ids = Vec::new();
    let mut created = Vec::new();
    for _ in 0..5 {
        let id = client.intent().await;
        let intent = client.get(&format!("/v1/payment_intents/{id}")).await.succeeds();
        created.push(intent["created"].as_u64().unwrap());
        ids.push(id);
        client.sandbox.advance_clock(std::time::Duration::from_mins(1));
    }
    let page = async |query: String| {
        let list = client.get(&format!("/v1/payment_intents?{query}")).await.succeeds();
        let ids: Vec<String> =
            list["data"].as_array().unwrap().iter().map(|intent| intent["id"].as_str().unwrap().to_owned()).collect();
        (ids, list["has_more"].as_bool().unwrap())
    };
    let expect = |places: &[usize], more: bool| (places.iter().map(|place| ids[*place].clone()).collect::<Vec<_>>(), more);

    assert_eq!(page(String::new()).await, expect(&[4, 3, 2, 1, 0], false));
    assert_eq!(page("limit=2".into()).await, expect(&[4, 3], true));
    assert_eq!(page(format!("limit=2&starting_after={}", ids[3])).await, expect(&[2, 1], true));
    assert_eq!(page(format!("limit=2&starting_after={}", ids[1])).await, expect(&[0], false));
    assert_eq!(page(format!("limit=2&ending_before={}", ids[1])).await, expect(&[3, 2], true));
    assert_eq!(page(format!("created[gte]={}", created[3])).await, expect(&[4, 3], false));
    assert_eq!(page(format!("created[gt]={}", created[3])).await, expect(&[4], false));
    assert_eq!(page(format!("created[lte]={}&created[gte]={}", created[2], created[1])).await, expect(&[2, 1], false));
    assert_eq!(page(format!("created[lt]={}&limit=1", created[2])).await, expect(&[1], true));
}
