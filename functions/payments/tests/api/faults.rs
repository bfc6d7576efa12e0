//! The truth under faults: every fault of the sandbox's switchboard, met by every kind of send. `faults.txt` has the table.
//!
//! A cell says what the shopper is told, how many charges stand in the ledger then, and what the same request brings once
//! the faults are over: `unknown 1 > paid`. Whatever a cell says, some things hold in all of them; see [`Cell::of`].

use crate::shop::{Checkout, Event, Reply, Shop};
use futures_util::future::join_all;
use sandbox::{Fault, Rule};
use std::time::{Duration, Instant};

/// What Lambda leaves the function: short, so that a hang is a short wait.
const TIME_LEFT: Duration = Duration::from_secs(3);
/// A machine that is too busy for that brings `unknown` or `off` where the table has better; such a cell is tried again with this.
const MORE_TIME: Duration = Duration::from_secs(12);

/// A kind of send, each with what went before it while all was well.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Send {
    /// The first of its checkout.
    Pay,
    /// Again, after one that was charged and whose answer was lost.
    PayAgainCharged,
    /// Again, after one that was lost on its way.
    PayAgainLost,
    /// Another card, after a decline.
    Confirm,
    /// The same again, after it was charged.
    ConfirmAgainCharged,
    /// The end of a checkout that was never sent.
    Void,
    /// The end of one that was charged.
    VoidCharged,
}

const SENDS: [Send; 7] = [
    Send::Pay,
    Send::PayAgainCharged,
    Send::PayAgainLost,
    Send::Confirm,
    Send::ConfirmAgainCharged,
    Send::Void,
    Send::VoidCharged,
];

impl Send {
    /// Does what went before, and gives the event to send.
    async fn prepare(self, shop: &Shop, checkout: &Checkout<'_>) -> Event {
        let card = shop.card("4242424242424242").await;
        match self {
            Self::Pay => checkout.payment(&card),
            Self::PayAgainLost => checkout.payment(&card).again(),
            Self::PayAgainCharged => {
                shop.send(&checkout.payment(&card)).await.must_be_paid();
                checkout.payment(&card).again()
            }
            Self::Confirm | Self::ConfirmAgainCharged => {
                let declined = checkout.pay(&shop.card("4000000000009995").await).await;
                let event = checkout.another_card(&declined.payment_intent(), &card);
                if self == Self::ConfirmAgainCharged {
                    shop.send(&event).await.must_be_paid();
                }
                event
            }
            Self::Void => checkout.leaving(),
            Self::VoidCharged => {
                checkout.pay(&card).await.must_be_paid();
                checkout.leaving().again()
            }
        }
    }
}

/// The function that the send meets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Function {
    /// It has its secret, and connections to Stripe.
    Warm,
    /// It has nothing: the fault is there from its start.
    Cold,
    /// It has a secret whose key was rolled since.
    Outdated,
}

/// What came of one send under one fault.
struct Cell(String);

impl Cell {
    async fn of(send: Send, rule: Rule, function: Function, time_left: Duration) -> Self {
        let shop = Shop::open().await;
        let outdated = function == Function::Outdated;
        let checkout = shop.checkout();
        let event = Event { time_left: Some(time_left), ..send.prepare(&shop, &checkout).await };
        let other = if function == Function::Cold { Some(shop.another_function()) } else { None };
        let function = if let Some(cold) = &other {
            cold
        } else {
            // As the page does while it loads.
            shop.send(&Event::get("/api/config")).await;
            &shop
        };
        if outdated {
            shop.stripe.roll_key();
        }
        shop.stripe.faults().set(vec![rule]);
        let reply = function.send(&event).await;
        // A request that was cut off may still be executed.
        tokio::time::sleep(Duration::from_millis(60)).await;
        let charges = shop.charges();
        shop.stripe.faults().clear();

        // Whatever the fault: paid is paid, and nothing that is said to be uncharged is charged.
        match reply.outcome() {
            "paid" => assert_eq!(charges, 1, "{send:?}: {reply}"),
            "declined" | "not_attempted" => assert_eq!(charges, 0, "{send:?}: {reply}"),
            "unknown" => {}
            _ => panic!("{send:?} has no outcome: {reply}"),
        }
        let settled = function.send(&event.clone().again()).await;
        assert!(shop.charges() <= 1, "{send:?} was charged twice: {reply}, then {settled}");
        if reply.outcome() == "not_attempted" && reply.code() == "checkout_closed" {
            assert_eq!(shop.charges(), 0, "{send:?} was closed, and then charged: {settled}");
        }
        if settled.outcome() == "paid" {
            assert_eq!(shop.charges(), 1, "{send:?}: {settled}");
        }
        Self(format!("{} {charges} > {}", told(&reply), told(&settled)))
    }
}

/// As the table has it.
fn told(reply: &Reply) -> &str {
    match (reply.outcome(), reply.code()) {
        ("not_attempted", "service_unavailable") => "off",
        ("not_attempted", "checkout_closed") => "closed",
        ("not_attempted", code) => code,
        (outcome, _) => outcome,
    }
}

/// A fault as the table names it: in JSON, with the word of `Stripe-Should-Retry` behind it.
fn rule(name: &str) -> Rule {
    let (name, should_retry) = match name.split_once(' ') {
        Some((name, "+retry")) => (name, Some(true)),
        Some((name, "-retry")) => (name, Some(false)),
        _ => (name, None),
    };
    let fault: Fault = serde_json::from_str(name)
        .or_else(|_| serde_json::from_value(name.into()))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    Rule { should_retry, ..Rule::new(fault) }
}

/// Runs a section of the table, each fault against each kind of send, and compares.
async fn must_be_as_in_the_table(section: &str, rules: fn(Rule) -> Rule, function: Function) {
    let (_, table) = include_str!("faults.txt").split_once(&format!("== {section}\n")).unwrap();
    let table = table.split("\n==").next().unwrap();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split('|').map(str::trim).collect()).collect();
    assert!(rows.len() > 10, "the table has its rows");
    let mut wrong = Vec::new();
    // One row at a time: more cold starts at once would run out of time by themselves.
    for row in rows {
        let cells = join_all(SENDS.map(|send| Cell::of(send, rules(rule(row[0])), function, TIME_LEFT))).await;
        for ((send, expected), Cell(mut found)) in SENDS.into_iter().zip(&row[1..]).zip(cells) {
            if found != *expected && (found.contains("unknown") || found.contains("off")) {
                Cell(found) = Cell::of(send, rules(rule(row[0])), function, MORE_TIME).await;
            }
            if found != *expected {
                wrong.push(format!("{}, {send:?}: expected {expected}, found {found}", row[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const WRITES: &str = "/v1/payment_intents*";

#[tokio::test]
async fn a_fault_of_one_write_is_healed_or_told() {
    must_be_as_in_the_table("one write", |rule| rule.on("POST", WRITES).times(1), Function::Warm).await;
}

#[tokio::test]
async fn a_fault_of_every_write_is_told_as_it_is() {
    must_be_as_in_the_table("every write", |rule| rule.on("POST", WRITES), Function::Warm).await;
}

#[tokio::test]
async fn a_fault_of_every_read_leaves_no_guess() {
    must_be_as_in_the_table("every read", |rule| rule.on("GET", WRITES), Function::Warm).await;
}

#[tokio::test]
async fn a_cold_start_without_its_secret_proves_nothing() {
    must_be_as_in_the_table("secret of a cold start", Rule::on_secret, Function::Cold).await;
}

#[tokio::test]
async fn a_rolled_key_whose_secret_is_out_of_reach_proves_nothing() {
    must_be_as_in_the_table("secret of a rolled key", Rule::on_secret, Function::Outdated).await;
}

#[tokio::test]
async fn a_secret_that_is_out_of_reach_later_harms_nobody() {
    must_be_as_in_the_table("secret that was read before", Rule::on_secret, Function::Warm).await;
}

#[tokio::test]
async fn a_refusal_after_a_lost_reply_proves_nothing() {
    let shop = Shop::open().await;
    let checkout = shop.checkout();
    let lost = Rule::new(Fault::CutAfter).on("POST", WRITES).times(1);
    shop.stripe.faults().set(vec![lost, Rule::new(Fault::RateLimited).on("POST", WRITES)]);
    checkout.pay("pm_card_visa").await.must_be_paid();
    assert_eq!(shop.charges(), 1);
}

#[tokio::test]
async fn a_silent_stripe_is_given_up_before_the_deadline() {
    let shop = Shop::open().await;
    shop.send(&Event::get("/api/config")).await;
    shop.stripe.faults().set(vec![Rule::new(Fault::HangBefore)]);
    let checkout = shop.checkout();
    for event in [checkout.payment("pm_card_visa"), checkout.payment("pm_card_visa").again(), checkout.leaving()] {
        let begun = Instant::now();
        let reply = shop.send(&Event { time_left: Some(TIME_LEFT), ..event }).await;
        reply.must_be(503, "unknown", "outcome_unknown");
        assert!(begun.elapsed() < TIME_LEFT, "{:?}: Lambda would have ended the function", begun.elapsed());
    }
}
