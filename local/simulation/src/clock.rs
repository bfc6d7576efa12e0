//! Virtual time: tokio's, which stands still while anything can run, and then goes on to what is due next.

use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// When every world begins, in milliseconds since 1970.
pub(crate) const BEGINNING: u64 = 1_795_000_000_000;

thread_local! {
    static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) };
    static WRONG_BY: Cell<f64> = const { Cell::new(0.0) };
}

/// A world begins now, in which the shopper's clock is wrong by so many milliseconds.
pub(crate) fn begin(wrong_by: f64) {
    BEGAN.set(Some(Instant::now()));
    WRONG_BY.set(wrong_by);
}

/// How long the world has lasted.
pub(crate) fn elapsed() -> Duration {
    BEGAN.get().map(|began| began.elapsed()).unwrap_or_default()
}

/// The wall clock, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    BEGINNING + u64::try_from(elapsed().as_millis()).unwrap_or_default()
}

/// The wall clock of the shopper's browser.
#[expect(clippy::cast_precision_loss, reason = "a date")]
pub(crate) fn of_page(_page: u32) -> f64 {
    now_ms() as f64 + WRONG_BY.get()
}

/// A browser's monotonic clock, in milliseconds.
pub(crate) fn ticks_ms() -> f64 {
    elapsed().as_secs_f64() * 1000.0
}
