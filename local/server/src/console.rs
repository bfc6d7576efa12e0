//! What a developer reads: where to go, what to try, and one line a payment.

use crate::merchant::Merchant;
use payments::settings::CardAuthentication;
use payments::telemetry::{Line, PaymentLine, Sink, Token};
use sandbox::Sandbox;
use std::io::Write as _;

/// Cards worth trying, with what becomes of them. <https://docs.stripe.com/testing>
const fn cards(card_authentication: CardAuthentication) -> [(&'static str, &'static str); 4] {
    let asked = match card_authentication {
        CardAuthentication::Decline => "declined: its bank wants authentication",
        CardAuthentication::Handle => "its bank asks: a window opens over the page",
    };
    [
        ("4242 4242 4242 4242", "paid"),
        ("4000 0000 0000 9995", "declined: insufficient funds"),
        ("4000 0000 0000 0002", "declined by the bank"),
        ("4000 0025 0000 3155", asked),
    ]
}

/// Says where to go and what to try.
pub(crate) fn welcome(url: &str, merchant: &Merchant, sandbox: &Sandbox, card_authentication: CardAuthentication) {
    say(&format!("Storefront  {url}"));
    match merchant {
        Merchant::Sandboxed => say(&format!("Sandbox     {}  (Stripe's stand-in; its books: /_sandbox/ledger)", sandbox.url())),
        Merchant::TestMode { .. } => say("Stripe      your own account, in test mode"),
    }
    say("\nCards to try, with any CVC and any date to come:");
    for (number, result) in cards(card_authentication) {
        say(&format!("  {number}  {result}"));
    }
    say("\nCtrl-C ends it.\n");
}

/// Prints the function's lines for a human eye.
pub(crate) fn sink() -> Sink {
    Box::new(|line| match line {
        Line::Payment(payment) => say(&readable(payment)),
        Line::Trouble(trouble) => say(&format!("{:<14} {trouble}", "trouble")),
        Line::SecretRefresh(_) => say(&format!("{:<14} read from Secrets Manager", "secret")),
        Line::Start(ms) => say(&format!("{:<14} ready after {ms} ms\n", "start")),
    })
}

/// `paid           10.99 USD  pi_…  1 request, 12 ms`
fn readable(line: &PaymentLine) -> String {
    let money = line.amount.zip(line.currency).map_or_else(String::new, |(amount, currency)| {
        format!("{}.{:02} {}", amount / 100, amount % 100, currency.code().to_uppercase())
    });
    let what = [&line.payment_intent, &line.code].into_iter().flatten().map(Token::as_str).collect::<Vec<_>>().join(" ");
    let requests = if line.attempts == 1 { "request" } else { "requests" };
    format!("{:<14} {money:>12}  {what}  ({} {requests} to Stripe, {} ms)", line.outcome, line.attempts, line.ms)
}

/// Says what is wrong, where errors go.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "till: {message}");
}

fn say(text: &str) {
    // A closed pipe is no reason to stop taking payments.
    let _ = writeln!(std::io::stdout(), "{text}");
}
