//! Random worlds, each by a seed of its own, until there were enough checkouts.

use crate::count::Count;
use crate::world::{Bounds, World};
use page::Engine;
use std::rc::Rc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A run of so many checkouts. Several threads may work at it.
#[derive(Debug)]
pub(crate) struct Simulation {
    checkouts: u64,
    seed: u64,
    bounds: Bounds,
    next: AtomicU64,
    count: Mutex<Count>,
}

impl Simulation {
    pub(crate) fn new(checkouts: u64, seed: u64, bounds: Bounds) -> Self {
        Self { checkouts, seed, bounds, next: AtomicU64::new(0), count: Mutex::default() }
    }

    pub(crate) fn work(&self, engine: &Rc<Engine>) {
        loop {
            let seed = of_number(self.seed, self.next.fetch_add(1, Ordering::Relaxed));
            let outcome = World::run(engine, seed, self.bounds);
            let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
            count.add(seed, outcome);
            if count.checkouts >= self.checkouts {
                return;
            }
        }
    }

    pub(crate) fn count(self) -> Count {
        self.count.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The seed of a world.
pub(crate) fn of_number(seed: u64, number: u64) -> u64 {
    seed.wrapping_mul(1_000_000_007).wrapping_add(number)
}
