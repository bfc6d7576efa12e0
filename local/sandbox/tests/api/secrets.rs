//! Secrets Manager's wire protocol.

use reqwest::Method;
use sandbox::Options;
use serde_json::{Value, json};

use crate::client::{Answer, Client, send};

async fn call(client: &Client, operation: &str, body: Value) -> Answer {
    let request = client.http.post(client.sandbox.url()).header("x-amz-target", format!("secretsmanager.{operation}"));
    send(request.header("content-type", "application/x-amz-json-1.1").body(body.to_string())).await
}

#[tokio::test]
async fn the_secret_holds_the_secret_key_and_can_be_rotated() {
    let client = Client::start().await;
    let get = json!({ "SecretId": client.sandbox.secret_id() });
    let answer = call(&client, "GetSecretValue", get.clone()).await.succeeds();
    assert_eq!(answer["SecretString"], json!({ "secret_key": client.sandbox.secret_key() }).to_string());

    let put = json!({ "SecretId": "till/stripe", "SecretString": "another" });
    call(&client, "PutSecretValue", put).await.succeeds();
    assert_eq!(call(&client, "GetSecretValue", get).await.succeeds()["SecretString"], "another");
    let previous = json!({ "SecretId": answer["ARN"], "VersionStage": "AWSPREVIOUS" });
    assert_eq!(call(&client, "GetSecretValue", previous).await.succeeds()["SecretString"], answer["SecretString"]);
}

#[tokio::test]
async fn a_real_secret_is_for_one_signer_and_nothing_else_is_served() {
    let client = Client::with(Options { secret_only_for: Some("AKIAONLY".to_owned()), ..Options::default() }).await;
    client.sandbox.put_secret("a real one");
    let door = client.sandbox.door().await.unwrap();
    for url in [client.sandbox.url(), door.url()] {
        let get = async |authorization: Option<&str>| {
            let request = client.http.post(&url).header("x-amz-target", "secretsmanager.GetSecretValue");
            let request = authorization.into_iter().fold(request, |request, value| request.header("authorization", value));
            send(request.body(r#"{"SecretId": "till/stripe"}"#)).await
        };
        let signed =
            |id: &str| format!("AWS4-HMAC-SHA256 Credential={id}/20261129/us-east-1/secretsmanager/aws4_request, Signature=0");
        for wrong in [
            None,
            Some("AKIAONLY"),
            Some("Bearer AKIAONLY"),
            Some(&*signed("AKIA")),
            Some(&*signed("AKIAONLYX")),
            Some(&*signed("")),
        ] {
            let refused = get(wrong).await;
            assert_eq!(refused.body["__type"], "UnrecognizedClientException", "{wrong:?}");
            assert_eq!(refused.status, 400);
        }
        assert_eq!(get(Some(&signed("AKIAONLY"))).await.succeeds()["SecretString"], "a real one");
        let secret = client.sandbox.secret_key();
        for (method, path) in [
            (Method::GET, "/_sandbox/ledger"),
            (Method::POST, "/_sandbox/reset"),
            (Method::POST, "/_sandbox/keys/roll"),
            (Method::GET, "/v1/payment_intents"),
            (Method::GET, "/dahlia/stripe.js"),
            (Method::GET, "/js/controller.html"),
        ] {
            let answer = client.http.request(method, format!("{url}{path}")).bearer_auth(&secret).send().await.unwrap();
            assert_eq!(answer.status().as_u16(), 404, "{path}");
        }
    }
}

#[tokio::test]
async fn an_unknown_secret_is_not_found() {
    let client = Client::start().await;
    let answer = call(&client, "GetSecretValue", json!({ "SecretId": "till/other" })).await;
    assert_eq!((answer.status, answer.body["__type"].as_str()), (400, Some("ResourceNotFoundException")));
}
