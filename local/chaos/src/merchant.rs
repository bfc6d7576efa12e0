//! What the merchant does meanwhile: rolls the keys, pauses payments and takes them again. `merchant_tools` has what is done to
//! single payments.

use crate::dice::{About, Dice};
use crate::shop::{Plan, Shop};
use crate::stripe_behaviour::StripeBehaviour;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Clone, Copy, Debug)]
enum Act {
    Roll,
    RollPublishable,
    Pause,
    Resume,
}

/// The merchant's day: acts by the shopper before whom they are done.
#[derive(Debug)]
pub(crate) struct Merchant {
    acts: BTreeMap<u32, Act>,
    paused: bool,
}

impl Merchant {
    pub(crate) fn new(plan: &Plan) -> Self {
        let mut dice = Dice::of(plan.seed, About::Shop(plan.number));
        let mut acts = BTreeMap::new();
        let (first, last) = (u64::from(plan.shoppers.start), u64::from(plan.shoppers.end));
        let someone = |dice: &mut Dice| u32::try_from(dice.number(first..last)).unwrap_or_default();
        let mut rolls = plan.rolls.map_or_else(|| dice.number(0..4), u64::from);
        if StripeBehaviour::of(plan).keys_by_api_key {
            rolls = rolls.max(2);
        }
        if plan.rolls.is_some() {
            // As many as asked, evenly spread.
            acts.extend(
                (1..=rolls).map(|n| (u32::try_from(first + (last - first) * n / (rolls + 1)).unwrap_or_default(), Act::Roll)),
            );
        } else {
            acts.extend((0..rolls).map(|_| (someone(&mut dice), Act::Roll)));
        }
        if !plan.calm && dice.chance(0.6) {
            let from = someone(&mut dice);
            acts.insert(from, Act::Pause);
            acts.insert(from + 6, Act::Resume);
        }
        if !plan.calm && dice.chance(0.6) {
            acts.insert(someone(&mut dice), Act::RollPublishable);
        }
        Self { acts, paused: false }
    }

    /// What is to be done before this shopper comes.
    pub(crate) fn act(&mut self, shop: &Shop, shopper: u32) {
        match self.acts.get(&shopper) {
            Some(Act::Roll) => {
                shop.counts.add("keys rolled by the merchant");
                shop.sandbox.roll_key();
                self.write_secret(shop);
            }
            Some(Act::RollPublishable) => {
                shop.counts.add("publishable keys rolled by the merchant");
                shop.sandbox.roll_publishable_key();
                shop.deploy_publishable_key(false);
            }
            Some(Act::Pause) => {
                shop.counts.add("payments paused and resumed");
                self.paused = true;
                self.write_secret(shop);
                // A function keeps the secret for a minute; new processes know at once.
                shop.fleet.recycle();
            }
            Some(Act::Resume) => self.resume(shop),
            None => {}
        }
    }

    /// Payments are taken again.
    fn resume(&mut self, shop: &Shop) {
        self.paused = false;
        self.write_secret(shop);
        shop.fleet.recycle();
    }

    /// The evening: payments are taken, every process has the same settings, and Search knows everything.
    pub(crate) fn close(&mut self, shop: &Shop) {
        shop.sandbox.set_search_lag(Duration::ZERO);
        shop.deploy_publishable_key(true);
        self.resume(shop);
    }

    fn write_secret(&self, shop: &Shop) {
        let mut secret = json!({ "secret_key": shop.sandbox.secret_key() });
        if self.paused {
            secret["payments"] = json!("paused");
        }
        shop.sandbox.put_secret(&secret.to_string());
    }
}
