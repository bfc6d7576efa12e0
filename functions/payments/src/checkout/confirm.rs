//! Another card on a checkout's PaymentIntent, after a decline.
//! <https://docs.stripe.com/api/payment_intents/confirm>

use super::{Desk, PaymentIntentId, PaymentMethodId, Sight, Word, doubt, intent, judge};
use crate::money::Currency;
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::stripe::{Call, Failure, PaymentIntent};

/// So many saved 5xx answers are passed over before we stop asking.
const MAX_ROUNDS: u32 = 3;

/// A request to try another card, checked.
pub struct Retry {
    /// Which PaymentIntent.
    pub payment_intent: PaymentIntentId,
    /// The other card.
    pub card: PaymentMethodId,
    /// What the shopper saw, in minor units.
    pub expected_total: u64,
    /// And its currency.
    pub currency: Currency,
    /// Where Stripe sends the receipt.
    pub receipt_email: Option<String>,
}

impl Desk<'_> {
    /// Tries another card, if the PaymentIntent is this checkout's and of the amount that the shopper saw.
    pub(super) async fn confirm(&mut self, retry: &Retry) -> Outcome {
        let found = match self.read(retry.payment_intent.as_str()).await {
            Ok(found) if intent::belongs_to(&found, self.checkout) => found,
            Ok(_) => return Outcome::NotAttempted(Refusal::UnknownPaymentIntent),
            Err(Failure::Refused(refused)) if refused.status == 404 => {
                return Outcome::NotAttempted(Refusal::UnknownPaymentIntent);
            }
            Err(failure) => return Outcome::Unknown(doubt(&failure)),
        };
        if intent::is_tombstone(&found) {
            return self.cancel(&found).await.refusing(Refusal::CheckoutClosed);
        }
        match judge(&found, &retry.card) {
            Sight::Settled(outcome) => outcome,
            Sight::Open if found.amount != retry.expected_total || found.currency != retry.currency.code() => {
                Outcome::NotAttempted(Refusal::TotalChanged(found.amount))
            }
            Sight::Open => self.try_card(found, &retry.card, retry.receipt_email.as_deref()).await,
        }
    }

    /// Confirms `found`, which is unpaid and whose last word is not about `card`, with that card.
    pub(super) async fn try_card(&mut self, found: PaymentIntent, card: &PaymentMethodId, email: Option<&str>) -> Outcome {
        let path = format!("/v1/payment_intents/{}/confirm", found.id);
        let mut form = vec![intent::field("payment_method", card.as_str()), intent::field("error_on_requires_action", "true")];
        form.extend(email.map(|email| intent::field("receipt_email", email)));
        for round in 0..MAX_ROUNDS {
            let call = Call::post(&path, &form, intent::confirm_key(&found, card, round));
            let result = self.stripe.call::<PaymentIntent>(&call).await;
            if let Word::Told(outcome) = Word::of(&result, card) {
                return outcome;
            }
            // Lost, saved or refused: the PaymentIntent itself tells what holds now.
            let sight = match self.read(&found.id).await {
                Ok(fresh) => judge(&fresh, card),
                Err(failure) => return self.give_up(&failure),
            };
            match (sight, result) {
                (Sight::Settled(outcome), _) => return outcome,
                (Sight::Open, Err(Failure::Refused(refused))) if refused.replayed && refused.status >= 500 => {}
                (Sight::Open, Err(failure)) => return self.give_up(&failure),
                (Sight::Open, Ok(_)) => return Outcome::Unknown(Doubt::OtherCard),
            }
        }
        Outcome::Unknown(Doubt::NoReply)
    }
}
