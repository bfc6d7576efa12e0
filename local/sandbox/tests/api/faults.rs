//! What each fault does to a payment: what the caller sees, what is charged, and what the next send under the same key meets.

use std::time::{Duration, Instant};

use reqwest::Method;
use sandbox::{Fault, Rule};
use serde_json::{Value, json};

use crate::client::{Answer, Client, PAYMENT, form, send, try_send};

const INTENTS: &str = "/v1/payment_intents";
/// How long a caller waits: long beside what a busy machine adds, short beside [`LONG`].
const PATIENCE: Duration = Duration::from_secs(1);
const LONG: u64 = 2500;

/// What a caller sees of one send.
#[derive(Debug, PartialEq, Eq)]
enum Sight {
    Paid,
    /// Paid, told again.
    Replay,
    /// An answer of Stripe's: its status and code.
    Refused(u16, &'static str),
    /// A 500 that was kept.
    ReplayedError,
    /// A 400 that was kept.
    ReplayedRefusal,
    /// The status of something that is not JSON.
    Unreadable,
    /// The connection ended before the answer was whole.
    Broken,
    /// No connection.
    Unreachable,
    /// Nothing, for as long as the caller waited.
    Nothing,
}

async fn pay(client: &Client) -> Sight {
    let params = [PAYMENT, &[("payment_method", "pm_card_visa")]].concat();
    let request = form(client.request(Method::POST, INTENTS), &params).header("idempotency-key", "k");
    match try_send(request.timeout(PATIENCE)).await {
        Ok(answer) => seen(&answer),
        Err(error) if error.is_timeout() => Sight::Nothing,
        Err(error) if error.is_connect() => Sight::Unreachable,
        Err(error) if is_json(&error) => Sight::Unreadable,
        Err(_) => Sight::Broken,
    }
}

fn seen(answer: &Answer) -> Sight {
    let replayed = answer.header("idempotent-replayed") == Some("true");
    match (answer.status, answer.error("code")) {
        (200, _) if replayed => Sight::Replay,
        (200, _) => Sight::Paid,
        (500, _) if replayed => Sight::ReplayedError,
        (400, _) if replayed => Sight::ReplayedRefusal,
        (status, code) => Sight::Refused(status, Box::leak(code.to_owned().into_boxed_str())),
    }
}

fn is_json(error: &reqwest::Error) -> bool {
    use std::error::Error;
    error.source().is_some_and(<dyn Error>::is::<serde_json::Error>)
}

#[tokio::test]
async fn each_fault_of_a_payment() {
    let (quick, ms) = (50, LONG);
    // The fault, what the first send sees, what is charged then, and what the second send under the same key sees.
    let table = [
        (Fault::Delay { ms: quick }, Sight::Paid, 1, Sight::Replay),
        (Fault::Delay { ms }, Sight::Nothing, 0, Sight::Refused(409, "idempotency_key_in_use")),
        (Fault::LateReply { ms: quick }, Sight::Paid, 1, Sight::Replay),
        (Fault::LateReply { ms }, Sight::Nothing, 1, Sight::Replay),
        (Fault::HangBefore, Sight::Nothing, 0, Sight::Paid),
        (Fault::HangAfter, Sight::Nothing, 1, Sight::Replay),
        (Fault::ResetBefore, Sight::Broken, 0, Sight::Paid),
        (Fault::ResetAfter, Sight::Broken, 1, Sight::Replay),
        (Fault::CutAfter, Sight::Broken, 1, Sight::Replay),
        (Fault::CutBody, Sight::Broken, 1, Sight::Replay),
        (Fault::Drip { ms: quick }, Sight::Paid, 1, Sight::Replay),
        (Fault::Drip { ms }, Sight::Nothing, 1, Sight::Replay),
        (Fault::Garbage, Sight::Unreadable, 1, Sight::Replay),
        (Fault::Html { status: 502, executed: false }, Sight::Unreadable, 0, Sight::Paid),
        (Fault::Html { status: 503, executed: true }, Sight::Unreadable, 1, Sight::Replay),
        (Fault::ErrorExecuted, Sight::Refused(500, ""), 1, Sight::ReplayedError),
        (Fault::ErrorKept, Sight::Refused(500, ""), 0, Sight::ReplayedError),
        (Fault::ErrorUnexecuted, Sight::Refused(500, ""), 0, Sight::Paid),
        (Fault::RefusalKept, Sight::Refused(400, ""), 0, Sight::ReplayedRefusal),
        (Fault::Refusal, Sight::Refused(400, ""), 0, Sight::Paid),
        (Fault::InUse, Sight::Refused(409, "idempotency_key_in_use"), 0, Sight::Paid),
        (Fault::LockTimeout, Sight::Refused(429, "lock_timeout"), 0, Sight::Paid),
        (Fault::RateLimited, Sight::Refused(429, "rate_limit"), 0, Sight::Paid),
        (Fault::KeyExpired, Sight::Refused(401, "api_key_expired"), 0, Sight::Paid),
        (Fault::Forbidden, Sight::Refused(403, ""), 0, Sight::Paid),
        (Fault::RollKey, Sight::Refused(401, "api_key_expired"), 0, Sight::Paid),
        (Fault::RefuseConnections { ms: 1000 }, Sight::Broken, 0, Sight::Unreachable),
    ];
    let client = Client::start().await;
    for (fault, first, charged, second) in table {
        client.sandbox.reset();
        client.sandbox.faults().set(vec![Rule::new(fault.clone()).on("POST", INTENTS).nth(1)]);
        assert_eq!(pay(&client).await, first, "{fault:?}");
        let ledger = client.sandbox.ledger();
        assert_eq!(ledger.paid_charges().count(), charged, "{fault:?}");
        let request = &ledger.requests()[0];
        assert_eq!(request.executed, charged == 1, "{fault:?}");
        assert_eq!(request.status.is_none(), matches!(first, Sight::Nothing | Sight::Broken) && !streams(&fault), "{request:?}");
        assert!(request.fault.as_ref().is_some_and(|name| json!(fault).to_string().contains(name)), "{request:?}");
        assert_eq!(pay(&client).await, second, "after {fault:?}");
        if second == Sight::Unreachable {
            tokio::time::sleep(Duration::from_millis(1500)).await;
            assert_eq!(pay(&client).await, Sight::Paid, "after {fault:?}");
        }
        assert!(client.sandbox.ledger().paid_charges().count() <= 1, "{fault:?}");
        assert_eq!(client.sandbox.faults().seen()[0].fired, 1, "{fault:?}");
    }
}

/// Whether the status leaves before the fault shows.
fn streams(fault: &Fault) -> bool {
    matches!(fault, Fault::CutBody | Fault::Drip { .. })
}

#[tokio::test]
async fn a_hung_up_caller_does_not_stop_a_slow_charge() {
    let client = Client::start().await;
    client.sandbox.faults().set(vec![Rule::new(Fault::Delay { ms: LONG }).nth(1)]);
    assert_eq!(pay(&client).await, Sight::Nothing);
    tokio::time::sleep(Duration::from_millis(LONG)).await;
    assert_eq!(pay(&client).await, Sight::Replay);
}

#[tokio::test]
async fn a_reset_between_forgets_a_slow_charge() {
    let client = Client::start().await;
    client.sandbox.faults().set(vec![Rule::new(Fault::Delay { ms: LONG })]);
    assert_eq!(pay(&client).await, Sight::Nothing);
    client.sandbox.reset();
    tokio::time::sleep(Duration::from_millis(LONG)).await;
    assert!(client.sandbox.ledger().intents().is_empty());
    assert!(client.sandbox.ledger().requests().is_empty());
}

#[tokio::test]
async fn a_connection_closed_while_idle_is_dead_when_it_is_used_again() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let client = Client::start().await;
    client.sandbox.faults().set(vec![Rule::new(Fault::CloseIdle).nth(1)]);
    let address = client.sandbox.url().replace("http://", "");
    let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
    let request =
        format!("GET {INTENTS} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\r\n", client.sandbox.secret_key());
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 4096];
    let read = socket.read(&mut answer).await.unwrap();
    assert!(answer[..read].starts_with(b"HTTP/1.1 200"));
    // Nothing tells the client: no end of file is there to be read.
    let idle = tokio::time::timeout(Duration::from_millis(100), socket.read(&mut answer)).await;
    assert!(idle.is_err(), "{idle:?}");
    socket.write_all(request.as_bytes()).await.unwrap();
    let dead = socket.read(&mut answer).await.unwrap_err();
    assert_eq!(dead.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(client.sandbox.ledger().requests().len(), 1);
}

#[tokio::test]
async fn a_drip_takes_its_time_and_arrives_whole() {
    let client = Client::start().await;
    client.sandbox.faults().set(vec![Rule::new(Fault::Drip { ms: 300 })]);
    let started = Instant::now();
    client.pay("pm_card_visa").await.succeeds();
    assert!(started.elapsed() >= Duration::from_millis(290), "{:?}", started.elapsed());
}

#[tokio::test]
async fn should_retry_goes_with_any_answer() {
    let client = Client::start().await;
    let limited = Rule::new(Fault::RateLimited).nth(1).should_retry(true);
    let alone = Rule { should_retry: Some(false), ..Rule::default() };
    client.sandbox.faults().set(vec![limited, alone]);
    let first = client.pay("pm_card_visa").await.fails(429, "rate_limit");
    assert_eq!(first.header("stripe-should-retry"), Some("true"));
    assert_eq!(first.header("stripe-rate-limited-reason"), Some("endpoint-rate"));
    let second = client.pay("pm_card_visa").await;
    assert_eq!((second.status, second.header("stripe-should-retry")), (200, Some("false")));
}

#[tokio::test]
async fn rules_count_their_own_requests_and_the_first_that_hits_decides() {
    let client = Client::start().await;
    client.sandbox.faults().set(vec![
        Rule::new(Fault::Forbidden).on("POST", "/v1/payment_intents/*/cancel"),
        Rule::new(Fault::RateLimited).on("POST", "/v1/payment_intents*").nth(2),
        Rule::new(Fault::LockTimeout).on("POST", "/v1/payment_intents").from(2).times(2),
    ]);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(client.pay("pm_card_visa").await.error("code").to_owned());
    }
    assert_eq!(statuses, ["", "rate_limit", "lock_timeout", "lock_timeout", ""]);
    client.post("/v1/payment_intents/pi_1/cancel", &[]).await.fails(403, "");
    client.get("/v1/payment_intents").await.succeeds();
    let counts: Vec<_> = client.sandbox.faults().seen().iter().map(|seen| (seen.matched, seen.fired)).collect();
    assert_eq!(counts, [(1, 1), (6, 1), (5, 2)]);
    client.sandbox.faults().clear();
    client.post("/v1/payment_intents/pi_1/cancel", &[]).await.fails(404, "resource_missing");
}

#[tokio::test]
async fn chance_is_the_same_for_the_same_seed() {
    let client = Client::start().await;
    let schedule = async |seed: u64| {
        client.sandbox.faults().set(vec![Rule::new(Fault::RateLimited).with_probability(0.5, seed)]);
        let mut hit = Vec::new();
        for _ in 0..30 {
            hit.push(client.get("/v1/payment_intents").await.status == 429);
        }
        hit
    };
    let first = schedule(7).await;
    assert_eq!(first, schedule(7).await);
    assert_ne!(first, schedule(8).await);
    assert!(first.contains(&true) && first.contains(&false));
}

async fn secret(client: &Client) -> (u16, Value) {
    let request = client.http.post(client.sandbox.url()).header("x-amz-target", "secretsmanager.GetSecretValue");
    let answer = send(request.body(json!({ "SecretId": "till/stripe" }).to_string())).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn each_fault_of_secrets_manager() {
    let client = Client::start().await;
    for (fault, status, kind) in [
        (Fault::Throttled, 400, "ThrottlingException"),
        (Fault::Unavailable, 500, "InternalServiceError"),
        (Fault::SecretMissing, 400, "ResourceNotFoundException"),
    ] {
        client.sandbox.faults().set(vec![Rule::new(fault).on_secret().nth(1)]);
        let (answered, body) = secret(&client).await;
        assert_eq!((answered, body["__type"].as_str()), (status, Some(kind)));
        assert_eq!(secret(&client).await.0, 200);
    }
    let key = client.sandbox.secret_key();
    for (fault, value) in [
        (Fault::SecretNotJson, "not JSON".to_owned()),
        (Fault::SecretWithoutKey, json!({ "note": "no secret_key" }).to_string()),
        (Fault::PaymentsPaused, json!({ "secret_key": key, "payments": "paused" }).to_string()),
    ] {
        client.sandbox.faults().set(vec![Rule::new(fault).on_secret()]);
        assert_eq!(secret(&client).await.1["SecretString"], value);
    }
    for fault in [Fault::RollKey, Fault::SwitchAccount] {
        let publishable = client.sandbox.publishable_key();
        client.sandbox.faults().set(vec![Rule::new(fault.clone()).on_secret().nth(1)]);
        let (_, body) = secret(&client).await;
        assert_ne!(client.sandbox.secret_key(), key);
        assert_eq!(body["SecretString"], json!({ "secret_key": client.sandbox.secret_key() }).to_string());
        assert_eq!(client.sandbox.publishable_key() == publishable, fault == Fault::RollKey);
    }
    client.sandbox.faults().set(vec![Rule::new(Fault::ResetBefore).on_secret()]);
    client.get(INTENTS).await.succeeds();
    let request = client.http.post(client.sandbox.url()).header("x-amz-target", "secretsmanager.GetSecretValue");
    assert!(request.body("{}").send().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_and_admitted_in_the_same_order() {
    let client = Client::start().await;
    for round in 0..50 {
        client.sandbox.reset();
        client.sandbox.faults().set(vec![Rule::new(Fault::Delay { ms: 20 }).nth(1)]);
        let params = [PAYMENT, &[("payment_method", "pm_card_visa")]].concat();
        tokio::join!(client.post_with_key("k", INTENTS, &params), client.post_with_key("k", INTENTS, &params));
        let ledger = client.sandbox.ledger();
        let executed: Vec<&str> =
            ledger.requests().iter().filter(|request| request.executed).filter_map(|request| request.fault.as_deref()).collect();
        assert_eq!(executed, ["delay"], "round {round}: {:#?}", ledger.requests());
    }
}
