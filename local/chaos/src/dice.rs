//! Chance that can be repeated: each decision is drawn from the seed and from what it is about, and so is the same in
//! every run, in whatever order things happen.

use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::ops::Range;
use std::time::Duration;

/// What a decision is about.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    /// A shop's operator, by the shop's number.
    Shop(u32),
    /// A shopper's nature, by the shopper's number.
    Shopper(u32),
    /// The n-th thing that a shopper does in a tab: (shopper, tab, n).
    Deed(u32, u16, u16),
    /// Whether a shopper had begun yesterday, by the shopper's number.
    Yesterday(u32),
    /// What happens to the n-th send of a tab: (shopper, tab, n).
    Send(u32, u16, u16),
    /// And to its copy.
    Copy(u32, u16, u16),
    /// What a shopper does in the n-th dialog of a bank: (shopper, tab, n).
    Challenge(u32, u16, u16),
    /// How Stripe behaves in a shop, by the shop's number.
    Behaviour(u32),
    /// How far Search is behind in a shop, by the shop's number.
    SearchLag(u32),
    /// What the merchant's own tools do before a shopper comes, by the shopper's number.
    Tools(u32),
    /// Whether a shopper tries card after card, by the shopper's number.
    Stubborn(u32),
    /// What happens to the browser's storage when a tab is opened again: (shopper, tab, sends so far).
    Reload(u32, u16, u16),
    /// The n-th card that is typed in a tab: (shopper, tab, n).
    Card(u32, u16, u16),
    /// Whether a shopper has no page, and what is sent then, by the shopper's number.
    Client(u32),
    /// What an earlier visit left in a browser's storage, by the shopper's number.
    LeftBehind(u32),
    /// The random numbers of all browsers.
    Browsers,
}

/// A source of decisions.
#[derive(Debug)]
pub(crate) struct Dice(ChaCha8Rng);

impl Dice {
    pub(crate) fn of(seed: u64, about: About) -> Self {
        let (kind, who, tab, n) = match about {
            About::Shop(shop) => (1, shop, 0, 0),
            About::Shopper(shopper) => (2, shopper, 0, 0),
            About::Deed(shopper, tab, n) => (3, shopper, tab, n),
            About::Send(shopper, tab, n) => (4, shopper, tab, n),
            About::Copy(shopper, tab, n) => (5, shopper, tab, n),
            About::Challenge(shopper, tab, n) => (7, shopper, tab, n),
            About::Yesterday(shopper) => (6, shopper, 0, 0),
            About::Behaviour(shop) => (8, shop, 0, 0),
            About::SearchLag(shop) => (12, shop, 0, 0),
            About::Tools(shopper) => (9, shopper, 0, 0),
            About::Stubborn(shopper) => (11, shopper, 0, 0),
            About::Reload(shopper, tab, n) => (10, shopper, tab, n),
            About::Card(shopper, tab, n) => (13, shopper, tab, n),
            About::Client(shopper) => (14, shopper, 0, 0),
            About::LeftBehind(shopper) => (15, shopper, 0, 0),
            About::Browsers => (16, 0, 0, 0),
        };
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8] = kind;
        key[12..16].copy_from_slice(&who.to_le_bytes());
        key[16..18].copy_from_slice(&tab.to_le_bytes());
        key[18..20].copy_from_slice(&n.to_le_bytes());
        Self(ChaCha8Rng::from_seed(key))
    }

    /// Whether something of this probability happens.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.0.random_bool(probability)
    }

    pub(crate) fn number(&mut self, range: Range<u64>) -> u64 {
        self.0.random_range(range)
    }

    pub(crate) fn millis(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.number(range))
    }

    /// A number from 0 to 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        self.0.random()
    }

    /// For the random part of an id.
    pub(crate) fn bytes(&mut self) -> [u8; 10] {
        self.0.random()
    }

    /// One of them, each as likely as its weight says.
    pub(crate) fn among<'a, T>(&mut self, choices: &'a [(u32, T)]) -> &'a T {
        let chosen = choices.choose_weighted(&mut self.0, |(weight, _)| *weight);
        // Every list of this program is a constant with weights above 0.
        &chosen.unwrap_or(&choices[0]).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_matter_draw_the_same() {
        let draw = |seed, about| (0..8).map(|_| Dice::of(seed, about).number(0..1000)).collect::<Vec<_>>();
        assert_eq!(draw(1, About::Send(7, 0, 1)), draw(1, About::Send(7, 0, 1)));
        assert_ne!(draw(1, About::Send(7, 0, 1)), draw(2, About::Send(7, 0, 1)));
        assert_ne!(draw(1, About::Send(7, 0, 1)), draw(1, About::Copy(7, 0, 1)));
    }
}
