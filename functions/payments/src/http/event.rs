//! From Lambda's raw event to an HTTP request, and from the response back: API Gateway's payload 2.0.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>
//!
//! Only what the function reads is taken from an event. Libraries that take all of it break off in a panic at what any caller
//! can send, such as a quotation mark in the query, and then nobody gets an outcome.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lambda_http::http::{HeaderName, HeaderValue};
use lambda_http::{Body, Context, Request, RequestExt as _, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Event {
    raw_path: String,
    headers: BTreeMap<String, String>,
    request_context: RequestContext,
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RequestContext {
    stage: String,
    http: Http,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Http {
    method: String,
}

/// Reads an event: its method, path, headers and body. `None` if these are not of payload 2.0's types. What is missing is
/// empty, and then refused as a request.
pub fn read(event: &str, context: Context) -> Option<Request> {
    let event: Event = serde_json::from_str(event).ok()?;
    let mut request = Request::new(body(event.body.unwrap_or_default(), event.is_base64_encoded));
    *request.method_mut() = event.request_context.http.method.parse().unwrap_or_default();
    for (name, value) in event.headers {
        // A value that is none still is a header that was sent.
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap_or(HeaderValue::from_static("unreadable"));
        if let Ok(name) = HeaderName::try_from(name) {
            request.headers_mut().append(name, value);
        }
    }
    let path = path_below_stage(&event.raw_path, &event.request_context.stage);
    Some(request.with_raw_http_path(path).with_lambda_context(context))
}

/// What is not the base64 that it is said to be is taken as it is, and will not be JSON.
fn body(text: String, is_base64: bool) -> Body {
    match is_base64.then(|| BASE64_STANDARD.decode(&text)) {
        Some(Ok(bytes)) => Body::Binary(bytes),
        _ => Body::Text(text),
    }
}

/// The path without the stage, which stands before it unless the stage is `$default`.
fn path_below_stage<'a>(path: &'a str, stage: &str) -> &'a str {
    let below = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage)).filter(|_| !stage.is_empty());
    below.filter(|rest| rest.starts_with('/')).unwrap_or(path)
}

/// The response as Lambda hands it to API Gateway. cargo-lambda reads no response without `cookies`.
pub fn to_json(response: &Response<Body>) -> Value {
    let headers = response.headers().iter().filter_map(|(name, value)| Some((name.to_string(), json!(value.to_str().ok()?))));
    let body = String::from_utf8_lossy(response.body());
    json!({
        "statusCode": response.status().as_u16(),
        "headers": headers.collect::<Map<_, _>>(),
        "cookies": [],
        "body": body,
        "isBase64Encoded": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(change: &Value) -> String {
        let mut event = json!({
            "rawPath": "/api/payments",
            "headers": { "till-resend": "true" },
            "requestContext": { "stage": "$default", "http": { "method": "POST" } },
            "body": "e30=",
            "isBase64Encoded": true,
        });
        for (name, value) in change.as_object().unwrap() {
            event[name] = value.clone();
        }
        event.to_string()
    }

    #[test]
    fn only_what_the_function_reads_is_taken() {
        let request = read(&event(&json!({ "rawQueryString": "a=\"<>& ", "cookies": 7 })), Context::default()).unwrap();
        assert_eq!((request.method().as_str(), request.raw_http_path()), ("POST", "/api/payments"));
        assert_eq!(request.body().as_ref(), b"{}");
    }

    #[test]
    fn a_header_that_cannot_be_read_is_there_all_the_same() {
        let request = read(&event(&json!({ "headers": { "till-resend": "a\nb", "a b": "c" } })), Context::default()).unwrap();
        assert!(request.headers().contains_key("till-resend"));
        assert_eq!(request.headers().len(), 1);
    }

    #[test]
    fn a_stage_before_the_path_is_no_part_of_it() {
        for (path, stage, below) in [
            ("/prod/api/config", "prod", "/api/config"),
            ("/api/config", "$default", "/api/config"),
            ("/production", "prod", "/production"),
            ("//api", "", "//api"),
        ] {
            assert_eq!(path_below_stage(path, stage), below);
        }
    }

    #[test]
    fn what_is_no_event_is_none_or_a_request_for_nothing() {
        assert!(read("\"ping\"", Context::default()).is_none());
        assert!(read(&event(&json!({ "headers": { "a": 1 } })), Context::default()).is_none());
        assert_eq!(read("{}", Context::default()).unwrap().raw_http_path(), "");
        let broken = read(&event(&json!({ "body": "%" })), Context::default()).unwrap();
        assert_eq!(broken.body().as_ref(), b"%");
    }
}
