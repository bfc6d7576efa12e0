//! What all parts of a world share: its decisions, how much may still go wrong, and the story.

use crate::choices::{Choices, Decision};
use crate::story::Story;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

tokio::task_local! {
    /// What the invocation that runs has sent to Stripe.
    pub(crate) static REQUESTS: Cell<Requests>;
}

/// How many requests an invocation sent to Stripe.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Requests {
    pub(crate) all: u32,
    pub(crate) writes: u32,
    pub(crate) confirms: u32,
}

impl Requests {
    /// Counts a request.
    pub(crate) fn with(self, is_write: bool, path: &str) -> Self {
        let confirms = is_write && path.ends_with("/confirm");
        Self { all: self.all + 1, writes: self.writes + u32::from(is_write), confirms: self.confirms + u32::from(confirms) }
    }
}

/// What all parts of a world share: decisions, and the story.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    choices: Arc<Mutex<Choices>>,
    faults_left: Arc<AtomicU32>,
    is_calm: Arc<AtomicBool>,
    /// Cards that Stripe said were declined.
    declined: Arc<Mutex<BTreeSet<String>>>,
    pub(crate) story: Story,
}

impl Shared {
    pub(crate) fn new(choices: Choices, faults: u32) -> Self {
        let (choices, faults_left) = (Arc::new(Mutex::new(choices)), Arc::new(AtomicU32::new(faults)));
        Self { choices, faults_left, is_calm: Arc::default(), declined: Arc::default(), story: Story::default() }
    }

    pub(crate) fn pick(&self, weights: &[u32], explored: usize) -> usize {
        self.choices.lock().unwrap_or_else(PoisonError::into_inner).pick(weights, explored)
    }

    /// Which of so many things goes wrong, if any does: never once all that may has. Exploring tries the first `explored` ones.
    pub(crate) fn goes_wrong(&self, permille: u32, things: usize, explored: usize) -> Option<usize> {
        if self.faults_left.load(Ordering::Relaxed) == 0 {
            return None;
        }
        // The weights of all things together are `permille` of the whole.
        let things = u32::try_from(things).unwrap_or(1);
        let weights: Vec<u32> = std::iter::once((1000 - permille) * things).chain((0..things).map(|_| permille)).collect();
        let wrong = self.pick(&weights, 1 + explored).checked_sub(1);
        if wrong.is_some() {
            self.faults_left.fetch_sub(1, Ordering::Relaxed);
        }
        wrong
    }

    /// Stripe says that a card was declined.
    pub(crate) fn decline(&self, card: &str) {
        self.declined.lock().unwrap_or_else(PoisonError::into_inner).insert(card.to_owned());
    }

    pub(crate) fn is_declined(&self, card: &str) -> bool {
        self.declined.lock().unwrap_or_else(PoisonError::into_inner).contains(card)
    }

    /// All decisions that were made.
    pub(crate) fn decisions(&self) -> Vec<Decision> {
        self.choices.lock().unwrap_or_else(PoisonError::into_inner).made.clone()
    }

    /// How many things may still go wrong.
    pub(crate) fn faults_left(&self) -> u32 {
        self.faults_left.load(Ordering::Relaxed)
    }

    /// Nothing goes wrong from now on.
    pub(crate) fn calm_down(&self) {
        self.faults_left.store(0, Ordering::Relaxed);
        self.is_calm.store(true, Ordering::Relaxed);
    }

    /// Whether nothing goes wrong any more.
    pub(crate) fn is_calm(&self) -> bool {
        self.is_calm.load(Ordering::Relaxed)
    }
}
