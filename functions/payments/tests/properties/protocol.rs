//! Every way through the protocol: each state that a request can get into × each thing that can be observed there.

use lambda_http::http::{HeaderMap, HeaderValue};
use payments::catalog::Order;
use payments::checkout::{
    CheckoutId, CheckoutRequest, ConfirmRequest, Found, Goal, Machine, Observation, PayRequest, Step, Terms, WriteResult,
};
use payments::money::Currency;
use payments::outcome::{CheckoutState, Outcome, Refusal};
use payments::settings::CardAuthentication;
use payments::stripe::{PaymentIntent, PaymentIntentId, PaymentMethodId, interpret};
use serde_json::{Value, json};
use std::collections::HashSet;
use uuid::Uuid;

const CHECKOUT: &str = "019ab000-0000-7000-8000-000000000000";
const MINTED: u64 = 0x019a_b000_0000;
const HOUR: u64 = 3_600_000;
const CARD: &str = "pm_1Card";
const OTHER: &str = "pm_1Other";

/// What the observations so far have shown, whatever the protocol makes of it.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact, and they are independent")]
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// A PaymentIntent of the checkout succeeded.
    paid: bool,
    /// One was canceled, or there can be none any more.
    closed: bool,
    /// The checkout's key made nothing, and never will: under this API key.
    dead: bool,
    /// A search found nothing.
    none_found: bool,
    /// The card of the request was refused, in a fresh answer or a fresh read, or in a saved one.
    refused: bool,
    /// Its bank requires authentication.
    action: bool,
    /// A write may have been executed.
    written: bool,
    /// A fresh read or answer came after the last saved one.
    fresh: bool,
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
fn intents() -> Vec<(&'static str, Value)> {
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

fn answer(status: u16, replayed: bool, body: &Value) -> WriteResult {
    let mut headers = HeaderMap::new();
    if replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    interpret(status, &headers, body.to_string().as_bytes())
}

fn error(kind: &str, code: &str) -> Value {
    json!({ "error": { "type": kind, "code": code } })
}

/// An answer to a write, and what it shows.
struct Answered {
    name: String,
    status: u16,
    replayed: bool,
    body: Value,
    shown: Seen,
}

/// Every answer to a write.
fn answers() -> Vec<Answered> {
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
    ] {
        let unexecuted = matches!((status, replayed), (400 | 401 | 403 | 429, false))
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

fn shown_by(body: &Value) -> Seen {
    Seen {
        paid: body["status"] == "succeeded",
        closed: body["status"] == "canceled",
        refused: body["last_payment_error"]["payment_method"] == CARD,
        action: body["status"] == "requires_action",
        fresh: true,
        ..Seen::default()
    }
}

fn read(body: &Value) -> PaymentIntent {
    serde_json::from_value(body.clone()).expect("a PaymentIntent")
}

/// Every result of a search, with what it shows.
fn finds() -> Vec<(String, Found, Seen)> {
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
        for (complete, doubtful) in [(true, false), (false, false), (true, true)] {
            let intents: Vec<_> = set.iter().map(|name| by_name(name)).collect();
            let none_found = set.is_empty() && !doubtful;
            let seen = Seen { closed: none_found && complete, none_found, ..Seen::default() };
            finds.push((format!("{set:?} {complete} {doubtful}"), Found { intents, complete, doubtful }, seen));
        }
    }
    finds
}

/// Follows every way from a request, and checks what holds at each step and at each end.
fn explore(request: &dyn Fn() -> CheckoutRequest, age: u64, paused: bool) -> usize {
    let terms = Terms {
        statement_descriptor_suffix: None,
        card_authentication: CardAuthentication::Handle,
        paused,
        now_ms: MINTED + age,
        nonce: Uuid::nil(),
    };
    let (answers, finds, intents) = (answers(), finds(), intents());
    let is_first = !request().resend;
    let settle_only = request().settle_only;
    let mut machine = Machine::new(request(), terms);
    let step = machine.start();
    let mut visited = HashSet::new();
    let mut open = vec![(machine, step, Seen::default(), vec!["start".to_owned()])];
    while let Some((machine, step, seen, way)) = open.pop() {
        assert!(way.len() < 40, "it never ends: {way:?}");
        let mut go = |name: String, shown: Seen, observation: Observation| {
            let mut next = machine.clone();
            let step = next.next(observation);
            let seen = Seen {
                paid: seen.paid | shown.paid,
                closed: seen.closed | shown.closed,
                dead: seen.dead | shown.dead,
                none_found: seen.none_found | shown.none_found,
                refused: seen.refused | shown.refused,
                action: seen.action | shown.action,
                written: seen.written | shown.written,
                fresh: shown.fresh,
            };
            if visited.insert(format!("{next:?} {step:?} {seen:?}")) {
                open.push((next, step, seen, [way.clone(), vec![name]].concat()));
            }
        };
        match step {
            Step::Write(_) => {
                assert!(!settle_only, "a request that may only find out writes: {way:?}");
                for Answered { name, status, replayed, body, shown } in &answers {
                    go(name.clone(), *shown, Observation::Written(answer(*status, *replayed, body)));
                }
            }
            Step::Read(_) => {
                for (name, body) in &intents {
                    go((*name).to_owned(), shown_by(body), Observation::Read(Ok(read(body))));
                }
                for status in [404, 500] {
                    let missing = answer(status, false, &error("invalid_request_error", "")).map(|answer| answer.value);
                    go(format!("read: {status}"), Seen::default(), Observation::Read(missing));
                }
            }
            Step::Find => {
                for (name, found, shown) in &finds {
                    let found = Found { intents: found.intents.clone(), ..*found };
                    go(name.clone(), *shown, Observation::Found(Ok(found)));
                }
                let failed = answer(500, false, &error("api_error", "")).expect_err("is an error");
                go("find: 500".to_owned(), Seen::default(), Observation::Found(Err(failed)));
            }
            Step::Finish(outcome) => must_hold(&outcome, seen, is_first, &way),
        }
    }
    visited.len()
}

fn must_hold(outcome: &Outcome, seen: Seen, is_first: bool, way: &[String]) {
    let holds = match outcome {
        Outcome::Paid(_) => seen.paid,
        Outcome::Declined { .. } => seen.refused && seen.fresh && !seen.paid,
        Outcome::RequiresAction { .. } => seen.action && seen.fresh,
        // A re-send may have been preceded by one under another API key.
        Outcome::NotAttempted { checkout: CheckoutState::Closed, .. } => {
            seen.closed || (seen.dead && (is_first || seen.none_found))
        }
        Outcome::NotAttempted { checkout: CheckoutState::Open, refusal } => {
            !seen.written && (is_first || *refusal == Refusal::UnknownPaymentIntent)
        }
        Outcome::Unknown(_) => true,
    };
    assert!(holds, "{outcome:?} does not follow from {seen:?}: {way:#?}");
}

fn pay() -> Goal {
    let order = Order::price([("star-map", 1)], Currency::Usd).expect("the shop sells it");
    Goal::Pay(PayRequest { order, card: card(), receipt_email: None })
}

fn confirm(action_completed: bool) -> Goal {
    let payment_intent = PaymentIntentId::parse("pi_1").expect("is one");
    let (expected_total, currency) = (1099, Currency::Usd);
    Goal::Confirm(ConfirmRequest {
        payment_intent,
        card: card(),
        expected_total,
        currency,
        receipt_email: None,
        action_completed,
    })
}

fn card() -> PaymentMethodId {
    PaymentMethodId::parse(CARD).expect("is one")
}

#[test]
fn every_way_through_the_protocol_ends_in_what_was_seen() {
    let goals: [(&str, &dyn Fn() -> Goal); 6] = [
        ("pay", &pay),
        ("confirm", &|| confirm(false)),
        ("completed", &|| confirm(true)),
        ("void", &|| Goal::Close(Refusal::CheckoutClosed)),
        ("refused", &|| Goal::Close(Refusal::PageOutdated)),
        ("unknown intent", &|| Goal::Close(Refusal::UnknownPaymentIntent)),
    ];
    let checkout = CheckoutId::parse(CHECKOUT, MINTED).expect("is one");
    let mut states = 0;
    for (name, goal) in goals {
        for (resend, settle_only) in [(false, false), (true, false), (true, true)] {
            for age in [0, 23 * HOUR + 1, 25 * HOUR] {
                for paused in [false, true] {
                    // Confirm and void are never first, and nothing that is too old to be paid is.
                    let is_possible = (name == "pay" || name == "refused" || resend)
                        && (age == 0 || (resend && name != "pay" && name != "confirm" && name != "completed"));
                    if is_possible {
                        let request = || CheckoutRequest { checkout, card: None, resend, settle_only, goal: goal() };
                        states += explore(&request, age, paused);
                    }
                }
            }
        }
    }
    println!("{states} states");
    assert!(states > 1000, "{states} states");
}
