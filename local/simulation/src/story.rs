//! What happened in a world, step by step.

use crate::clock;
use std::sync::{Arc, Mutex, PoisonError};

/// Steps with their times, in milliseconds of the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story(Arc<Mutex<Vec<String>>>);

impl Story {
    pub(crate) fn step(&self, what: impl AsRef<str>) {
        let at = clock::elapsed().as_millis();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{at:>9} ms  {}", what.as_ref()));
    }

    pub(crate) fn text(&self) -> String {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}
