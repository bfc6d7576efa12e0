//! The properties themselves, shared by the property tests and the fuzz targets. Each panics where it does not hold.

use lambda_http::http::{HeaderMap, HeaderValue};
use lambda_http::{Body, Request};
use payments::checkout::{PaymentMethodId, Word};
use payments::http::{Incoming, of_outcome};
use payments::outcome::Outcome;
use payments::settings::Settings;
use payments::stripe::{Failure, PaymentIntent, interpret};
use serde_json::Value;

/// The card that answers are read for.
pub(crate) const CARD: &str = "pm_1Card";

/// No answer of Stripe's, or of something in its place, is believed beyond what it proves.
pub(crate) fn answer(http: u16, replayed: bool, body: &[u8]) {
    let mut headers = HeaderMap::new();
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    let result = interpret::<PaymentIntent>(http, &headers, body);
    let card = PaymentMethodId::parse(CARD).expect("is one");
    // Fields that nobody reads may hold bytes that are no text.
    let read: Option<Value> = serde_json::from_str(&String::from_utf8_lossy(body)).ok();
    let at = |pointer: &str| read.as_ref().and_then(|value| value.pointer(pointer)?.as_str()).unwrap_or_default();
    match Word::of(&result, &card) {
        Word::Told(Outcome::Paid(_)) => {
            assert_eq!(at("/status"), "succeeded");
            assert!((200..300).contains(&http));
        }
        Word::Told(Outcome::Declined { .. }) => {
            assert!(!replayed, "a replayed decline is never told");
            let by_error = http == 402 && at("/error/type") == "card_error";
            let by_read = at("/status") == "requires_payment_method" && at("/last_payment_error/payment_method") == CARD;
            assert!(by_error || by_read);
        }
        Word::Told(Outcome::RequiresAction { .. }) => assert_eq!(at("/status"), "requires_action"),
        Word::Told(Outcome::NotAttempted(_)) => assert_eq!(at("/status"), "canceled"),
        Word::Told(Outcome::Unknown(_)) | Word::Stale(..) | Word::Silent => {}
    }
    if let Err(failure) = result {
        let proved = failure.executed_nothing();
        assert!(!(proved && http >= 500), "an outage proves nothing");
        assert!(!(proved && replayed), "a replay was executed once");
        assert!(!(proved && http == 409), "somebody else is at work");
        assert!(!(proved && matches!(failure, Failure::NoReply(_))));
    }
}

/// A request is read, or refused with a reason and an answer of the contract's form.
pub(crate) fn request(request: &Request, settings: &Settings, now_ms: u64) {
    let Incoming::Checkout { resend, ask } = Incoming::read(request, settings, now_ms) else { return };
    assert_eq!(resend, request.headers().contains_key("till-resend"));
    let Err(rejected) = ask else { return };
    let response = of_outcome(&Outcome::NotAttempted(rejected.refusal));
    assert!((400..=415).contains(&response.status().as_u16()), "{}", response.status());
    let Body::Text(text) = response.body() else { panic!("the answer is text") };
    let body: Value = serde_json::from_str(text).expect("the answer is JSON");
    assert_eq!(body["outcome"], "not_attempted");
    assert!(["type", "code", "message"].iter().all(|name| body["error"][name].is_string()), "{text}");
}
