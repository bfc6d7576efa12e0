//! Every world within a bound: each that differs from a calm one in no more than so many decisions.

use crate::choices::{Decision, Given};
use crate::count::Count;
use crate::world::{Bounds, World};
use page::Engine;
use std::rc::Rc;
use std::sync::{Condvar, Mutex, PoisonError};

/// How many possibilities of the decisions that a world begins with are seen: the clock is right, Stripe's behaviour is the sandbox's own, and
/// there is one price list. `CARD_AUTHENTICATION`, a page or a client without one, and one or two tabs or checkouts are tried each with each.
const ROOTS: [u8; 11] = [1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2];

/// Which of them says whether there is a page.
const CLIENT: usize = 9;

/// A search of all worlds with at most so many deviations. Several threads may work at it.
#[derive(Debug)]
pub(crate) struct Exploration {
    deviations: usize,
    bounds: Bounds,
    frontier: Mutex<Frontier>,
    changed: Condvar,
}

/// Worlds that are to be seen yet, by their first decisions.
#[derive(Debug, Default)]
struct Frontier {
    open: Vec<Given>,
    running: usize,
    count: Count,
}

impl Exploration {
    pub(crate) fn new(deviations: usize, bounds: Bounds) -> Self {
        let frontier = Mutex::new(Frontier { open: roots(), ..Frontier::default() });
        Self { deviations, bounds, frontier, changed: Condvar::new() }
    }

    pub(crate) fn work(&self, engine: &Rc<Engine>) {
        while let Some(given) = self.next() {
            let outcome = World::rerun(engine, 0, &given, self.bounds);
            let mut frontier = self.frontier.lock().unwrap_or_else(PoisonError::into_inner);
            // Without a page there are more ways to go on: one decision less is about as many worlds.
            let deviations = self.deviations - usize::from(given.0[CLIENT] == 1);
            if Given(given.0[ROOTS.len()..].to_vec()).count() < deviations {
                frontier.open.extend(deviating(&given, &outcome.decisions));
            }
            frontier.running -= 1;
            frontier.count.add(0, outcome);
            self.changed.notify_all();
        }
    }

    /// The next world to be seen; none once there can be no more.
    fn next(&self) -> Option<Given> {
        let mut frontier = self.frontier.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(given) = frontier.open.pop() {
                frontier.running += 1;
                return Some(given);
            }
            if frontier.running == 0 {
                return None;
            }
            frontier = self.changed.wait(frontier).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(crate) fn count(self) -> Count {
        self.frontier.into_inner().unwrap_or_else(PoisonError::into_inner).count
    }
}

fn roots() -> Vec<Given> {
    ROOTS.iter().fold(vec![Given::default()], |roots, of| {
        roots.iter().flat_map(|root| (0..*of).map(|picked| Given([&root.0[..], &[picked]].concat()))).collect()
    })
}

/// The worlds that are like this one until a decision that was not given, and then differ in it.
fn deviating(given: &Given, made: &[Decision]) -> Vec<Given> {
    let picked: Vec<u8> = made.iter().map(|decision| decision.picked).collect();
    (given.0.len()..made.len())
        .flat_map(|number| {
            let before = picked[..number].to_vec();
            (1..made[number].explored).map(move |other| Given([&before[..], &[other]].concat()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_world_differs_in_one_more_decision() {
        let made = [(0, 4), (1, 2), (0, 3), (0, 1)].map(|(picked, explored)| Decision { picked, explored });
        let next = deviating(&Given(vec![0, 1]), &made);
        assert_eq!(next, [Given(vec![0, 1, 1]), Given(vec![0, 1, 2])]);
        assert_eq!(roots().len(), usize::from(ROOTS.iter().product::<u8>()));
    }
}
