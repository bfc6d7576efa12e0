//! How long an event may take: the ladder from one attempt at Stripe up to Lambda's own timeout.

use lambda_http::{Request, RequestExt as _};
use std::time::Duration;

/// Below Lambda's timeout of 25 s, which is below API Gateway's 30 s.
const MOST: Duration = Duration::from_secs(20);

/// The time for everything said to Stripe: four fifths of what Lambda leaves us, 20 s at most.
pub(crate) fn budget(event: &Request, now_ms: u64) -> Duration {
    let deadline = event.lambda_context_ref().map_or(0, |context| context.deadline);
    // Local emulators send a deadline in 1970, which is none.
    match deadline.checked_sub(now_ms) {
        Some(left) if left > 0 => Duration::from_millis(left).mul_f64(0.8).min(MOST),
        _ => MOST,
    }
}
