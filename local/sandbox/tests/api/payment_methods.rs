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
async fn wrong_details_are_refused_by_code() {
    let client = Client::start().await;
    let refused = [
        ("card[number]", "4242424242424241", "incorrect_number"),
        ("card[number]", "4242", "incorrect_number"),
        ("card[number]", "4111111111111111", "card_declined"),
        ("card[exp_month]", "13", "invalid_expiry_month"),
        ("card[exp_year]", "2020", "invalid_expiry_year"),
        ("card[cvc]", "12", "invalid_cvc"),
    ];
    for (name, value, code) in refused {
        let answer = client.tokenize_with(&[(name, value)]).await.fails(402, code);
        assert_eq!(answer.error("type"), "card_error");
    }
    assert!(client.sandbox.ledger().payment_methods().is_empty());
}

#[tokio::test]
async fn billing_details_are_kept() {
    let client = Client::start().await;
    let details = [("billing_details[email]", "jenny@example.com"), ("billing_details[address][postal_code]", "94107")];
    let method = client.tokenize_with(&[&details[..], &[("billing_details[name]", "")]].concat()).await.succeeds();
    assert_eq!(method["billing_details"]["name"], serde_json::Value::Null);
    assert_eq!(method["billing_details"]["email"], "jenny@example.com");
    assert_eq!(method["billing_details"]["address"]["postal_code"], "94107");
    assert_eq!(method["card"]["checks"]["address_postal_code_check"], "pass");
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
