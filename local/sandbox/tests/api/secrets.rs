//! Secrets Manager's wire protocol.

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
async fn an_unknown_secret_is_not_found() {
    let client = Client::start().await;
    let answer = call(&client, "GetSecretValue", json!({ "SecretId": "till/other" })).await;
    assert_eq!((answer.status, answer.body["__type"].as_str()), (400, Some("ResourceNotFoundException")));
}
