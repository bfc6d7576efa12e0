//! Finding a checkout's PaymentIntents when an answer was lost.
//!
//! Stripe's Search finds one among any number, but only after up to a minute, and its empty answer proves nothing
//! (<https://docs.stripe.com/search>). The list is complete (<https://docs.stripe.com/api/payment_intents/list>), but reading
//! all of it would grow with the shop. So Search comes first, and a few pages of the list after it.

use super::metadata::{CHECKOUT, belongs_to, is_tombstone};
use super::writes::PATH;
use super::{CheckoutId, CheckoutProcessor, CheckoutRequest, Found};
use crate::outcome::UnknownReason;
use crate::stripe::{Call, Failure, Listed, PaymentIntent, PaymentIntentList, Silence, Status};

const MINUTE: u64 = 60;
/// Search knows what is this old, in seconds.
const SEARCHABLE: u64 = MINUTE;
/// How far the clocks that stamp the checkout's id and the PaymentIntent may differ, in seconds.
const CLOCK_SKEW: u64 = 10 * MINUTE;
/// Most PaymentIntents are made this many seconds after the checkout's id, all of them within a day.
const OWN_MINUTES: u64 = 2 * MINUTE;
const DAY: u64 = 24 * 60 * MINUTE;

/// A page that is never too long. What strangers can write into a PaymentIntent, billing details of 5,000 characters in each of
/// seven fields, is 420 KB of JSON at most.
const SHORT_PAGE: u32 = 8;

impl CheckoutProcessor<'_> {
    /// The PaymentIntents whose metadata names the request's checkout.
    pub(super) async fn find(&mut self, request: &CheckoutRequest) -> Result<Found, Failure> {
        let minted = request.checkout.minted_ms() / 1000;
        let (begin, end) = (minted.saturating_sub(CLOCK_SKEW), minted + DAY + CLOCK_SKEW);
        let mut found = Found { complete: true, ..Found::default() };
        // Seconds between which the list is read, newest first, and how many pages of a hundred at most.
        let windows = if minted + SEARCHABLE >= self.terms.now_ms / 1000 {
            vec![(begin, end, 8)]
        } else if let Ok(searched) = self.search(request.checkout).await {
            found.intents = searched;
            vec![(begin, end, 3)]
        } else {
            vec![(begin, minted + OWN_MINUTES, 4), (minted + OWN_MINUTES, end, 4)]
        };
        for (from, before, pages) in windows {
            if found.intents.iter().any(|intent| !is_tombstone(intent)) {
                break;
            }
            self.list(from, before, pages, request, &mut found).await?;
        }
        Ok(found)
    }

    async fn search(&mut self, checkout: CheckoutId) -> Result<Vec<PaymentIntent>, Failure> {
        let query = [("query", format!("metadata['{CHECKOUT}']:'{checkout}'")), ("limit", "100".to_owned())];
        let page: PaymentIntentList = self.stripe.call(&Call::get(&format!("{PATH}/search"), &query).optional()).await?.value;
        let readable = page.data.into_iter().filter_map(|listed| match listed {
            Listed::Readable(intent) => Some(*intent),
            Listed::Unreadable { .. } => None,
        });
        Ok(readable.filter(|intent| belongs_to(intent, checkout)).collect())
    }

    async fn list(
        &mut self,
        from: u64,
        before: u64,
        pages: u32,
        request: &CheckoutRequest,
        found: &mut Found,
    ) -> Result<(), Failure> {
        let (mut after, mut limit): (Option<String>, u32) = (None, 100);
        for _ in 0..pages {
            let mut query =
                vec![("created[gte]", from.to_string()), ("created[lt]", before.to_string()), ("limit", limit.to_string())];
            query.extend(after.clone().map(|id| ("starting_after", id)));
            let page: PaymentIntentList = match self.stripe.call(&Call::get(PATH, &query)).await {
                Err(Failure::NoReply(Silence::TooLong)) if limit > SHORT_PAGE => {
                    limit = SHORT_PAGE;
                    continue;
                }
                page => page?.value,
            };
            after = page.data.last().map(id_of);
            for listed in page.data {
                found.add(listed, request);
            }
            let is_paid = found.intents.iter().any(|intent| intent.status == Status::Succeeded);
            if is_paid || !page.has_more || after.is_none() {
                return Ok(());
            }
        }
        found.complete = false;
        Ok(())
    }
}

impl Found {
    fn add(&mut self, listed: Listed, CheckoutRequest { checkout, card, .. }: &CheckoutRequest) {
        match listed {
            Listed::Readable(intent) if belongs_to(&intent, *checkout) => self.intents.push(*intent),
            // Somebody has taken our metadata off it. One that names another checkout is that one's.
            Listed::Readable(intent) if intent.metadata.contains_key(CHECKOUT) => {}
            Listed::Readable(intent) if card.is_some() && intent.payment_method == *card => {
                self.doubtful.get_or_insert(UnknownReason::Unmarked);
            }
            Listed::Unreadable { metadata, .. }
                if metadata.get(CHECKOUT).and_then(|id| id.as_str()) == Some(&checkout.to_string()) =>
            {
                self.doubtful = Some(UnknownReason::Ambiguous);
            }
            Listed::Readable(_) | Listed::Unreadable { .. } => {}
        }
    }
}

fn id_of(listed: &Listed) -> String {
    match listed {
        Listed::Readable(intent) => intent.id.as_str().to_owned(),
        Listed::Unreadable { id, .. } => id.clone(),
    }
}
