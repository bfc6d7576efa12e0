//! What goes in and what comes out: an API Gateway event, and the answer to it.

use payments::now_ms;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// An API Gateway event, payload 2.0.
#[derive(Clone)]
pub(crate) struct Event {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    pub(crate) base64: bool,
    pub(crate) stage: String,
    pub(crate) time_left: Option<Duration>,
}

impl Event {
    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: None,
            base64: false,
            stage: "$default".to_owned(),
            time_left: None,
        }
    }

    pub(crate) fn post(path: &str, checkout: &str, body: &Value) -> Self {
        Self { method: "POST".to_owned(), body: Some(body.to_string()), ..Self::get(path) }
            .header("content-type", "application/json")
            .header("idempotency-key", checkout)
    }

    /// Sets a header, in place of an earlier one.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(given, _)| given != name);
        self
    }

    pub(crate) fn again(self) -> Self {
        self.header("till-resend", "true")
    }

    pub(crate) fn with_body(self, body: &str) -> Self {
        Self { body: Some(body.to_owned()), ..self }
    }

    /// Changes one field of the body; `Null` takes it out.
    pub(crate) fn field(self, name: &str, value: Value) -> Self {
        let mut body: Value = serde_json::from_str(self.body.as_deref().unwrap()).unwrap();
        let fields = body.as_object_mut().unwrap();
        if value.is_null() {
            fields.remove(name)
        } else {
            fields.insert(name.to_owned(), value)
        };
        self.with_body(&body.to_string())
    }

    pub(crate) fn to_json(&self) -> Value {
        let headers: serde_json::Map<_, _> = self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": self.path,
            "rawQueryString": "",
            "headers": headers,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "api",
                "domainName": "api.execute-api.us-east-1.amazonaws.com",
                "http": { "method": self.method, "path": self.path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test" },
                "requestId": "gateway-request",
                "routeKey": "$default",
                "stage": self.stage,
                "time": "22/Nov/2026:00:00:00 +0000",
                "timeEpoch": now_ms(),
            },
            "body": self.body,
            "isBase64Encoded": self.base64,
        })
    }
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: BTreeMap<String, String>,
}

impl Reply {
    /// Reads what Lambda hands to API Gateway.
    pub(crate) fn of(response: &Value) -> Self {
        let body = response["body"].as_str().expect("the answer is text");
        Self {
            status: response["statusCode"].as_u64().and_then(|status| status.try_into().ok()).expect("a status"),
            body: serde_json::from_str(body).expect("the answer is JSON"),
            headers: serde_json::from_value(response["headers"].clone()).expect("each header once"),
        }
    }

    pub(crate) fn outcome(&self) -> &str {
        self.body["outcome"].as_str().unwrap_or_default()
    }

    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(crate) fn payment_intent(&self) -> String {
        self.body["payment_intent"].as_str().unwrap_or_else(|| panic!("names a PaymentIntent: {self}")).to_owned()
    }

    #[track_caller]
    pub(crate) fn must_be(&self, status: u16, outcome: &str, code: &str) -> &Self {
        assert_eq!((self.status, self.outcome(), self.code()), (status, outcome, code), "{self}");
        let checkout = self.body["checkout"].as_str();
        assert_eq!(checkout.is_some(), outcome == "not_attempted", "only a refusal says what holds for the checkout: {self}");
        if outcome != "paid" {
            assert!(self.body["error"]["type"].is_string() && self.body["error"]["message"].is_string(), "{self}");
        }
        self
    }

    /// A refusal after which the checkout may be used again, or not.
    #[track_caller]
    pub(crate) fn must_leave_it(&self, checkout: &str) -> &Self {
        assert_eq!(self.body["checkout"], checkout, "{self}");
        self
    }

    #[track_caller]
    pub(crate) fn must_be_paid(&self) -> &Self {
        self.must_be(200, "paid", "")
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.body)
    }
}
