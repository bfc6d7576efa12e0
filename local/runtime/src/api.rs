//! The Runtime API of one process: what it asks for and says arrives here, and is handed on.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use uuid::Uuid;

const ARN: &str = "arn:aws:lambda:us-east-1:123456789012:function:payments";

/// An event on its way to the process that asked for one.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) request_id: String,
    pub(crate) time_left: Duration,
    pub(crate) event: String,
}

/// What a process says.
#[derive(Debug)]
pub(crate) enum Said {
    /// It waits for an event.
    Next(oneshot::Sender<Delivery>),
    /// Its response to the invocation of that id.
    Response(String, String),
    /// Its error in the invocation of that id.
    Error(String, String),
    /// It cannot start.
    InitError(String),
}

type Ears = mpsc::UnboundedSender<Said>;

/// The API of one process, on a port of its own, until it is dropped.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) said: mpsc::UnboundedReceiver<Said>,
    server: JoinHandle<()>,
}

impl Api {
    pub(crate) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (ears, said) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .route("/2018-06-01/runtime/init/error", post(init_error))
            .with_state(ears);
        let server = tokio::spawn(async move {
            // It ends with its task alone; what a connection ends with is the process's matter.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, said, server })
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(ears): State<Ears>) -> Response {
    let (deliver, delivery) = oneshot::channel();
    let _ = ears.send(Said::Next(deliver));
    let Ok(delivery) = delivery.await else { return StatusCode::GONE.into_response() };
    let headers = [
        ("lambda-runtime-aws-request-id", delivery.request_id),
        ("lambda-runtime-deadline-ms", unix_ms(delivery.time_left).to_string()),
        ("lambda-runtime-invoked-function-arn", ARN.to_owned()),
        ("lambda-runtime-trace-id", trace_id()),
        ("content-type", "application/json".to_owned()),
    ];
    let headers: HeaderMap =
        headers.into_iter().filter_map(|(name, value)| Some((HeaderName::from_static(name), value.parse().ok()?))).collect();
    (headers, delivery.event).into_response()
}

async fn response(State(ears): State<Ears>, Path(id): Path<String>, body: String) -> StatusCode {
    let _ = ears.send(Said::Response(id, body));
    StatusCode::ACCEPTED
}

async fn error(State(ears): State<Ears>, Path(id): Path<String>, body: String) -> StatusCode {
    let _ = ears.send(Said::Error(id, body));
    StatusCode::ACCEPTED
}

async fn init_error(State(ears): State<Ears>, body: String) -> StatusCode {
    let _ = ears.send(Said::InitError(body));
    StatusCode::ACCEPTED
}

/// Milliseconds since 1970, that much later than now.
fn unix_ms(later: Duration) -> u128 {
    (SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default() + later).as_millis()
}

/// <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>
fn trace_id() -> String {
    let id = Uuid::new_v4().simple().to_string();
    format!("Root=1-{}-{};Parent={};Sampled=0", &id[..8], &id[8..], &id[16..])
}
