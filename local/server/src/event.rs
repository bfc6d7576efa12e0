//! API Gateway's HTTP API, payload 2.0: the same JSON that Lambda gets and gives.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lambda_http::Context;
use payments::now_ms;
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// API Gateway's own limit.
const MAX_BODY: usize = 10 << 20;

/// The event that API Gateway would make of `request`, and Lambda's context for it.
pub(crate) async fn from_http(request: Request) -> Result<(String, Context), String> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BODY).await.map_err(|error| error.to_string())?;
    let request_id = Uuid::new_v4().to_string();
    let (method, path) = (parts.method.as_str(), parts.uri.path());
    let (text, is_base64) = event_body(&body);
    let event = json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": parts.uri.query().unwrap_or_default(),
        "headers": headers(&parts.headers),
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "local",
            "domainName": "127.0.0.1",
            "domainPrefix": "local",
            "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "local" },
            "requestId": request_id,
            "routeKey": "$default",
            "stage": "$default",
            "time": "01/Jan/2026:00:00:00 +0000",
            "timeEpoch": now_ms(),
        },
        "body": text,
        "isBase64Encoded": is_base64,
    });
    let mut context = Context::default();
    context.request_id = request_id;
    Ok((event.to_string(), context))
}

/// Header names in lower case, repeated ones joined by commas.
fn headers(headers: &HeaderMap) -> Value {
    let joined = headers.keys().map(|name| {
        let values: Vec<_> = headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        (name.to_string(), Value::String(values.join(",")))
    });
    Value::Object(joined.collect::<Map<_, _>>())
}

/// Text as it is; anything else in base64, as API Gateway does.
fn event_body(body: &Bytes) -> (Option<String>, bool) {
    match std::str::from_utf8(body) {
        Ok("") => (None, false),
        Ok(text) => (Some(text.to_owned()), false),
        Err(_) => (Some(BASE64_STANDARD.encode(body)), true),
    }
}

/// The function's answer, as API Gateway passes it on.
pub(crate) fn to_http(answer: &Value) -> Response {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let status = answer["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok()).unwrap_or(502);
    let headers = answer["headers"].as_object().into_iter().flatten();
    let response = headers.fold(Response::builder().status(status), |response, (name, value)| response.header(name, text(value)));
    response.body(Body::from(text(&answer["body"]))).unwrap_or_default()
}
