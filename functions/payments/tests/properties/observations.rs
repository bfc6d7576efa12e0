//! What can be observed at Stripe on the way through the protocol, and what each observation shows.

use lambda_http::http::{HeaderMap, HeaderValue};
use payments::checkout::{Found, WriteResult};
use payments::outcome::UnknownReason;
use payments::stripe::{Failure, PaymentIntent, interpret};
use serde_json::{Value, json};

pub(crate) const CHECKOUT: &str = "019ab000-0000-7000-8000-000000000000";
/// The card of the request.
pub(crate) const CARD: &str = "pm_1Card";
const OTHER: &str = "pm_1Other";
/// In the place of a status: Stripe never saw the request.
const NOT_SENT: u16 = 0;

/// What the observations so far have shown, whatever the protocol makes of it.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact, and they are independent")]
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    /// A PaymentIntent of the checkout succeeded.
    pub(crate) paid: bool,
    /// One was canceled, or there can be none any more.
    pub(crate) closed: bool,
    /// The checkout's key made nothing, and never will: under this API key.
    pub(crate) dead: bool,
    /// A search found nothing.
    pub(crate) none_found: bool,
    /// The card of the request was refused, in a fresh answer or a fresh read, or in a saved one.
    pub(crate) refused: bool,
    /// Its bank requires authentication.
    pub(crate) action: bool,
    /// A write may have been executed.
    pub(crate) written: bool,
    /// A fresh read or answer came after the last saved one.
    pub(crate) fresh: bool,
}

impl Seen {
    /// What is known after this was shown, too.
    pub(crate) fn and(self, shown: Self) -> Self {
        Self {
            paid: self.paid | shown.paid,
            closed: self.closed | shown.closed,
            dead: self.dead | shown.dead,
            none_found: self.none_found | shown.none_found,
            refused: self.refused | shown.refused,
            action: self.action | shown.action,
            written: self.written | shown.written,
            fresh: shown.fresh,
        }
    }
}

fn intent(status: &str, card: &str, failed: Option<&str>, total: u64, marks: &Value) -> Value {
    let mut metadata = json!({ "till_checkout": CHECKOUT, "till_items_1": "star-map:1", "till_card": CARD });
    for (name, value) in marks.as_object().into_iter().flatten() {
        metadata[name] = value.clone();
    }
    let error = failed.map(|card| json!({ "type": "card_error", "code": "card_declined", "payment_method": card }));
    json!({
        "id": "pi_1", "status": status, "amount": total, "currency": "usd", "created": 1, "livemode": false,
        "confirmation_method": "manual", "client_secret": "pi_1_secret_1", "metadata": metadata,
        "payment_method": card, "last_payment_error": error,
    })
}

/// PaymentIntents as they can be met, with a name each.
pub(crate) fn intents() -> Vec<(&'static str, Value)> {
    let none = json!({});
    vec![
        ("succeeded", intent("succeeded", CARD, None, 1099, &none)),
        ("succeeded with another card", intent("succeeded", OTHER, None, 1099, &none)),
        ("canceled", intent("canceled", CARD, None, 1099, &none)),
        ("declined", intent("requires_payment_method", "", Some(CARD), 1099, &none)),
        ("another declined", intent("requires_payment_method", "", Some(OTHER), 1099, &none)),
        ("another began it", intent("requires_payment_method", "", Some(OTHER), 1099, &json!({ "till_card": OTHER }))),
        ("of another total", intent("requires_payment_method", "", Some(OTHER), 999, &json!({ "till_card": OTHER }))),
        ("to be authenticated", intent("requires_action", CARD, None, 1099, &none)),
        ("another to be authenticated", intent("requires_action", OTHER, None, 1099, &none)),
        ("authenticated", intent("requires_confirmation", CARD, None, 1099, &none)),
        ("another authenticated", intent("requires_confirmation", OTHER, None, 1099, &json!({ "till_card": OTHER }))),
        ("processing", intent("processing", CARD, None, 1099, &none)),
        ("tombstone", intent("requires_payment_method", "", None, 100, &json!({ "till_void": "true" }))),
        ("canceled tombstone", intent("canceled", "", None, 100, &json!({ "till_void": "true" }))),
        ("copied metadata", intent("requires_payment_method", "", None, 1099, &json!({}))),
        ("of another checkout", intent("requires_payment_method", "", Some(OTHER), 1099, &json!({ "till_checkout": "x" }))),
    ]
}

pub(crate) fn answer(status: u16, replayed: bool, body: &Value) -> WriteResult {
    if status == NOT_SENT {
        return Err(Failure::NotSent);
    }
    let mut headers = HeaderMap::new();
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    interpret(status, &headers, body.to_string().as_bytes())
}

pub(crate) fn error(kind: &str, code: &str) -> Value {
    json!({ "error": { "type": kind, "code": code } })
}

/// An answer to a write, and what it shows.
pub(crate) struct Answered {
    pub(crate) name: String,
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) body: Value,
    pub(crate) shown: Seen,
}

/// Every answer to a write.
pub(crate) fn answers() -> Vec<Answered> {
    let mut answers = Vec::new();
    for (name, body) in intents() {
        // A saved answer is about the card of the request that it answers.
        for replayed in [false, true].into_iter().filter(|replayed| !replayed || body["payment_method"] != OTHER) {
            let shown = Seen { written: true, fresh: !replayed, ..shown_by(&body) };
            answers.push(Answered { name: format!("200 {name} {replayed}"), status: 200, replayed, body: body.clone(), shown });
        }
    }
    let declined = |code: &str| {
        let inside = intent("requires_payment_method", "", Some(CARD), 1099, &json!({}));
        json!({ "error": { "type": "card_error", "code": code, "payment_intent": inside } })
    };
    for (status, replayed, body) in [
        (402, false, declined("card_declined")),
        (402, true, declined("card_declined")),
        (402, false, declined("duplicate_transaction")),
        (402, false, error("card_error", "card_declined")),
        (400, false, error("invalid_request_error", "parameter_invalid")),
        (400, true, error("invalid_request_error", "parameter_invalid")),
        (401, false, error("invalid_request_error", "api_key_expired")),
        (401, true, error("invalid_request_error", "api_key_expired")),
        (403, false, error("invalid_request_error", "")),
        (404, true, error("invalid_request_error", "resource_missing")),
        (400, false, error("idempotency_error", "")),
        (409, false, error("idempotency_error", "idempotency_key_in_use")),
        (429, false, error("invalid_request_error", "lock_timeout")),
        (429, false, error("invalid_request_error", "rate_limit")),
        (429, true, error("invalid_request_error", "rate_limit")),
        (424, false, error("api_error", "")),
        (500, false, error("api_error", "")),
        (500, true, error("api_error", "")),
        (502, false, json!("<html>")),
        (NOT_SENT, false, json!({})),
    ] {
        let unexecuted = matches!((status, replayed), (NOT_SENT | 400 | 401 | 403 | 429, false))
            && body["error"]["type"] != "idempotency_error"
            && body["error"]["code"] != "lock_timeout";
        let is_dead = replayed && matches!(status, 400 | 404);
        let written = !(unexecuted || is_dead);
        let shown = Seen { refused: status == 402, dead: is_dead, written, fresh: !replayed, ..Seen::default() };
        let name = format!("{status} {replayed} {}", body["error"]["code"]);
        answers.push(Answered { name, status, replayed, body, shown });
    }
    answers
}

pub(crate) fn shown_by(body: &Value) -> Seen {
    Seen {
        paid: body["status"] == "succeeded",
        closed: body["status"] == "canceled",
        refused: body["last_payment_error"]["payment_method"] == CARD,
        action: body["status"] == "requires_action",
        fresh: true,
        ..Seen::default()
    }
}

pub(crate) fn read(body: &Value) -> PaymentIntent {
    serde_json::from_value(body.clone()).expect("a PaymentIntent")
}

/// Every result of a search, with what it shows.
pub(crate) fn finds() -> Vec<(String, Found, Seen)> {
    let all = intents();
    let by_name = |wanted: &str| read(&all.iter().find(|(name, _)| *name == wanted).expect("is there").1);
    let sets = [
        vec![],
        vec!["succeeded"],
        vec!["declined"],
        vec!["canceled"],
        vec!["tombstone"],
        vec!["copied metadata", "succeeded"],
        vec!["copied metadata", "declined"],
        vec!["declined", "tombstone"],
    ];
    let mut finds = Vec::new();
    for set in sets {
        let doubts = [(true, None), (false, None), (true, Some(UnknownReason::Unmarked)), (true, Some(UnknownReason::Ambiguous))];
        for (complete, doubtful) in doubts {
            let intents: Vec<_> = set.iter().map(|name| by_name(name)).collect();
            let none_found = set.is_empty() && doubtful.is_none();
            let seen = Seen { closed: none_found && complete, none_found, ..Seen::default() };
            finds.push((format!("{set:?} {complete} {doubtful:?}"), Found { intents, complete, doubtful }, seen));
        }
    }
    finds
}
