//! What an answer means to the page, by the same rules as the page's own code (`static-site/app/api.js`).

use runtime::HttpReply;
use serde_json::Value;

/// What an answer means to the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PageAnswer {
    Paid,
    RequiresAction {
        payment_intent: String,
        client_secret: String,
    },
    Declined(String),
    /// Whether the checkout is closed, as the answer says: the page infers it from nothing else.
    NotAttempted {
        code: String,
        total: Option<u64>,
        closed: bool,
    },
    Unknown,
}

/// Reads a reply. What does not say its outcome exactly is unknown.
pub(crate) fn as_page_reads(reply: &HttpReply) -> PageAnswer {
    let body: Value = serde_json::from_str(&reply.body).unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let payment_intent = text(&body["payment_intent"]);
    let code = text(&body["error"]["code"]);
    let checkout = body["checkout"].as_str();
    match (body["outcome"].as_str(), reply.status) {
        (Some("paid"), 200) if payment_intent.starts_with("pi_") && body["amount"].is_u64() => PageAnswer::Paid,
        (Some("requires_action"), 200) if text(&body["client_secret"]).starts_with(&format!("{payment_intent}_secret_")) => {
            PageAnswer::RequiresAction { payment_intent, client_secret: text(&body["client_secret"]) }
        }
        (Some("declined"), 402) if payment_intent.starts_with("pi_") && !code.is_empty() => PageAnswer::Declined(payment_intent),
        (Some("not_attempted"), 400..) if !code.is_empty() && matches!(checkout, Some("open" | "closed")) => {
            let total = body["total"].as_u64().filter(|_| body["currency"].is_string());
            PageAnswer::NotAttempted { code, total, closed: checkout == Some("closed") }
        }
        _ => PageAnswer::Unknown,
    }
}
