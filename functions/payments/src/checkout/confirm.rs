//! Another card on a checkout's PaymentIntent after a decline, or the same one after its bank has seen the shopper.
//! <https://docs.stripe.com/api/payment_intents/confirm>

use super::word::Tried;
use super::{Desk, PaymentIntentId, PaymentMethodId, Sight, Word, doubt, intent, judge, judge_after};
use crate::money::Currency;
use crate::outcome::{Doubt, Outcome, Refusal};
use crate::stripe::{Call, Failure, PaymentIntent, Status};
use uuid::Uuid;

/// So many saved 5xx answers are passed over before we stop asking.
const MAX_ROUNDS: u32 = 3;

/// A request to try another card, or to go on after an authentication, checked.
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
    /// `"action": "completed"`: Stripe.js has run the authentication.
    pub action_completed: bool,
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
            _ if found.amount != retry.expected_total || found.currency != retry.currency.code() => {
                Outcome::NotAttempted(Refusal::TotalChanged(found.amount))
            }
            Sight::Authenticated => self.charge_authenticated(&found, &retry.card).await,
            // Whichever card it was: its holder authenticated it for this checkout.
            Sight::Open if retry.action_completed && found.status == Status::RequiresConfirmation => {
                self.charge_authenticated(&found, &retry.card).await
            }
            // Another card is being authenticated meanwhile: a late copy of this request may not end that.
            Sight::Open if retry.action_completed && found.status == Status::RequiresAction => Outcome::Unknown(Doubt::OtherCard),
            Sight::Open if retry.action_completed => Outcome::NotAttempted(Refusal::invalid(
                "action_not_pending",
                "action",
                "No authentication of this card is pending, and nothing was charged.",
            )),
            Sight::Open => self.try_card(&found, &retry.card, retry.receipt_email.as_deref()).await,
        }
    }

    /// Goes on with an unpaid PaymentIntent of the right amount, by what a fresh read showed of it.
    pub(super) async fn go_on(
        &mut self,
        sight: Sight,
        found: &PaymentIntent,
        card: &PaymentMethodId,
        email: Option<&str>,
    ) -> Outcome {
        match sight {
            Sight::Settled(outcome) => outcome,
            Sight::Authenticated => self.charge_authenticated(found, card).await,
            Sight::Open => self.try_card(found, card, email).await,
        }
    }

    /// Confirms `found`, whose card is authenticated and waits for the server. A key for this request alone: an answer
    /// saved under another one would be about an earlier authentication.
    async fn charge_authenticated(&mut self, found: &PaymentIntent, card: &PaymentMethodId) -> Outcome {
        let call = Call::post(&confirm_path(found), &[], format!("till-{}-{}", found.id, Uuid::new_v4()));
        let result = self.stripe.call::<PaymentIntent>(&call).await;
        if let Word::Told(outcome) = Word::of(&result, card) {
            return outcome;
        }
        match (self.read(&found.id).await.map(|fresh| judge(&fresh, card)), result) {
            (Ok(Sight::Settled(outcome)), _) => outcome,
            (Ok(_), Err(failure)) | (Err(failure), _) => self.give_up(&failure),
            (Ok(_), Ok(_)) => Outcome::Unknown(Doubt::Unforeseen),
        }
    }

    /// Confirms `found`, which is unpaid and whose last word is not about `card`, with that card.
    async fn try_card(&mut self, found: &PaymentIntent, card: &PaymentMethodId, email: Option<&str>) -> Outcome {
        let path = confirm_path(found);
        let mut form = vec![intent::field("payment_method", card.as_str()), intent::authentication(found.confirmation_method)];
        form.extend(email.map(|email| intent::field("receipt_email", email)));
        for round in 0..MAX_ROUNDS {
            let call = Call::post(&path, &form, intent::confirm_key(found, card, round));
            let result = self.stripe.call::<PaymentIntent>(&call).await;
            let tried = match Word::of(&result, card) {
                Word::Told(outcome) => return outcome,
                Word::Stale(_, tried) => tried,
                Word::Silent => Tried::sent(card),
            };
            // Lost, saved or refused: the PaymentIntent itself tells what holds now.
            let sight = match self.read(&found.id).await {
                Ok(fresh) => judge_after(&fresh, &tried),
                Err(failure) => return self.give_up(&failure),
            };
            match (sight, result) {
                (Sight::Settled(outcome), _) => return outcome,
                (Sight::Open, Err(Failure::Refused(refused))) if refused.replayed && refused.status >= 500 => {}
                (Sight::Open, Err(failure)) => return self.give_up(&failure),
                (Sight::Open, Ok(_)) => return Outcome::Unknown(Doubt::OtherCard),
                (Sight::Authenticated, _) => return self.charge_authenticated(found, card).await,
            }
        }
        Outcome::Unknown(Doubt::NoReply)
    }
}

fn confirm_path(found: &PaymentIntent) -> String {
    format!("/v1/payment_intents/{}/confirm", found.id)
}
