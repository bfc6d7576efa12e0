//! The sandbox's clock: real time, or a simulation's, plus an offset that tests move.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A clock plus an offset. Everything dated by the sandbox is dated by it.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Milliseconds since the Unix epoch.
    base_ms: fn() -> u64,
    offset_ms: i64,
}

impl Clock {
    /// That much slower than `base_ms`; without one, than real time.
    pub(crate) fn new(base_ms: Option<fn() -> u64>, behind: Duration) -> Self {
        Self { base_ms: base_ms.unwrap_or(real_ms), offset_ms: -signed_millis(behind) }
    }

    /// Sets it right.
    pub(crate) fn reset(&mut self) {
        self.offset_ms = 0;
    }

    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        (self.base_ms)().saturating_add_signed(self.offset_ms)
    }

    /// Seconds since the Unix epoch, as Stripe's `created`.
    pub(crate) fn now(&self) -> u64 {
        self.now_ms() / 1000
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset_ms += signed_millis(by);
    }
}

fn real_ms() -> u64 {
    millis(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn signed_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Whole milliseconds of a duration.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Year and month (UTC) of Unix seconds, after Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html>).
pub(crate) fn year_and_month(now: u64) -> (i64, i64) {
    let days = i64::try_from(now / 86_400).unwrap_or(0) + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month)
}

#[cfg(test)]
mod tests {
    use super::year_and_month;

    #[test]
    fn dates_turn_at_midnight_utc() {
        let known = [
            (0, (1970, 1)),
            (951_782_399, (2000, 2)),
            (951_868_800, (2000, 3)),
            (1_798_761_599, (2026, 12)),
            (1_798_761_600, (2027, 1)),
        ];
        for (now, date) in known {
            assert_eq!(year_and_month(now), date, "{now}");
        }
    }
}
