//! A world that went wrong, with as few decisions as still let it go wrong.

use crate::choices::Given;
use crate::world::{Bounds, Outcome, World};
use page::Engine;
use std::rc::Rc;

/// Takes decision after decision back, the last ones first, as long as anything goes wrong without it.
pub(crate) fn shrink(engine: &Rc<Engine>, seed: u64, failed: Outcome, bounds: Bounds) -> (Given, Outcome) {
    let mut shortest = (Given::of(&failed.decisions), failed);
    while let Some(shorter) = shorter(engine, seed, &shortest.0, bounds) {
        shortest = shorter;
    }
    shortest
}

/// The same world with one decision less, or with one that is closer to 0.
fn shorter(engine: &Rc<Engine>, seed: u64, given: &Given, bounds: Bounds) -> Option<(Given, Outcome)> {
    let taken: Vec<usize> = (0..given.0.len()).filter(|number| given.0[*number] != 0).collect();
    let cut = taken.iter().map(|number| Given(given.0[..*number].to_vec()));
    let without = taken.iter().rev().map(|number| {
        let mut other = given.clone();
        other.0[*number] = 0;
        other
    });
    cut.chain(without).find_map(|given| {
        let outcome = World::rerun(engine, seed, &given, bounds);
        let is_shorter = Given::of(&outcome.decisions).count() <= given.count();
        (!outcome.faults.is_empty() && is_shorter).then(|| (Given::of(&outcome.decisions), outcome))
    })
}
