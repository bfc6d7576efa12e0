//! The switchboard: which request meets which fault.

pub(crate) mod answers;
mod delivery;
mod fault;
mod rule;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;

pub(crate) use delivery::Delivery;
pub use fault::Fault;
pub(crate) use fault::Side;
pub use rule::{Match, Rule};

/// A rule and how often it was met.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    /// The rule.
    pub rule: Rule,
    /// The requests of its method and path so far.
    pub matched: u64,
    /// How many of them it has hit.
    pub fired: u64,
}

/// The schedule of faults. The first rule of the list that hits a request decides.
#[derive(Debug, Default)]
pub struct Faults {
    schedule: Mutex<Vec<Seen>>,
}

/// What a request has met.
#[derive(Clone, Debug, Default)]
pub(crate) struct Met {
    pub(crate) fault: Option<Fault>,
    pub(crate) should_retry: Option<bool>,
}

impl Met {
    /// The fault's name, for the ledger.
    pub(crate) fn name(&self) -> Option<String> {
        let should_retry = self.should_retry.map(|_| "should_retry".to_owned());
        self.fault.as_ref().map(Fault::name).or(should_retry)
    }
}

impl Faults {
    /// Replaces the schedule; all counts begin anew.
    pub fn set(&self, rules: Vec<Rule>) {
        *self.schedule() = rules.into_iter().map(|rule| Seen { rule, matched: 0, fired: 0 }).collect();
    }

    /// Ends all faults.
    pub fn clear(&self) {
        self.set(Vec::new());
    }

    /// The schedule with its counts.
    pub fn seen(&self) -> Vec<Seen> {
        self.schedule().clone()
    }

    /// What this request meets. Every rule that is about it counts it.
    pub(crate) fn meet(&self, side: Side, method: &str, path: &str) -> Met {
        let mut met = None;
        for entry in self.schedule().iter_mut().filter(|entry| entry.rule.covers(side, method, path)) {
            entry.matched += 1;
            if met.is_none() && entry.rule.hits(entry.matched, entry.fired) {
                entry.fired += 1;
                met = Some(Met { fault: entry.rule.fault.clone(), should_retry: entry.rule.should_retry });
            }
        }
        met.unwrap_or_default()
    }

    fn schedule(&self) -> MutexGuard<'_, Vec<Seen>> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
