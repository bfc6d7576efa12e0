//! API Gateway's side: HTTP requests as events of payload 2.0, and responses read back.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use serde_json::{Map, Value, json};
use std::time::SystemTime;
use uuid::Uuid;

/// A request of a browser, as the HTTP API sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET`, `POST`
    pub method: &'static str,
    /// Without a query.
    pub path: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Text.
    pub body: Option<String>,
}

impl HttpRequest {
    /// A request without a body.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), headers: Vec::new(), body: None }
    }

    /// A request with a JSON body.
    pub fn post(path: impl Into<String>, body: impl Into<String>) -> Self {
        let request = Self { method: "POST", path: path.into(), headers: Vec::new(), body: Some(body.into()) };
        request.header("content-type", "application/json")
    }

    /// One more header; the name in lower case.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// The event that API Gateway makes of it.
    pub fn to_event(&self) -> Value {
        let headers: Map<String, Value> = self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "local",
                "domainName": "127.0.0.1",
                "domainPrefix": "local",
                "http": { "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "local" },
                "requestId": Uuid::new_v4().to_string(),
                "routeKey": "$default",
                "stage": "$default",
                "time": "01/Jan/2026:00:00:00 +0000",
                "timeEpoch": SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis(),
            },
            "body": self.body,
            "isBase64Encoded": false,
        })
    }
}

/// What the browser gets: a function's response, or API Gateway's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpReply {
    /// The HTTP status.
    pub status: u16,
    /// As text.
    pub body: String,
}

impl HttpReply {
    /// Reads the response of a function; `None` if it is not one of payload 2.0, which API Gateway answers by 500.
    pub fn read(response: &str) -> Option<Self> {
        let response: Value = serde_json::from_str(response).ok()?;
        let status = response["statusCode"].as_u64().and_then(|status| u16::try_from(status).ok())?;
        let body = response["body"].as_str().unwrap_or_default().to_owned();
        Some(Self { status, body })
    }
}
