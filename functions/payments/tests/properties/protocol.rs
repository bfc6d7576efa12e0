//! Every way through the protocol: each state that a request can get into × each thing that can be observed there.

use crate::observations::{Answered, CARD, CHECKOUT, Seen, answer, answers, error, finds, intents, read, shown_by};
use payments::catalog::{Order, PRICE_LIST};
use payments::checkout::{
    CheckoutId, CheckoutRequest, ConfirmRequest, Found, Goal, Machine, Observation, PayRequest, Step, Terms,
};
use payments::money::Currency;
use payments::outcome::{CheckoutState, Outcome, Refusal};
use payments::settings::CardAuthentication;
use payments::stripe::{PaymentIntentId, PaymentMethodId};
use std::collections::HashSet;
use uuid::Uuid;

const MINTED: u64 = 0x019a_b000_0000;
const HOUR: u64 = 3_600_000;

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
            let seen = seen.and(shown);
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
        Outcome::NotAttempted { checkout: CheckoutState::Open, .. } => !seen.written && is_first,
        Outcome::Unknown(_) => true,
    };
    assert!(holds, "{outcome:?} does not follow from {seen:?}: {way:#?}");
}

fn pay() -> Goal {
    let order = Order::price(PRICE_LIST, [("star-map", 1)], Currency::Usd).expect("the shop sells it");
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
