//! The other payments of a busy shop: made evenly through the last thirty days, and on. They are computed when they are asked
//! for, and stored nowhere.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::acceptance::Acceptance;
use crate::cards;
use crate::charge::Charge;
use crate::clock::year_and_month;
use crate::intent::{PaymentIntent, Status};
use crate::keys::AccountId;
use crate::payment_method::{Details, PaymentMethod};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const DAYS: u64 = 30;

/// So many paid `PaymentIntents` a day, of one account. Each has a number, and with it an id and a time.
#[derive(Clone, Debug)]
pub(crate) struct Background {
    pub(crate) account: AccountId,
    per_day: u64,
    since_ms: u64,
}

impl Background {
    /// That of the last thirty days and of all to come; none, if there are none a day.
    pub(crate) fn new(account: AccountId, per_day: u64, now_ms: u64) -> Option<Self> {
        (per_day > 0).then_some(Self { account, per_day, since_ms: now_ms.saturating_sub(DAYS * DAY_MS) })
    }

    /// The numbers of those that were made from one moment to another, in milliseconds since the Unix epoch, that one included.
    pub(crate) fn made(&self, from_ms: u64, to_ms: u64) -> Range<u64> {
        self.first_from(from_ms.max(self.since_ms))..self.first_from(to_ms.saturating_add(1))
    }

    /// When the one of that number was made, in milliseconds since the Unix epoch.
    pub(crate) fn made_at(&self, number: u64) -> u64 {
        let at = u128::from(number) * u128::from(DAY_MS) / u128::from(self.per_day);
        u64::try_from(at).unwrap_or(u64::MAX)
    }

    /// The number in an id such as `pi_3Background0020555000000`, if it was given out until that moment.
    pub(crate) fn number_in(&self, prefix: &str, id: &str, now_ms: u64) -> Option<u64> {
        let number = id.strip_prefix(prefix)?.strip_prefix(NAME)?.parse().ok()?;
        (self.made(0, now_ms).contains(&number) && id == object_id(prefix, number)).then_some(number)
    }

    /// The paid intent of that number.
    pub(crate) fn intent(&self, number: u64) -> PaymentIntent {
        let amount = 500 + i64::try_from(number % 10_000).unwrap_or_default();
        let made_at = self.made_at(number);
        let mut intent = PaymentIntent::new(self.account, made_at / 1000, amount, "usd", Acceptance::Card);
        intent.id = object_id("pi", number);
        intent.client_secret = format!("{}_secret_{number:025}", intent.id);
        intent.status = Status::Succeeded;
        intent.amount_received = amount;
        intent.payment_method = Some(object_id("pm", number));
        intent.latest_charge = Some(object_id("ch", number));
        intent.describe(BTreeMap::from([("background".to_owned(), number.to_string())]), made_at);
        intent
    }

    /// The charge of that intent.
    pub(crate) fn charge(&self, number: u64) -> Option<Charge> {
        let (intent, method) = (self.intent(number), self.payment_method(number)?);
        Some(Charge::with_id(object_id("ch", number), &intent, &method, None, intent.created))
    }

    /// The card that paid it.
    pub(crate) fn payment_method(&self, number: u64) -> Option<PaymentMethod> {
        let created = self.made_at(number) / 1000;
        let details = Details::of_a_test_card(year_and_month(created).0 + 1);
        let mut method = PaymentMethod::new(self.account, created, cards::by_token("pm_card_visa")?, details);
        method.id = object_id("pm", number);
        method.used_by = Some(object_id("pi", number));
        Some(method)
    }

    /// The number of the first that was made at that moment or later.
    fn first_from(&self, ms: u64) -> u64 {
        let number = (u128::from(ms) * u128::from(self.per_day)).div_ceil(u128::from(DAY_MS));
        u64::try_from(number).unwrap_or(u64::MAX)
    }
}

/// What stands in every id, after its prefix and before its number.
const NAME: &str = "_3Background";

fn object_id(prefix: &str, number: u64) -> String {
    format!("{prefix}{NAME}{number:013}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_once_and_at_its_time() {
        let now_ms = 1_795_000_000_123;
        for per_day in [1, 7, 8_000, 1_000_000, 100_000_000] {
            let background = Background::new(0, per_day, now_ms).unwrap();
            let all = background.made(0, now_ms);
            assert!((all.end - all.start).abs_diff(30 * per_day) <= 1, "{per_day}");
            for number in [all.start, all.start + 1, all.end - 1] {
                let at = background.made_at(number);
                assert!(background.made(at, at).contains(&number), "{per_day}: {number}");
                assert!(!background.made(0, at - 1).contains(&number), "{per_day}: {number}");
                assert!(!background.made(at + 1, now_ms).contains(&number), "{per_day}: {number}");
            }
        }
    }
}
