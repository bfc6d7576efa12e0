//! `/v1/payment_methods`

use crate::client::Client;

#[tokio::test]
async fn a_card_is_tokenized_with_the_publishable_key_and_read_with_the_secret_one() {
    let client = Client::start().await;
    let created = client.tokenize("4242 4242 4242 4242").await.succeeds();
    assert_eq!(created["card"]["last4"], "4242");
    let id = created["id"].as_str().unwrap();
    assert_eq!(client.get(&format!("/v1/payment_methods/{id}")).await.succeeds(), created);
}

#[tokio::test]
async fn a_wrong_number_is_refused() {
    let client = Client::start().await;
    client.tokenize("4242424242424241").await.fails(402, "incorrect_number");
}

#[tokio::test]
async fn a_card_used_with_one_intent_cannot_be_used_with_another() {
    let client = Client::start().await;
    let card = client.card("4242424242424242").await;
    client.pay(&card).await.succeeds();
    let again = client.pay(&card).await;
    assert_eq!((again.status, again.error("type")), (400, "invalid_request_error"));
    assert_eq!(client.sandbox.ledger().intents().len(), 1);
}
