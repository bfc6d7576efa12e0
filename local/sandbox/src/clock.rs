//! The sandbox's clock: real time plus an offset that tests move.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Real time plus an offset. Everything dated by the sandbox is dated by it.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    offset_ms: u64,
}

impl Clock {
    /// Milliseconds since the Unix epoch.
    pub(crate) fn now_ms(&self) -> u64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        millis(real) + self.offset_ms
    }

    /// Seconds since the Unix epoch, as Stripe's `created`.
    pub(crate) fn now(&self) -> u64 {
        self.now_ms() / 1000
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.offset_ms += millis(by);
    }
}

/// Whole milliseconds of a duration.
pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
