//! What the function tells its operator: one line of JSON an event on stdout, which CloudWatch reads as log and as metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! A line names ids, codes and amounts; never an event, a header, a body, an address, a key or a client_secret.

use crate::outcome::{Outcome, Refusal};
use serde::Serialize;
use serde_json::{Value, json};

/// What became of one payment event.
#[derive(Clone, Debug, Serialize)]
pub struct PaymentLine {
    /// Of the Lambda invocation.
    pub request_id: String,
    /// The checkout's id, if the request had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout: Option<String>,
    /// `pi_…`, once there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_intent: Option<String>,
    /// One of the five.
    pub outcome: &'static str,
    /// Of the decline, the refusal or the doubt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// In minor units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<u64>,
    /// Three letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Stripe's id of the last request (`req_…`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stripe_request_id: Option<String>,
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
    /// Something that an operator must put right: where, and what.
    Trouble(&'static str, String),
    /// The function is ready, after so many milliseconds.
    Start(u64),
}

/// Where lines go. The function prints JSON; `cargo run` prints for a human eye.
pub type Sink = Box<dyn Fn(&Line) + Send + Sync>;

/// Prints each line to stdout as CloudWatch reads it.
pub fn stdout(stage: String) -> Sink {
    Box::new(move |line| println!("{}", to_json(line, &stage, crate::now_ms())))
}

/// A line as JSON: its fields, and which of them are metrics.
pub fn to_json(line: &Line, stage: &str, now_ms: u64) -> Value {
    let (mut fields, metrics) = match line {
        Line::Payment(payment) => {
            let mut fields = json!(payment);
            fields["event"] = json!("payment");
            fields["StripeLatency"] = json!(payment.stripe_ms);
            fields["StripeAttempts"] = json!(payment.attempts);
            let count = metric_of(payment.outcome);
            fields[count] = json!(1);
            (fields, vec![(count, "Count"), ("StripeLatency", "Milliseconds"), ("StripeAttempts", "Count")])
        }
        Line::Trouble(place, what) => (json!({ "event": "trouble", "level": "ERROR", "where": place, "message": what }), vec![]),
        Line::Start(ms) => (json!({ "event": "start", "Start": ms }), vec![("Start", "Milliseconds")]),
    };
    if !metrics.is_empty() {
        let metrics: Vec<_> = metrics.iter().map(|(name, unit)| json!({ "Name": name, "Unit": unit })).collect();
        fields["Stage"] = json!(stage);
        fields["_aws"] = json!({
            "Timestamp": now_ms,
            "CloudWatchMetrics": [{ "Namespace": "Till", "Dimensions": [["Stage"]], "Metrics": metrics }],
        });
    }
    fields
}

fn metric_of(outcome: &str) -> &'static str {
    match outcome {
        "paid" => "Paid",
        "declined" => "Declined",
        "requires_action" => "RequiresAction",
        "not_attempted" => "NotAttempted",
        _ => "Unknown",
    }
}

/// The outcome's name and its code, as a line has them.
pub fn names(outcome: &Outcome) -> (&'static str, Option<String>) {
    match outcome {
        Outcome::Paid(_) => ("paid", None),
        Outcome::Declined { decline, .. } => ("declined", Some(decline.code().to_owned())),
        Outcome::RequiresAction { .. } => ("requires_action", None),
        // Callers need not know why payments are off; the operator does.
        Outcome::NotAttempted(Refusal::Paused) => ("not_attempted", Some("paused".to_owned())),
        Outcome::NotAttempted(refusal) => ("not_attempted", Some(refusal.code().to_owned())),
        Outcome::Unknown(doubt) => ("unknown", json!(doubt).as_str().map(ToOwned::to_owned)),
    }
}
