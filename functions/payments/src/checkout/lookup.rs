//! Finding a checkout's PaymentIntent when its answer was lost.
//! <https://docs.stripe.com/api/payment_intents/list>; Stripe's search lags, and is not for this.

use super::{Desk, intent};
use crate::stripe::{Call, Failure, PaymentIntent, PaymentIntentList};

const MINUTE: u64 = 60;
/// Ages of the checkout, in seconds, between which its PaymentIntent is looked for: most are made within two minutes, all
/// within a day. The page's clock is ours, and ours may differ from Stripe's by as much as the first window looks back.
const WINDOWS: [(i64, u64); 3] = [(-600, 2 * MINUTE), (120, 30 * MINUTE), (1800, 24 * 60 * MINUTE)];

impl Desk<'_> {
    /// The PaymentIntent of this checkout, or `None` if Stripe's list, read to its end, has none.
    pub(super) async fn lookup(&mut self) -> Result<Option<PaymentIntent>, Failure> {
        let minted = self.checkout.minted_ms() / 1000;
        let now = self.now_ms / 1000;
        for (from, to) in WINDOWS {
            let from = minted.saturating_add_signed(from);
            if from > now + 10 * MINUTE {
                break;
            }
            if let Some(found) = self.lookup_between(from, minted + to).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn lookup_between(&mut self, from: u64, before: u64) -> Result<Option<PaymentIntent>, Failure> {
        let mut after: Option<String> = None;
        loop {
            let mut query =
                vec![("created[gte]", from.to_string()), ("created[lt]", before.to_string()), ("limit", "100".to_owned())];
            query.extend(after.map(|id| ("starting_after", id)));
            let page: PaymentIntentList = self.stripe.call(&Call::get("/v1/payment_intents", &query)).await?.value;
            after = page.data.last().map(|last| last.id.clone());
            if let Some(found) = page.data.into_iter().find(|found| intent::belongs_to(found, self.checkout)) {
                return Ok(Some(found));
            }
            if !page.has_more || after.is_none() {
                return Ok(None);
            }
        }
    }
}
