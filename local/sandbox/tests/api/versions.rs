//! What the version of a request decides.

use reqwest::Method;

use crate::client::{Answer, Client, form, send};

async fn pay(client: &Client, version: &str, changes: &[(&str, &str)]) -> Answer {
    let base = [("amount", "1099"), ("currency", "usd"), ("payment_method", "pm_card_visa"), ("confirm", "true")];
    let request = client.http.request(Method::POST, format!("{}/v1/payment_intents", client.sandbox.url()));
    let request = request.bearer_auth(client.sandbox.secret_key()).header("stripe-version", version);
    send(form(request, &[&base, changes].concat())).await
}

const FLAG: (&str, &str) = ("error_on_requires_action", "true");
const CARD: (&str, &str) = ("payment_method_types[]", "card");

#[tokio::test]
async fn the_flag_wants_payment_method_types_since_2023() {
    let client = Client::start().await;
    for (version, paid) in [("2022-11-15", true), ("2023-08-16", false), ("2026-07-29.dahlia", false)] {
        let answer = pay(&client, version, &[FLAG]).await;
        assert_eq!(answer.header("stripe-version"), Some(version));
        assert_eq!(answer.status == 200, paid, "{version}");
        if !paid {
            assert_eq!(answer.error("param"), "error_on_requires_action");
        }
        pay(&client, version, &[FLAG, CARD]).await.succeeds();
    }
}

#[tokio::test]
async fn endive_does_not_take_payment_method_types() {
    let client = Client::start().await;
    let answer = pay(&client, "2026-09-30.endive", &[FLAG, CARD]).await;
    let answer = answer.fails(400, "payment_method_types_no_longer_supported");
    assert_eq!(answer.error("param"), "payment_method_types");
}

#[tokio::test]
async fn dynamic_payment_methods_want_a_return_url() {
    let client = Client::start().await;
    let version = "2026-07-29.dahlia";
    let refused = pay(&client, version, &[]).await;
    assert_eq!(refused.status, 400);
    assert!(refused.error("message").contains("return_url"));
    pay(&client, version, &[("return_url", "https://shop.example/")]).await.succeeds();
    let cards = [("automatic_payment_methods[enabled]", "true"), ("automatic_payment_methods[allow_redirects]", "never")];
    let intent = pay(&client, version, &cards).await.succeeds();
    assert_eq!(intent["automatic_payment_methods"]["allow_redirects"], "never");
}

#[tokio::test]
async fn an_unknown_version_is_refused() {
    let client = Client::start().await;
    let answer = pay(&client, "2026-07-29.durian", &[CARD]).await;
    assert_eq!((answer.status, answer.error("type")), (400, "invalid_request_error"));
}
