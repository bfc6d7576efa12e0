//! What the function tells its operator: one line of JSON an event on stdout, which CloudWatch reads as log and as metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! A line names ids, codes and amounts; never an event, a header, a body, an address, a key or a client_secret. Its types see to
//! that: text is a [`Token`], or an error whose words are our own.

mod token;

pub use token::Token;

use crate::checkout::CheckoutId;
use crate::money::Currency;
use crate::outcome::{Outcome, Refusal, UnknownReason};
use crate::secret::SecretError;
use crate::settings::SettingsError;
use aws_sdk_secretsmanager::primitives::{DateTime, DateTimeFormat};
use serde::Serialize;
use serde_json::{Value, json};
use std::io::Write as _;

/// What became of one payment event.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentLine {
    /// Of the Lambda invocation; the API's access log has it too.
    pub request_id: Token,
    /// The checkout's id, if the request had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<CheckoutId>,
    /// `pi_…`, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_intent: Option<Token>,
    /// One of the five.
    pub outcome: &'static str,
    /// Of the decline, the refusal or the doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Token>,
    /// In minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// Of the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// Stripe's id of the last request (`req_…`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_request_id: Option<Token>,
    /// Requests sent to Stripe.
    pub attempts: u32,
    /// Milliseconds that Stripe took.
    pub stripe_ms: u64,
    /// Milliseconds in all.
    pub ms: u64,
}

/// Anything that is told.
#[derive(Clone, Debug)]
pub enum Line {
    /// A payment event ended.
    Payment(Box<PaymentLine>),
    /// Something that an operator must put right.
    Trouble(Trouble),
    /// The secret was read from Secrets Manager, so many times during one event.
    SecretRefresh(u32),
    /// The function is ready, after so many milliseconds.
    Start(u64),
}

/// What an operator must put right.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Trouble {
    /// Settings that are wrong or missing, by name.
    #[error("{0}")]
    Settings(SettingsError),
    /// The settings are right, and still no client can be made of them.
    #[error("{0}")]
    Start(String),
    /// There is no key to pay with.
    #[error("{0}")]
    Secret(SecretError),
    /// A fault of ours: where in the source. Never the panic's message, which may quote what it stumbled over.
    #[error("broke off in a panic at {0}")]
    Panic(String),
}

impl Trouble {
    fn place(&self) -> &'static str {
        match self {
            Self::Settings(_) => "settings",
            Self::Start(_) => "start",
            Self::Secret(_) => "secret",
            Self::Panic(_) => "handler",
        }
    }
}

impl Line {
    /// Lambda's own log level (`AWS_LAMBDA_LOG_LEVEL`) decides by it whether the line is kept.
    fn level(&self) -> &'static str {
        match self {
            Self::Trouble(_) => "ERROR",
            Self::Payment(payment) if payment.outcome == "unknown" => "WARN",
            _ => "INFO",
        }
    }
}

/// Where lines go. The function prints JSON; `cargo run` prints for a human eye.
pub type Sink = Box<dyn Fn(&Line) + Send + Sync>;

/// Prints each line to stdout as CloudWatch reads it, and a panic as such a line, too.
pub fn stdout(stage: String) -> Sink {
    let panics = stage.clone();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        print(&Line::Trouble(Trouble::Panic(place)), &panics);
    }));
    Box::new(move |line| print(line, &stage))
}

fn print(line: &Line, stage: &str) {
    let mut text = to_json(line, stage, crate::now_ms()).to_string();
    text.push('\n');
    // In one piece. A log that cannot be written is no reason to stop answering.
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// Every metric, with its unit. The templates' alarms and dashboard know them by these names.
const METRICS: [(&str, &str); 12] = [
    ("Paid", "Count"),
    ("Declined", "Count"),
    // Among the declined: cards whose bank wanted to see the shopper.
    ("AuthenticationDeclined", "Count"),
    ("RequiresAction", "Count"),
    ("NotAttempted", "Count"),
    ("Unknown", "Count"),
    // Answers that asked Stripe nothing: anybody can cause them, so no alarm may be moved by them.
    ("Unasked", "Count"),
    // What an operator must put right, whoever asked.
    ("Trouble", "Count"),
    ("StripeLatency", "Milliseconds"),
    ("StripeAttempts", "Count"),
    ("SecretRefresh", "Count"),
    ("Start", "Milliseconds"),
];

/// A line as JSON: its fields, and which of them are metrics.
pub fn to_json(line: &Line, stage: &str, now_ms: u64) -> Value {
    let (mut fields, values) = match line {
        Line::Payment(payment) => of_payment(payment),
        Line::Trouble(trouble) => {
            (json!({ "event": "trouble", "where": trouble.place(), "message": trouble.to_string() }), vec![("Trouble", 1)])
        }
        Line::SecretRefresh(times) => (json!({ "event": "secret" }), vec![("SecretRefresh", u64::from(*times))]),
        Line::Start(ms) => (json!({ "event": "start" }), vec![("Start", *ms)]),
    };
    fields["level"] = json!(line.level());
    fields["timestamp"] = json!(rfc3339(now_ms));
    for (name, value) in &values {
        fields[name] = json!(value);
    }
    let told = METRICS.iter().filter(|(name, _)| values.iter().any(|(told, _)| told == name));
    let metrics: Vec<_> = told.map(|(name, unit)| json!({ "Name": name, "Unit": unit })).collect();
    fields["Stage"] = json!(stage);
    fields["_aws"] = json!({
        "Timestamp": now_ms,
        "CloudWatchMetrics": [{ "Namespace": "Till", "Dimensions": [["Stage"]], "Metrics": metrics }],
    });
    fields
}

fn of_payment(payment: &PaymentLine) -> (Value, Vec<(&'static str, u64)>) {
    let mut fields = json!(payment);
    fields["event"] = json!("payment");
    let is = |reason: UnknownReason| payment.code.as_ref().is_some_and(|code| code.as_str() == reason.code());
    if payment.attempts == 0 && !is(UnknownReason::Panic) {
        return (fields, vec![("Unasked", 1)]);
    }
    let outcome = match payment.outcome {
        "paid" => "Paid",
        "declined" => "Declined",
        "requires_action" => "RequiresAction",
        "not_attempted" => "NotAttempted",
        _ => "Unknown",
    };
    // A page that was loaded again asked what became of a payment, and it is unpaid: nothing is wrong.
    let mut values = if is(UnknownReason::NotSettled) { vec![] } else { vec![(outcome, 1)] };
    if payment.code.as_ref().is_some_and(|code| code.as_str() == "authentication_not_handled") {
        values.push(("AuthenticationDeclined", 1));
    }
    values.extend([("StripeLatency", payment.stripe_ms), ("StripeAttempts", u64::from(payment.attempts))]);
    (fields, values)
}

/// Lambda takes a line's `level` only beside a `timestamp` of this form.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
fn rfc3339(ms: u64) -> Option<String> {
    DateTime::from_millis(i64::try_from(ms).ok()?).fmt(DateTimeFormat::DateTime).ok()
}

/// The outcome's name and its code, as a line has them.
pub fn names(outcome: &Outcome) -> (&'static str, Option<Token>) {
    let (name, code) = match outcome {
        Outcome::Paid(_) => ("paid", None),
        Outcome::Declined { decline, .. } => ("declined", Some(decline.code())),
        Outcome::RequiresAction { .. } => ("requires_action", None),
        // Callers need not know why payments are off; the operator does.
        Outcome::NotAttempted { refusal: Refusal::Paused, .. } => ("not_attempted", Some("paused")),
        Outcome::NotAttempted { refusal, .. } => ("not_attempted", Some(refusal.code())),
        Outcome::Unknown(reason) => ("unknown", Some(reason.code())),
    };
    (name, code.map(Token::new))
}
