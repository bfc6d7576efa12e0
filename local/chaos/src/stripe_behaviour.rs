//! How Stripe behaves in one shop, where its documents leave room or time decides.

use crate::dice::{About, Dice};
use crate::shop::Plan;
use sandbox::Sandbox;
use std::time::Duration;

/// Longer than any run.
const FOR_EVER: Duration = Duration::from_hours(48);

/// What is drawn for a shop.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StripeBehaviour {
    /// A refusal is kept under its idempotency key.
    pub(crate) keeps_refusals: bool,
    /// An idempotency key is known under the API key alone that it was first sent with.
    pub(crate) keys_by_api_key: bool,
    /// How old a PaymentIntent must be for Search to find it.
    search_lag: Duration,
}

impl StripeBehaviour {
    /// Of two neighbouring shops one has what the other has not, so that a short run has both.
    pub(crate) fn of(plan: &Plan) -> Self {
        if plan.calm {
            return Self::default();
        }
        let (seed, shop) = (plan.seed, plan.number);
        let mut pair = Dice::of(seed, About::Behaviour(shop - shop % 2));
        let (keeps_refusals, keys_by_api_key) = (pair.chance(0.5), pair.chance(0.5));
        let is_second = shop % 2 == 1;
        let mut dice = Dice::of(seed, About::SearchLag(shop));
        let search_lag = *dice.among(&[
            (2, Duration::ZERO),
            (2, Duration::from_millis(400)),
            (2, Duration::from_secs(5)),
            (1, Duration::from_hours(1)),
            (2, FOR_EVER),
        ]);
        Self {
            keeps_refusals: keeps_refusals != is_second,
            keys_by_api_key: plan.keys_by_api_key && keys_by_api_key != is_second,
            search_lag,
        }
    }

    pub(crate) fn apply(self, sandbox: &Sandbox) {
        sandbox.keep_refusals(self.keeps_refusals);
        sandbox.scope_keys_by_api_key(self.keys_by_api_key);
        sandbox.set_search_lag(self.search_lag);
    }

    /// In words, for the table.
    pub(crate) fn words(self) -> Vec<String> {
        let mut words = vec![format!("shops where Search is {} ms behind", self.search_lag.as_millis())];
        words.extend(self.keeps_refusals.then(|| "shops where Stripe keeps refusals".to_owned()));
        words.extend(self.keys_by_api_key.then(|| "shops where idempotency keys belong to an API key".to_owned()));
        words
    }
}
