//! Keys: who may do what.

use crate::client::{Client, PAYMENT, form, send};
use reqwest::Method;
use sandbox::{Options, Sandbox};

const INTENTS: &str = "/v1/payment_intents";

#[tokio::test]
async fn a_missing_and_an_unknown_key_are_refused() {
    let client = Client::start().await;
    let url = format!("{}{INTENTS}", client.sandbox.url());
    let without = send(client.http.get(&url)).await;
    assert_eq!((without.status, without.error("type")), (401, "invalid_request_error"));
    let unknown = send(client.http.get(&url).bearer_auth("sk_test_this_is_unknown")).await;
    assert_eq!(unknown.status, 401);
    assert_eq!(unknown.error("message"), "Invalid API Key provided: sk_test_***********nown");
}

#[tokio::test]
async fn a_publishable_key_creates_payment_methods_and_touches_intents_by_client_secret() {
    let client = Client::start().await;
    let as_browser = async |method: Method, path: &str| {
        let request = client.http.request(method, format!("{}{path}", client.sandbox.url()));
        send(form(request.bearer_auth(client.sandbox.publishable_key()), PAYMENT)).await
    };
    let id = client.intent().await;
    for (method, path) in [
        (Method::POST, INTENTS.to_owned()),
        (Method::GET, INTENTS.to_owned()),
        (Method::POST, format!("{INTENTS}/{id}/cancel")),
        (Method::GET, "/v1/charges/ch_1".to_owned()),
        (Method::GET, "/v1/payment_methods/pm_card_visa".to_owned()),
    ] {
        as_browser(method, &path).await.fails(401, "secret_key_required");
    }
    for (method, path) in [(Method::GET, format!("{INTENTS}/{id}")), (Method::POST, format!("{INTENTS}/{id}/confirm"))] {
        assert_eq!(as_browser(method, &path).await.fails(400, "parameter_missing").error("param"), "client_secret");
    }
    client.tokenize("4242424242424242").await.succeeds();
}

#[tokio::test]
async fn a_restricted_key_pays_and_reads_no_charges() {
    let client = Client::start().await;
    let params = [PAYMENT, &[("payment_method", "pm_card_visa")]].concat();
    let key = client.sandbox.restricted_key();
    let restricted =
        |method, path: &str| client.http.request(method, format!("{}{path}", client.sandbox.url())).bearer_auth(&key);
    let paid = send(form(restricted(Method::POST, INTENTS), &params)).await.succeeds();
    let charge = send(restricted(Method::GET, &format!("/v1/charges/{}", paid["latest_charge"].as_str().unwrap()))).await;
    assert_eq!(charge.status, 403);
}

#[tokio::test]
async fn a_restricted_key_expands_no_charge() {
    let client = Client::start().await;
    let paid = client.pay("pm_card_visa").await.succeeds()["id"].as_str().unwrap().to_owned();
    let open = client.intent().await;
    let create = [PAYMENT, &[("payment_method", "pm_card_visa")]].concat();
    for (method, path, field, params) in [
        (Method::GET, format!("{INTENTS}/{paid}"), "latest_charge", &[][..]),
        (Method::GET, INTENTS.to_owned(), "data.latest_charge", &[]),
        (Method::GET, format!("{INTENTS}/search?query=metadata['a']:'b'"), "data.latest_charge", &[]),
        (Method::POST, INTENTS.to_owned(), "latest_charge", &create),
        (Method::POST, format!("{INTENTS}/{open}/confirm"), "latest_charge", &[("payment_method", "pm_card_visa")]),
        (Method::POST, format!("{INTENTS}/{open}/cancel"), "latest_charge", &[]),
    ] {
        let request = client.http.request(method, format!("{}{path}", client.sandbox.url()));
        let expanding = [&[("expand[]", field)], params].concat();
        let answer = send(form(request.bearer_auth(client.sandbox.restricted_key()), &expanding)).await.fails(403, "");
        assert!(answer.error("message").contains("'rak_charge_read'"), "{answer:?}");
    }
    assert_eq!(client.sandbox.ledger().charges().len(), 1);
    let payment_method = format!("{}{INTENTS}/{paid}?expand[]=payment_method", client.sandbox.url());
    send(client.http.get(payment_method).bearer_auth(client.sandbox.restricted_key())).await.succeeds();
}

#[tokio::test]
async fn a_key_works_as_the_user_of_basic_authentication() {
    let client = Client::start().await;
    let request = client.http.get(format!("{}{INTENTS}", client.sandbox.url()));
    send(request.basic_auth(client.sandbox.secret_key(), Some(""))).await.succeeds();
}

#[tokio::test]
async fn a_rolled_key_has_expired_and_its_successor_sees_the_same_account() {
    let client = Client::start().await;
    let old = client.sandbox.secret_key();
    let id = client.intent().await;
    let new = client.sandbox.roll_key();
    assert_eq!(new, client.sandbox.secret_key());
    let request = client.http.get(format!("{}{INTENTS}/{id}", client.sandbox.url()));
    send(request.bearer_auth(old)).await.fails(401, "api_key_expired");
    client.get(&format!("{INTENTS}/{id}")).await.succeeds();
}

#[tokio::test]
async fn a_rolled_publishable_key_has_expired_and_its_successor_is_of_the_same_account() {
    let client = Client::start().await;
    let unpaid = client.get(&format!("{INTENTS}/{}", client.intent().await)).await.succeeds();
    let read = async |key: String| {
        let (id, secret) = (unpaid["id"].as_str().unwrap(), unpaid["client_secret"].as_str().unwrap());
        let url = format!("{}{INTENTS}/{id}?client_secret={secret}", client.sandbox.url());
        send(client.http.get(url).bearer_auth(key)).await
    };
    let (old, secret) = (client.sandbox.publishable_key(), client.sandbox.secret_key());
    read(old.clone()).await.succeeds();
    let new = client.sandbox.roll_publishable_key();
    assert_eq!((client.sandbox.publishable_key(), client.sandbox.secret_key()), (new.clone(), secret));
    read(old.clone()).await.fails(401, "api_key_expired");
    read(new.clone()).await.succeeds();
    assert_ne!(old, new);
    assert_eq!(account_of(&old), account_of(&new));
}

/// What names the account in a key of today's form.
fn account_of(key: &str) -> &str {
    let rest = &key["sk_test_".len()..];
    assert!(rest.starts_with("51") && rest.len() > 40, "{key}");
    &rest[..16]
}

#[tokio::test]
async fn the_keys_of_an_account_name_it() {
    let keys = |sandbox: &Sandbox| [sandbox.secret_key(), sandbox.restricted_key(), sandbox.publishable_key()];
    let client = Client::start().await;
    let [secret, restricted, publishable] = keys(&client.sandbox);
    assert_eq!([account_of(&secret), account_of(&restricted)], [account_of(&publishable); 2]);
    assert_eq!(account_of(&client.sandbox.roll_key()), account_of(&publishable));
    client.sandbox.switch_account();
    let [other, ..] = keys(&client.sandbox);
    assert_ne!(account_of(&other), account_of(&secret));

    let with_secret = Options { secret_key: Some(secret.clone()), ..Options::default() };
    let with_publishable = Options { publishable_key: Some(publishable), ..Options::default() };
    for options in [with_secret, with_publishable] {
        for key in keys(&Client::with(options).await.sandbox) {
            assert_eq!(account_of(&key), account_of(&secret));
        }
    }
}

#[tokio::test]
async fn another_account_sees_nothing_of_the_first() {
    let client = Client::start().await;
    let id = client.intent().await;
    let card = client.card("4242424242424242").await;
    let publishable = client.sandbox.publishable_key();
    client.sandbox.switch_account();
    assert_ne!(publishable, client.sandbox.publishable_key());
    client.get(&format!("{INTENTS}/{id}")).await.fails(404, "resource_missing");
    client.pay(&card).await.fails(400, "resource_missing");
    assert_eq!(client.get(INTENTS).await.succeeds()["data"], serde_json::json!([]));
}

#[tokio::test]
async fn keys_differ_at_every_start() {
    let (one, other) = (Client::start().await, Client::start().await);
    assert_ne!(one.sandbox.secret_key(), other.sandbox.secret_key());
    assert_ne!(one.sandbox.publishable_key(), other.sandbox.publishable_key());
}
