//! One life of a function's process: its start, its first payment, many more.

use crate::answers::PUBLISHABLE_KEY;
use crate::process;
use runtime::{Ending, Environment, Fate, HttpReply, HttpRequest};
use serde::Serialize;
use serde_json::{Value, json};
use std::error::Error;
use std::time::{Duration, Instant};
use uuid::Uuid;

/// What was seen in one life. Durations in milliseconds.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Trial {
    /// From the start of the process until it asks for an event.
    pub(crate) ready: f64,
    /// CPU time used by then.
    pub(crate) ready_cpu: f64,
    /// From the start of the process until the first payment is answered.
    pub(crate) first: f64,
    /// CPU time used by then.
    pub(crate) first_cpu: f64,
    /// Of each payment after the first.
    pub(crate) warm: Vec<f64>,
    /// CPU time of a payment after the first, on average.
    pub(crate) warm_cpu: f64,
    /// The most memory held at a time, in MiB.
    pub(crate) memory: f64,
}

/// Runs a cold environment through one life, with so many payments after the first.
pub(crate) async fn run(environment: &mut Environment, payments: u32) -> Result<Trial, Box<dyn Error>> {
    environment.recycle().await;
    let ready = environment.start().await.map_err(|crash| format!("{crash:?}"))?.ok_or("it was warm already")?;
    let process = environment.process_id().ok_or("no process")?;
    let ready_cpu = process::cpu(process)?;
    let first = pay(environment).await?;
    let first_cpu = process::cpu(process)?;
    let mut warm = Vec::new();
    for _ in 0..payments {
        warm.push(millis(pay(environment).await?));
    }
    let warm_cpu = (millis(process::cpu(process)?) - millis(first_cpu)) / f64::from(payments);
    Ok(Trial {
        ready: millis(ready),
        ready_cpu: millis(ready_cpu),
        first: millis(ready + first),
        first_cpu: millis(first_cpu),
        warm,
        warm_cpu,
        memory: memory(process)?,
    })
}

/// One payment, and how long its answer took.
pub(crate) async fn pay(environment: &mut Environment) -> Result<Duration, Box<dyn Error>> {
    let checkout = Uuid::now_v7().to_string();
    let order = json!({
        "payment_method": "pm_1PqBenchCardVisa000000000",
        "items": [{ "sku": "star-map", "quantity": 1 }],
        "currency": "usd",
        "expected_total": 1099,
        "publishable_key": PUBLISHABLE_KEY,
    });
    let request = HttpRequest::post("/api/payments", order.to_string()).header("idempotency-key", checkout);
    let (took, answer) = call(environment, &request).await?;
    if answer["outcome"] == "paid" { Ok(took) } else { Err(format!("not paid: {answer}").into()) }
}

/// One request, and how long its answer took.
pub(crate) async fn call(environment: &mut Environment, request: &HttpRequest) -> Result<(Duration, Value), Box<dyn Error>> {
    let event = request.to_event();
    let began = Instant::now();
    match environment.invoke(&event, Fate::default()).await.ending {
        Ending::Reply(response) => {
            let took = began.elapsed();
            let reply = HttpReply::read(&response).ok_or("no response of payload 2.0")?;
            Ok((took, serde_json::from_str(&reply.body)?))
        }
        other => Err(format!("no answer: {other:?}").into()),
    }
}

#[expect(clippy::cast_precision_loss, reason = "memory far below 2⁵³ bytes")]
fn memory(process: u32) -> std::io::Result<f64> {
    Ok(process::peak_memory(process)? as f64 / f64::from(1 << 20))
}

/// As a decimal number.
pub(crate) fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
