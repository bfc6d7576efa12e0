//! The search for a world that goes wrong, where a fault was put in: which one found it, and its shortest story.

use crate::choices::Given;
use crate::shrink::shrink;
use crate::simulate::of_number;
use crate::world::{Bounds, World};
use page::Engine;
use std::fmt::{self, Display, Formatter};
use std::rc::Rc;

/// A story of so many decisions is short enough.
const SHORT: usize = 6;
/// Worlds that go wrong, of which the one with the shortest story is taken.
const TAKEN: usize = 4;

/// A world that went wrong.
#[derive(Debug)]
pub(crate) struct Prey {
    /// The worlds that had to be looked at.
    worlds: u64,
    shortest: Given,
    fault: String,
}

/// Looks at so many worlds, at most.
pub(crate) fn hunt(engine: &Rc<Engine>, worlds: u64, bounds: Bounds) -> Option<Prey> {
    let mut found: Option<Prey> = None;
    let mut taken = 0;
    for number in 0..worlds {
        let seed = of_number(1, number);
        let outcome = World::run(engine, seed, bounds);
        if outcome.faults.is_empty() {
            continue;
        }
        let (shortest, outcome) = shrink(engine, seed, outcome, bounds);
        let fault = outcome.faults.first().and_then(|fault| fault.lines().next()).unwrap_or_default().to_owned();
        let worlds = found.as_ref().map_or(number + 1, |first| first.worlds);
        if found.as_ref().is_none_or(|other| shortest.count() < other.shortest.count()) {
            found = Some(Prey { worlds, shortest, fault });
        }
        taken += 1;
        if taken == TAKEN || found.as_ref().is_some_and(|prey| prey.shortest.count() <= SHORT) {
            break;
        }
    }
    found
}

impl Display for Prey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "world {}, {} decisions: {}", self.worlds, self.shortest.count(), self.fault)
    }
}
