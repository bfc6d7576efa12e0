//! Whether a failed request is sent again: one decision, in the order of Stripe's own SDKs.
//! <https://docs.stripe.com/error-low-level#retries>

use super::error::{Failure, Silence};
use std::time::Duration;

/// What to do after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The failure stands.
    Stop,
    /// The same bytes under the same key, at once.
    Now,
    /// The same, after a pause.
    Later,
}

/// So many attempts, and no more, whatever the budget allows.
pub(super) const MAX_ATTEMPTS: u32 = 5;

/// Decides after the `attempt`-th try, counted from 1.
pub(super) fn next(failure: &Failure, attempt: u32) -> Next {
    let again = |yes| if yes { Next::Later } else { Next::Stop };
    if attempt >= MAX_ATTEMPTS {
        return Next::Stop;
    }
    match failure {
        Failure::NotSent => Next::Later,
        // After a freeze the pooled socket is dead, and the first write on it finds out. Waiting would not help.
        Failure::NoReply(Silence::Cut) if attempt == 1 => Next::Now,
        Failure::NoReply(_) => Next::Later,
        // A saved answer stays what it is for as long as Stripe keeps it.
        Failure::Refused(refused) if refused.replayed => Next::Stop,
        Failure::Refused(refused) => match refused.should_retry {
            Some(yes) => again(yes),
            None if refused.is_rate_limit() => again(attempt == 1),
            None => again(refused.is_busy() || refused.status >= 500),
        },
    }
}

/// The pause before the next attempt: doubling from `base`, at most 5 s, times 0.5 to 1 by `chance` (0 to 1).
pub(super) fn pause(base: Duration, attempt: u32, chance: f64) -> Duration {
    let doubled = base.saturating_mul(1 << attempt.saturating_sub(1).min(8));
    doubled.min(Duration::from_secs(5)).mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}
