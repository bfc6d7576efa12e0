//! Whatever bytes come from Stripe, or from something in its place: no panic, and nothing is believed that is not proved.

use crate::check::{self, CARD};
use proptest::prelude::*;
use serde_json::{Value, json};

fn status() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "succeeded",
        "canceled",
        "processing",
        "requires_action",
        "requires_capture",
        "requires_confirmation",
        "requires_payment_method",
        "settled_on_mars",
        "",
    ])
}

fn word() -> impl Strategy<Value = Value> {
    prop_oneof![
        prop::sample::select(vec![
            "card_error",
            "api_error",
            "idempotency_error",
            "invalid_request_error",
            "card_declined",
            "duplicate_transaction",
            "lock_timeout",
            "stolen_card",
            CARD,
            "pm_1Other",
        ])
        .prop_map(|word| json!(word)),
        Just(Value::Null),
        any::<i64>().prop_map(|number| json!(number)),
        "\\PC{0,12}".prop_map(|text| json!(text)),
    ]
}

prop_compose! {
    fn intent()(status in status(), error in word(), card in word(), amount in any::<u64>(), metadata in word()) -> Value {
        json!({
            "id": "pi_1", "object": "payment_intent", "status": status, "amount": amount, "currency": "usd", "created": 1,
            "livemode": false, "metadata": { "till_items_1": metadata.as_str().unwrap_or("star-map:1") },
            "payment_method": card, "last_payment_error": { "type": "card_error", "code": error, "payment_method": card },
        })
    }
}

prop_compose! {
    fn error()(kind in word(), code in word(), decline in word(), param in word(), intent in prop::option::of(intent())) -> Value {
        json!({ "error": { "type": kind, "code": code, "decline_code": decline, "param": param, "payment_intent": intent } })
    }
}

/// A body of Stripe's, whole, cut, with a byte that is off, or none of Stripe's at all.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![intent(), error()].prop_map(|value| value.to_string().into_bytes());
    prop_oneof![
        4 => whole.clone(),
        1 => (whole.clone(), any::<prop::sample::Index>()).prop_map(|(body, cut)| body[..cut.index(body.len())].to_vec()),
        1 => (whole, any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut body, at, byte)| {
            let at = at.index(body.len());
            body[at] = byte;
            body
        }),
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => Just(b"<html><h1>502 Bad Gateway</h1></html>".to_vec()),
    ]
}

proptest! {
    #[test]
    fn no_answer_is_believed_beyond_what_it_proves(
        http in prop::sample::select(vec![200_u16, 201, 302, 400, 401, 402, 403, 404, 409, 424, 429, 500, 502, 503]),
        replayed in any::<bool>(),
        body in body(),
    ) {
        check::answer(http, replayed, &body);
    }
}
