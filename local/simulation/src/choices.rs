//! The decisions of a world. 0 is always what happens where nothing goes wrong, and nobody does anything unusual.

use fastrand::Rng;
use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

/// What was decided, and how many of its possibilities, the first ones, exploring tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) picked: u8,
    pub(crate) explored: u8,
}

/// Where a world's decisions come from, and which were made.
#[derive(Debug)]
pub(crate) struct Choices {
    given: Given,
    /// Draws what is not given; without it that is 0.
    rng: Option<Rng>,
    pub(crate) made: Vec<Decision>,
}

impl Choices {
    pub(crate) fn by_seed(seed: u64) -> Self {
        Self { given: Given::default(), rng: Some(Rng::with_seed(seed)), made: Vec::new() }
    }

    pub(crate) fn given(given: Given) -> Self {
        Self { given, rng: None, made: Vec::new() }
    }

    /// One of several, by weight: its number. `explored`: how many of them, the first ones, exploring tries.
    pub(crate) fn pick(&mut self, weights: &[u32], explored: usize) -> usize {
        let [of, explored] = [weights.len(), explored.min(weights.len())].map(|count| u8::try_from(count).unwrap_or(u8::MAX));
        let given = self.given.0.get(self.made.len()).copied();
        let drawn = || self.rng.as_mut().map_or(0, |rng| draw(rng, weights));
        let picked = given.unwrap_or_else(drawn).min(of.saturating_sub(1));
        self.made.push(Decision { picked, explored });
        usize::from(picked)
    }
}

fn draw(rng: &mut Rng, weights: &[u32]) -> u8 {
    let mut left = rng.u32(0..weights.iter().sum::<u32>().max(1));
    let is_it = |weight: &u32| {
        let is_it = left < *weight;
        left = left.saturating_sub(*weight);
        is_it
    };
    weights.iter().position(is_it).and_then(|number| u8::try_from(number).ok()).unwrap_or(0)
}

/// The first decisions of a world. It is written as those that are not 0: `3=1,17=4` are the fourth and the eighteenth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Given(pub(crate) Vec<u8>);

impl Given {
    pub(crate) fn of(made: &[Decision]) -> Self {
        let last = made.iter().rposition(|decision| decision.picked != 0).map_or(0, |last| last + 1);
        Self(made[..last].iter().map(|decision| decision.picked).collect())
    }

    /// How many are not 0.
    pub(crate) fn count(&self) -> usize {
        self.0.iter().filter(|picked| **picked != 0).count()
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let taken = self.0.iter().enumerate().filter(|(_, picked)| **picked != 0);
        let taken: Vec<String> = taken.map(|(number, picked)| format!("{number}={picked}")).collect();
        f.write_str(&taken.join(","))
    }
}

impl FromStr for Given {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut given = Vec::new();
        for decision in text.split(',').filter(|decision| !decision.is_empty()) {
            let read = || {
                let (number, picked) = decision.split_once('=')?;
                Some((number.parse::<u16>().ok()?, picked.parse::<u8>().ok()?))
            };
            let (number, picked) = read().ok_or_else(|| format!("{decision}: not NUMBER=CHOICE"))?;
            let number = usize::from(number);
            given.resize(given.len().max(number + 1), 0);
            given[number] = picked;
        }
        Ok(Self(given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decisions_are_written_and_read() {
        let given = Given(vec![0, 0, 1, 0, 4]);
        assert_eq!(given.to_string(), "2=1,4=4");
        assert_eq!("2=1,4=4".parse(), Ok(given.clone()));
        assert_eq!(given.count(), 2);
        assert_eq!("".parse(), Ok(Given::default()));
        assert!("2".parse::<Given>().is_err());
    }

    #[test]
    fn what_is_not_given_is_calm_or_drawn() {
        let mut choices = Choices::given(Given(vec![2, 9]));
        let picked: Vec<_> = (0..4).map(|_| choices.pick(&[1, 1, 1], 3)).collect();
        assert_eq!(picked, [2, 2, 0, 0]);
        assert_eq!(Given::of(&choices.made), Given(vec![2, 2]));
        let mut choices = Choices::by_seed(1);
        let picked: Vec<_> = (0..100).map(|_| choices.pick(&[1, 0, 1], 3)).collect();
        assert!(picked.contains(&0) && picked.contains(&2) && !picked.contains(&1));
    }
}
