//! A small Lambda on loopback: it starts a function's binary as processes, gives each the Runtime API that Lambda gives,
//! and kills it at a true deadline. <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
//!
//! ```no_run
//! # async fn example() {
//! use runtime::{Ending, Fleet, Function, HttpRequest};
//! use std::time::Duration;
//!
//! let function = Function::new("target/release/payments").variable("STAGE", "test").timeout(Duration::from_secs(25));
//! let fleet = Fleet::start(&function, 4);
//! let event = HttpRequest::get("/api/config").to_event();
//! match fleet.invoke(&event).await.ending {
//!     Ending::Reply(response) => println!("{response}"),
//!     Ending::Timeout | Ending::Crashed(_) => println!("no answer: API Gateway would make one"),
//! }
//! # }
//! ```

mod api;
mod environment;
mod fleet;
mod function;
mod http;
mod process;

pub use environment::{Environment, Fate, Invoked};
pub use fleet::{Fleet, Lease};
pub use function::Function;
pub use http::{HttpReply, HttpRequest};
pub use process::{Crash, Ending};
