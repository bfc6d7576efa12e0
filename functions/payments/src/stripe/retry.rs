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
        Failure::NotAsked => Next::Stop,
        // The same answer would be as long.
        Failure::NoReply(Silence::TooLong) => Next::Stop,
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

#[cfg(test)]
mod tests {
    use super::super::error::{ErrorBody, Refused};
    use super::*;

    fn refused(status: u16, code: Option<&str>) -> Refused {
        let error = ErrorBody {
            kind: "api_error".to_owned(),
            code: code.map(ToOwned::to_owned),
            decline_code: None,
            param: None,
            payment_intent: None,
            message: None,
        };
        Refused { status, replayed: false, should_retry: None, error }
    }

    fn next_of(refused: Refused, attempt: u32) -> Next {
        next(&Failure::Refused(Box::new(refused)), attempt)
    }

    #[test]
    fn what_may_pass_is_asked_again_and_what_stands_is_not() {
        for (status, code, then) in [
            (400, None, Next::Stop),
            (401, None, Next::Stop),
            (402, Some("card_declined"), Next::Stop),
            (403, None, Next::Stop),
            (404, Some("resource_missing"), Next::Stop),
            (409, Some("idempotency_key_in_use"), Next::Later),
            (424, None, Next::Stop),
            (429, Some("lock_timeout"), Next::Later),
            (500, None, Next::Later),
            (503, None, Next::Later),
        ] {
            assert_eq!(next_of(refused(status, code), 1), then, "{status} {code:?}");
        }
        assert_eq!(next(&Failure::NotSent, 1), Next::Later);
        assert_eq!(next(&Failure::NoReply(Silence::TimedOut), 1), Next::Later);
        assert_eq!(next(&Failure::NoReply(Silence::Unreadable), 1), Next::Later);
        assert_eq!(next(&Failure::NoReply(Silence::TooLong), 1), Next::Stop);
        assert_eq!(next(&Failure::NotAsked, 1), Next::Stop);
    }

    #[test]
    fn a_dead_socket_is_replaced_once_for_free() {
        assert_eq!(next(&Failure::NoReply(Silence::Cut), 1), Next::Now);
        assert_eq!(next(&Failure::NoReply(Silence::Cut), 2), Next::Later);
    }

    #[test]
    fn a_rate_limit_is_pressed_once_and_no_more() {
        assert_eq!(next_of(refused(429, Some("rate_limit")), 1), Next::Later);
        assert_eq!(next_of(refused(429, Some("rate_limit")), 2), Next::Stop);
    }

    #[test]
    fn stripes_own_word_overrides_the_status() {
        for (status, word, then) in
            [(500, false, Next::Stop), (409, false, Next::Stop), (400, true, Next::Later), (429, true, Next::Later)]
        {
            assert_eq!(next_of(Refused { should_retry: Some(word), ..refused(status, None) }, 2), then, "{status} {word}");
        }
    }

    #[test]
    fn a_saved_answer_is_not_asked_for_again() {
        for should_retry in [None, Some(true)] {
            assert_eq!(next_of(Refused { replayed: true, should_retry, ..refused(500, None) }, 1), Next::Stop);
        }
    }

    #[test]
    fn it_ends() {
        assert_eq!(next(&Failure::NotSent, MAX_ATTEMPTS), Next::Stop);
        assert_eq!(next_of(Refused { should_retry: Some(true), ..refused(500, None) }, MAX_ATTEMPTS), Next::Stop);
    }

    #[test]
    fn pauses_double_up_to_five_seconds_and_are_jittered_downwards() {
        let base = Duration::from_millis(500);
        let longest: Vec<_> = (1..=6).map(|attempt| pause(base, attempt, 1.0).as_millis()).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 5000, 5000]);
        assert_eq!(pause(base, 1, 0.0).as_millis(), 250);
        assert_eq!(pause(base, 40, 0.5).as_millis(), 3750);
    }
}
