//! Stripe's error bodies: `{"error": {"type", "code", "message", "param", …}}` with their statuses.

use serde_json::{Map, Value, json};

/// A refusal as Stripe words it. Becomes a reply in [`crate::reply`].
#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub(crate) status: u16,
    /// Whether the endpoint began to execute, so that the answer is kept under the idempotency key.
    pub(crate) kept: bool,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    body: Map<String, Value>,
}

impl Error {
    pub(crate) fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        let mut body = Map::new();
        body.insert("type".into(), kind.into());
        body.insert("message".into(), message.into().into());
        Self { status, kept: false, headers: Vec::new(), body }
    }

    /// 400 `invalid_request_error`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "invalid_request_error", message)
    }

    /// 402 `card_error`.
    pub(crate) fn card(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(402, "card_error", message).code(code).kept()
    }

    pub(crate) fn missing(param: &str) -> Self {
        Self::invalid(format!("Missing required param: {param}.")).code("parameter_missing").param(param)
    }

    pub(crate) fn empty(param: &str) -> Self {
        Self::invalid(format!(
            "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a field; however '{param}' cannot be unset. \
             You should remove '{param}' from your request or supply a non-empty value."
        ))
        .code("parameter_invalid_empty")
        .param(param)
    }

    pub(crate) fn invalid_integer(param: &str, value: &str) -> Self {
        Self::invalid(format!("Invalid integer: {value}")).code("parameter_invalid_integer").param(param)
    }

    pub(crate) fn unknown_parameters(names: &[String]) -> Self {
        let noun = if names.len() == 1 { "parameter" } else { "parameters" };
        let error = Self::invalid(format!("Received unknown {noun}: {}", names.join(", "))).code("parameter_unknown");
        error.param(names.first().map_or("", String::as_str))
    }

    /// A parameter of Stripe's that the sandbox does not act on.
    pub(crate) fn unsupported(param: &str) -> Self {
        let message = format!("Stripe knows the parameter {param}; the sandbox does not.");
        Self::invalid(message).code("sandbox_unsupported").param(param)
    }

    /// `resource_missing`: 404 for the object in the path, 400 for one named by a parameter.
    pub(crate) fn no_such(status: u16, object: &str, param: &str, id: &str) -> Self {
        Self::new(status, "invalid_request_error", format!("No such {object}: '{id}'")).code("resource_missing").param(param)
    }

    pub(crate) fn code(self, code: &str) -> Self {
        let doc_url = format!("https://docs.stripe.com/error-codes/{}", code.replace('_', "-"));
        self.with("code", json!(code)).with("doc_url", json!(doc_url))
    }

    pub(crate) fn param(self, param: &str) -> Self {
        self.with("param", json!(param))
    }

    pub(crate) fn with(mut self, field: &str, value: Value) -> Self {
        self.body.insert(field.to_owned(), value);
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &'static str) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Stripe's words for the developer.
    pub(crate) fn message(&self) -> String {
        self.body["message"].as_str().unwrap_or_default().to_owned()
    }

    /// The error object itself, as `last_payment_error` holds it.
    pub(crate) fn object(&self) -> Value {
        Value::Object(self.body.clone())
    }

    /// The whole body. Stripe adds the address of the request's log to errors of known requests.
    pub(crate) fn into_body(mut self, request_id: &str, now: u64) -> Value {
        let log = format!("https://dashboard.stripe.com/test/logs/{request_id}?t={now}");
        self.body.insert("request_log_url".into(), log.into());
        json!({ "error": self.body })
    }
}
