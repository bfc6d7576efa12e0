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

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::{Body, Context};

    const NOW: u64 = 1_790_000_000_000;

    fn budget_until(deadline: u64) -> Duration {
        let mut context = Context::default();
        context.deadline = deadline;
        budget(&Request::new(Body::Empty).with_lambda_context(context), NOW)
    }

    #[test]
    fn a_budget_stays_below_the_deadline() {
        assert_eq!(budget_until(NOW + 1000), Duration::from_millis(800));
        assert_eq!(budget_until(NOW + 25_000), MOST);
        assert_eq!(budget_until(NOW + 900_000), MOST);
    }

    #[test]
    fn a_deadline_in_the_past_or_none_at_all_is_an_emulators() {
        assert_eq!(budget_until(0), MOST);
        assert_eq!(budget_until(NOW - 1), MOST);
        assert_eq!(budget(&Request::new(Body::Empty), NOW), MOST);
    }
}
