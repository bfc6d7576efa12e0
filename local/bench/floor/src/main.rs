//! Answers a constant, on the runtime that `#[tokio::main]` gives. The benchmark's floor.

use lambda_http::{Error, Request, service_fn};
use std::convert::Infallible;

#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_http::run(service_fn(|_: Request| async { Ok::<_, Infallible>(r#"{"outcome":"paid"}"#) })).await
}
