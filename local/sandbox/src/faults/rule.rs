//! Which request a fault hits.

use serde::{Deserialize, Serialize};

use super::fault::{Fault, Side};

/// Which requests a rule hits. All that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// `GET`, `POST`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The whole path; `*` stands for any characters. `secretsmanager` is `GetSecretValue`.
    /// Without a path the rule is about every request to Stripe's API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Only the n-th request of that method and path since the rule was set, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nth: Option<u64>,
    /// From the n-th on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Up to the n-th, that one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// From 0 to 1: each request by chance, the same for the same seed and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// What the chance is drawn from; 0 if none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// At most so many times.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
}

/// A fault and the requests it hits.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// What happens to them; `None` leaves them as they are, for `should_retry` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<Fault>,
    /// A `Stripe-Should-Retry` header on the answer, whatever its status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub should_retry: Option<bool>,
}

impl Rule {
    /// A fault of every request to Stripe's API, to be narrowed.
    pub fn new(fault: Fault) -> Self {
        Self { fault: Some(fault), ..Self::default() }
    }

    /// Of that method and path.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.matching.method = Some(method.to_owned());
        self.matching.path = Some(path.to_owned());
        self
    }

    /// Of Secrets Manager's `GetSecretValue`.
    #[must_use]
    pub fn on_secret(mut self) -> Self {
        self.matching.path = Some("secretsmanager".to_owned());
        self
    }

    /// Only the n-th, from 1.
    #[must_use]
    pub fn nth(mut self, nth: u64) -> Self {
        self.matching.nth = Some(nth);
        self
    }

    /// From the n-th on.
    #[must_use]
    pub fn from(mut self, nth: u64) -> Self {
        self.matching.from = Some(nth);
        self
    }

    /// At most so many times.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.matching.times = Some(times);
        self
    }

    /// By chance, from 0 to 1.
    #[must_use]
    pub fn with_probability(mut self, probability: f64, seed: u64) -> Self {
        self.matching.probability = Some(probability);
        self.matching.seed = Some(seed);
        self
    }

    /// With `Stripe-Should-Retry` on the answer.
    #[must_use]
    pub fn should_retry(mut self, should_retry: bool) -> Self {
        self.should_retry = Some(should_retry);
        self
    }

    /// What is wrong with it, in words for the person who wrote it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Match { nth, from, to, probability, .. } = &self.matching;
        if [nth, from, to].into_iter().any(|number| *number == Some(0)) {
            return Err("nth, from and to count from 1".to_owned());
        }
        if probability.is_some_and(|probability| !(0.0..=1.0).contains(&probability)) {
            return Err("probability is from 0 to 1".to_owned());
        }
        if self.fault.is_none() && self.should_retry.is_none() {
            return Err("a rule has a fault or should_retry".to_owned());
        }
        Ok(())
    }

    /// Whether it is about such a request at all.
    pub(crate) fn covers(&self, side: Side, method: &str, path: &str) -> bool {
        let Match { method: wanted, path: pattern, .. } = &self.matching;
        wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && pattern.as_ref().map_or(side == Side::Stripe, |pattern| matches_glob(pattern, path))
            && self.fault.as_ref().is_none_or(|fault| fault.fits(side))
    }

    /// Whether it hits the request of that number, having hit `fired` before.
    pub(crate) fn hits(&self, number: u64, fired: u64) -> bool {
        let Match { nth, from, to, probability, seed, times, .. } = &self.matching;
        nth.is_none_or(|nth| number == nth)
            && from.is_none_or(|from| number >= from)
            && to.is_none_or(|to| number <= to)
            && times.is_none_or(|times| fired < times)
            && probability.is_none_or(|probability| chance(seed.unwrap_or_default(), number) < probability)
    }
}

/// A number from 0 to 1 that depends on nothing else, so that a schedule can be run again.
fn chance(seed: u64, number: u64) -> f64 {
    fastrand::Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).f64()
}

/// `*` stands for any characters, none included.
fn matches_glob(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(text) = text.strip_prefix(start) else { return false };
    (0..=text.len()).any(|skipped| text.get(skipped..).is_some_and(|tail| matches_glob(rest, tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glob_is_a_whole_path() {
        for (pattern, path, matches) in [
            ("/v1/payment_intents", "/v1/payment_intents", true),
            ("/v1/payment_intents", "/v1/payment_intents/pi_1/confirm", false),
            ("/v1/payment_intents*", "/v1/payment_intents", true),
            ("/v1/payment_intents/*/confirm", "/v1/payment_intents/pi_1/confirm", true),
            ("/v1/payment_intents/*/confirm", "/v1/payment_intents/pi_1/cancel", false),
            ("*", "secretsmanager", true),
        ] {
            assert_eq!(matches_glob(pattern, path), matches, "{pattern} {path}");
        }
    }

    #[test]
    fn the_same_seed_is_the_same_schedule() {
        let schedule = |seed: u64| {
            let rule = Rule::new(Fault::ResetAfter).with_probability(0.3, seed);
            (1..=1000).filter(|number| rule.hits(*number, 0)).collect::<Vec<u64>>()
        };
        assert_eq!(schedule(7), schedule(7));
        assert_ne!(schedule(7), schedule(8));
        assert!((250..350).contains(&schedule(7).len()), "{}", schedule(7).len());
    }
}
