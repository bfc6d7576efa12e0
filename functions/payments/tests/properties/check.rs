//! The properties themselves, shared by the property tests and the fuzz targets. Each panics where it does not hold.

use lambda_http::http::{HeaderMap, HeaderValue};
use lambda_http::{Body, Request};
use payments::catalog::{Order, PRICE_LIST};
use payments::checkout::{CheckoutId, CheckoutRequest, Goal, Machine, Observation, PayRequest, Step, Terms};
use payments::http::{ApiRequest, of_outcome};
use payments::money::Currency;
use payments::outcome::{CheckoutState, Outcome};
use payments::settings::{CardAuthentication, Settings};
use payments::stripe::{Failure, PaymentIntent, PaymentMethodId, interpret};
use serde_json::Value;
use uuid::Uuid;

/// The card that answers are read for.
pub(crate) const CARD: &str = "pm_1Card";

/// No answer of Stripe's, or of something in its place, is believed beyond what it proves.
pub(crate) fn answer(http: u16, replayed: bool, body: &[u8]) {
    let mut headers = HeaderMap::new();
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    let result = interpret::<PaymentIntent>(http, &headers, body);
    let proved = result.as_ref().is_err_and(Failure::proves_not_executed);
    // Fields that nobody reads may hold bytes that are no text.
    let read: Option<Value> = serde_json::from_str(&String::from_utf8_lossy(body)).ok();
    let at = |pointer: &str| read.as_ref().and_then(|value| value.pointer(pointer)?.as_str()).unwrap_or_default();
    match after_create(interpret(http, &headers, body)) {
        Step::Finish(Outcome::Paid(_)) => {
            assert_eq!(at("/status"), "succeeded");
            assert!((200..300).contains(&http));
        }
        Step::Finish(Outcome::Declined { .. }) => {
            assert!(!replayed, "a replayed decline is never told");
            let by_error = http == 402 && at("/error/type") == "card_error";
            let by_read = at("/status") == "requires_payment_method" && at("/last_payment_error/payment_method") == CARD;
            assert!(by_error || by_read);
        }
        Step::Finish(Outcome::RequiresAction { .. }) => assert_eq!(at("/status"), "requires_action"),
        Step::Finish(Outcome::NotAttempted { checkout: CheckoutState::Open, .. }) => assert!(proved),
        Step::Finish(Outcome::NotAttempted { checkout: CheckoutState::Closed, .. }) => {
            assert!(at("/status") == "canceled" || (replayed && (400..500).contains(&http)));
        }
        Step::Finish(Outcome::Unknown(_)) | Step::Write(_) | Step::Read(_) | Step::Find => {}
    }
    if let Err(failure) = result {
        assert!(!(proved && http >= 500), "an outage proves nothing");
        assert!(!(proved && replayed), "a replay was executed once");
        assert!(!(proved && http == 409), "somebody else is at work");
        assert!(!(proved && matches!(failure, Failure::NoReply(_))));
    }
}

/// What follows when Stripe gives this answer to the first create of a checkout.
fn after_create(answer: Result<payments::stripe::Answer<PaymentIntent>, Failure>) -> Step {
    let terms = Terms {
        statement_descriptor_suffix: None,
        card_authentication: CardAuthentication::Decline,
        paused: false,
        now_ms: 0x019a_b000_0000,
        nonce: Uuid::nil(),
    };
    let order = Order::price(PRICE_LIST, [("star-map", 1)], Currency::Usd).expect("the shop sells it");
    let card = PaymentMethodId::parse(CARD).expect("is one");
    let checkout = CheckoutId::parse("019ab000-0000-7000-8000-000000000000", terms.now_ms).expect("is one");
    let goal = Goal::Pay(PayRequest { order, card, receipt_email: None });
    let mut machine = Machine::new(CheckoutRequest { checkout, card: None, resend: false, settle_only: false, goal }, terms);
    machine.start();
    machine.next(Observation::Written(answer))
}

/// A request is read, or refused with a reason and an answer of the contract's form.
pub(crate) fn request(request: &Request, settings: &Settings, now_ms: u64) {
    let (resend, refusal) = match ApiRequest::read(request, settings, now_ms) {
        ApiRequest::Config => return,
        ApiRequest::Rejected { resend, refusal } => (resend, refusal),
        ApiRequest::Checkout(CheckoutRequest { resend, goal: Goal::Close(refusal), .. }) => (resend, refusal),
        ApiRequest::Checkout(CheckoutRequest { .. }) => return,
    };
    assert!(resend || !request.headers().contains_key("till-resend"));
    let response = of_outcome(&Outcome::NotAttempted { checkout: refusal.checkout(), refusal });
    assert!((400..=415).contains(&response.status().as_u16()), "{}", response.status());
    let Body::Text(text) = response.body() else { panic!("the answer is text") };
    let body: Value = serde_json::from_str(text).expect("the answer is JSON");
    assert_eq!(body["outcome"], "not_attempted");
    assert!(body["checkout"] == "open" || body["checkout"] == "closed", "{text}");
    assert!(["type", "code", "message"].iter().all(|name| body["error"][name].is_string()), "{text}");
}
