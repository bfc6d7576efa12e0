//! What a page's browser has of its own: clocks and random numbers. Sixty milliseconds of a run are a second of the page's.

use crate::dice::{About, Dice};
use crate::shop::now_ms;
use page::Host;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A run's time by the page's: 1.5 s are Lambda's 25 s.
const SCALE: f64 = 0.06;
/// The page's longer timers are limits: of a request, and of another tab's.
const LONGEST_PAUSE_MS: f64 = 20_000.0;

thread_local! {
    /// When the run began: Unix milliseconds, and the same moment of the monotonic clock.
    static BEGAN: (u64, Instant) = (now_ms(), Instant::now());
    /// The shoppers' clocks, by the open pages.
    static CLOCKS: RefCell<BTreeMap<u32, Clock>> = RefCell::default();
    static RANDOM: RefCell<Dice> = RefCell::new(Dice::of(0, About::Browsers));
}

/// The host of all pages of a thread. Its random numbers are no decisions: ids, and how long a page waits.
pub(crate) fn host(seed: u64) -> Host {
    RANDOM.set(Dice::of(seed, About::Browsers));
    Host { now_ms: wall_ms, ticks_ms, random: || RANDOM.with_borrow_mut(Dice::fraction) }
}

/// A shopper's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// By how many milliseconds it is wrong.
    pub(crate) skew_ms: i64,
    /// Nothing goes wrong on the page. Its limits are not scaled: a slow machine is not what is looked for.
    pub(crate) calm: bool,
}

/// A page opens.
pub(crate) fn begin(page: u32, clock: Clock) {
    CLOCKS.with_borrow_mut(|clocks| clocks.insert(page, clock));
}

/// It is closed.
pub(crate) fn end(page: u32) {
    CLOCKS.with_borrow_mut(|clocks| clocks.remove(&page));
}

fn clock(page: u32) -> Clock {
    CLOCKS.with_borrow(|clocks| clocks.get(&page).copied().unwrap_or_default())
}

/// How long a timer of the page's takes in a run.
pub(crate) fn scaled(page: u32, ms: f64) -> Duration {
    let is_limit = ms > LONGEST_PAUSE_MS;
    let scale = if is_limit && clock(page).calm { 1.0 } else { SCALE };
    Duration::from_secs_f64(ms.max(0.0) / 1000.0 * scale)
}

/// The page measures its patience by the shopper's clock.
#[expect(clippy::cast_precision_loss, reason = "a date")]
fn wall_ms(page: u32) -> f64 {
    let Clock { skew_ms, calm } = clock(page);
    let (began, elapsed) = BEGAN.with(|(began, at)| (*began, at.elapsed()));
    let scale = if calm { 1.0 } else { SCALE };
    (began.saturating_add_signed(skew_ms) as f64 + elapsed.as_secs_f64() * 1000.0 / scale).floor()
}

/// The monotonic clock is not scaled: the page counts the server's time by it, and mints its ids of that.
fn ticks_ms() -> f64 {
    BEGAN.with(|(_, at)| at.elapsed()).as_secs_f64() * 1000.0
}
