//! How much a run came to.

use crate::world::Outcome;
use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

#[derive(Debug, Default)]
pub(crate) struct Count {
    pub(crate) worlds: u64,
    pub(crate) checkouts: u64,
    pub(crate) requests: u64,
    pub(crate) views: BTreeSet<String>,
    /// What went wrong, with the seed of its world.
    pub(crate) failed: Vec<(u64, Outcome)>,
}

impl Count {
    pub(crate) fn add(&mut self, seed: u64, mut outcome: Outcome) {
        self.views.append(&mut outcome.views);
        self.worlds += 1;
        self.checkouts += u64::try_from(outcome.checkouts).unwrap_or_default();
        self.requests += u64::try_from(outcome.requests).unwrap_or_default();
        if !outcome.faults.is_empty() {
            self.failed.push((seed, outcome));
        }
    }
}

impl Display for Count {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{} worlds, {} checkouts, {} requests, {} views", self.worlds, self.checkouts, self.requests, self.views.len())
    }
}
