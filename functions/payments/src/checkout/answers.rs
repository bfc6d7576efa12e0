//! The decision table: what Stripe's answer to a write says of the checkout, and what follows from it.
//!
//! [`next`] is the table; docs/outcomes.md shows it, and a test holds the two together. The facts are Stripe's:
//! <https://docs.stripe.com/api/idempotent_requests>, <https://docs.stripe.com/error-low-level>.

use crate::outcome::{Refusal, UnknownReason};
use crate::stripe::{Answer, Failure, PaymentIntent, Status};

/// Stripe's result of a write to a PaymentIntent.
pub type WriteResult = Result<Answer<PaymentIntent>, Failure>;

/// The code of a bank that saw the same purchase moments ago, and may have approved it then.
const DUPLICATE: &str = "duplicate_transaction";

/// What Stripe answered: the rows of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// 2xx, and the PaymentIntent succeeded.
    Succeeded,
    /// The same, saved when the key was first used.
    SucceededReplayed,
    /// 2xx, with any other status.
    Unpaid,
    /// The same, saved when the key was first used.
    UnpaidReplayed,
    /// 402 of the card that was just tried.
    Declined,
    /// 402 of a bank that may have approved an earlier attempt: `duplicate_transaction`.
    DeclinedDuplicate,
    /// 402 that was saved when the key was first used.
    DeclinedReplayed,
    /// 402 without its PaymentIntent: what was declined cannot be told.
    DeclinedWithoutIntent,
    /// 400, 403 or 404: not executed. Stripe may have saved the answer under the key, or not.
    Rejected,
    /// The same, replayed: its key made nothing, and never will.
    RejectedReplayed,
    /// 401: the API key is dead, and so is the one in the secret.
    Unauthorized,
    /// 400 `idempotency_error`: the key was used before, with other parameters.
    Mismatch,
    /// 409, or `lock_timeout`: another request holds the key or the object.
    InUse,
    /// 429: not executed.
    RateLimited,
    /// 5xx that was saved when the key was first used, whatever became of the payment.
    ErrorReplayed,
    /// 5xx, an unreadable answer, or none at all.
    NoReply,
    /// No connection: not executed.
    NotSent,
}

/// The write that was answered: the columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// Create and confirm, under the checkout's key, for the first send of a checkout.
    CreateFirst,
    /// The same for a re-send.
    CreateAgain,
    /// Confirm the checkout's PaymentIntent with a card. It is never a first send.
    Confirm,
    /// Create the tombstone under the checkout's key.
    Tombstone,
    /// Cancel the checkout's PaymentIntent.
    Cancel,
}

/// What follows: the cells of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The answer is the outcome.
    Tell,
    /// A fresh read of the PaymentIntent decides.
    Read,
    /// The PaymentIntent is looked for by the checkout's id, and then read.
    Find,
    /// The same bytes once more tell whether Stripe saved the answer. If it did not, the request is refused.
    SendAgain,
    /// The next key of this PaymentIntent: this one belongs to another card.
    NextKey,
    /// `not_attempted`; the checkout stays open.
    Refuse,
    /// The key is dead: `not_attempted`, and the checkout is closed.
    Dead,
    /// The tombstone is there: what else has the checkout's id is looked for, then the tombstone is canceled.
    Written,
    /// `unknown`: nothing was executed, and nothing is proved.
    Unknown,
}

impl Row {
    /// Reads the row off Stripe's answer.
    pub fn of(result: &WriteResult) -> Self {
        let refused = match result {
            Ok(Answer { value, replayed }) => {
                return match (value.status == Status::Succeeded, replayed) {
                    (true, false) => Self::Succeeded,
                    (true, true) => Self::SucceededReplayed,
                    (false, false) => Self::Unpaid,
                    (false, true) => Self::UnpaidReplayed,
                };
            }
            Err(Failure::NotSent | Failure::NotAsked) => return Self::NotSent,
            Err(Failure::NoReply(_)) => return Self::NoReply,
            Err(Failure::Refused(refused)) => refused,
        };
        match refused {
            _ if refused.is_decline() && refused.error.payment_intent.is_none() => Self::DeclinedWithoutIntent,
            _ if refused.is_decline() && refused.replayed => Self::DeclinedReplayed,
            _ if refused.is_decline() && refused.error.code.as_deref() == Some(DUPLICATE) => Self::DeclinedDuplicate,
            _ if refused.is_decline() && refused.error.decline_code.as_deref() == Some(DUPLICATE) => Self::DeclinedDuplicate,
            _ if refused.is_decline() => Self::Declined,
            _ if refused.is_mismatch() => Self::Mismatch,
            _ if refused.is_busy() => Self::InUse,
            _ if refused.replayed && matches!(refused.status, 400 | 403 | 404) => Self::RejectedReplayed,
            _ if refused.replayed => Self::ErrorReplayed,
            _ if refused.is_rate_limit() => Self::RateLimited,
            _ if refused.is_unauthorized() => Self::Unauthorized,
            _ if refused.is_rejection() => Self::Rejected,
            _ => Self::NoReply,
        }
    }

    /// Why nobody knows, where nothing more can be found out.
    pub fn reason(self) -> UnknownReason {
        match self {
            Self::Mismatch | Self::ErrorReplayed => UnknownReason::NoTrace,
            Self::InUse => UnknownReason::InUse,
            Self::NoReply | Self::NotSent => UnknownReason::NoReply,
            Self::DeclinedWithoutIntent => UnknownReason::DeclineWithoutIntent,
            Self::UnpaidReplayed | Self::DeclinedReplayed => UnknownReason::OtherCard,
            Self::RateLimited => UnknownReason::RateLimited,
            Self::Rejected | Self::RejectedReplayed | Self::Unauthorized => UnknownReason::NotClosed,
            Self::Succeeded | Self::SucceededReplayed | Self::Unpaid | Self::Declined | Self::DeclinedDuplicate => {
                UnknownReason::Unforeseen
            }
        }
    }
}

/// The table.
pub fn next(write: Write, answer: Row) -> Next {
    use Row as R;
    match (write, answer) {
        (Write::CreateFirst | Write::CreateAgain | Write::Confirm, R::Succeeded | R::Unpaid | R::Declined) => Next::Tell,
        (Write::CreateFirst | Write::CreateAgain, R::SucceededReplayed | R::UnpaidReplayed) => Next::Read,
        (Write::CreateFirst | Write::CreateAgain, R::DeclinedDuplicate | R::DeclinedReplayed) => Next::Read,
        (Write::CreateFirst | Write::CreateAgain, R::Rejected) => Next::SendAgain,
        (Write::CreateFirst | Write::CreateAgain, R::RejectedReplayed) => Next::Dead,
        (Write::CreateFirst | Write::CreateAgain, R::Mismatch | R::InUse | R::ErrorReplayed | R::NoReply) => Next::Find,
        (Write::CreateFirst | Write::CreateAgain, R::DeclinedWithoutIntent) => Next::Find,
        (Write::CreateFirst, R::Unauthorized | R::RateLimited | R::NotSent) => Next::Refuse,
        (Write::CreateAgain, R::Unauthorized | R::RateLimited | R::NotSent) => Next::Unknown,

        (Write::Confirm, R::Mismatch) => Next::NextKey,
        (Write::Confirm, _) => Next::Read,

        (Write::Tombstone, R::Succeeded | R::SucceededReplayed | R::Unpaid | R::UnpaidReplayed) => Next::Written,
        (Write::Tombstone, R::RejectedReplayed) => Next::Dead,
        (Write::Tombstone, R::Rejected | R::Unauthorized | R::RateLimited | R::NotSent) => Next::Unknown,
        (Write::Tombstone, _) => Next::Find,

        (Write::Cancel, R::Succeeded | R::SucceededReplayed | R::Unpaid | R::UnpaidReplayed) => Next::Tell,
        (Write::Cancel, _) => Next::Read,
    }
}

/// What a caller is told of a request that Stripe refused and did not execute. A confirm differs from the requests before
/// it in nothing but its PaymentMethod.
pub(super) fn refusal(failure: &Failure, write: Write) -> Refusal {
    match failure {
        Failure::Refused(refused) if refused.is_rate_limit() => Refusal::RateLimited,
        Failure::Refused(refused) if refused.is_unauthorized() => Refusal::ServiceUnavailable,
        Failure::Refused(refused) if refused.error.param.as_deref() == Some("receipt_email") => {
            Refusal::invalid("email_invalid", "receipt_email", "Stripe does not accept this e-mail address.")
        }
        Failure::Refused(refused)
            if refused.is_about_payment_method() || (write == Write::Confirm && matches!(refused.status, 400 | 404)) =>
        {
            Refusal::invalid(
                "payment_method_invalid",
                "payment_method",
                "Stripe does not accept this PaymentMethod: it is unknown here, or was used before. Make a new one.",
            )
        }
        Failure::Refused(_) => Refusal::StripeRefused,
        Failure::NotSent | Failure::NotAsked | Failure::NoReply(_) => Refusal::ServiceUnavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    const ROWS: [(Row, &str); 17] = [
        (Row::Succeeded, "2xx, `succeeded`"),
        (Row::SucceededReplayed, "2xx, `succeeded`, replayed"),
        (Row::Unpaid, "2xx, another status"),
        (Row::UnpaidReplayed, "2xx, another status, replayed"),
        (Row::Declined, "402"),
        (Row::DeclinedDuplicate, "402 `duplicate_transaction`"),
        (Row::DeclinedReplayed, "402, replayed"),
        (Row::DeclinedWithoutIntent, "402 without its PaymentIntent"),
        (Row::Rejected, "400, 403, 404"),
        (Row::RejectedReplayed, "400, 403, 404, replayed"),
        (Row::Unauthorized, "401"),
        (Row::Mismatch, "400 `idempotency_error`"),
        (Row::InUse, "409, `lock_timeout`"),
        (Row::RateLimited, "429"),
        (Row::ErrorReplayed, "401, 429, 5xx, replayed"),
        (Row::NoReply, "5xx, unreadable, none"),
        (Row::NotSent, "no connection"),
    ];

    /// The table as docs/outcomes.md shows it.
    fn markdown() -> String {
        let writes = [Write::CreateFirst, Write::CreateAgain, Write::Confirm, Write::Tombstone, Write::Cancel];
        let mut table = String::from(
            "| Stripe's answer | create, first send | create, re-send | confirm | tombstone | cancel |\n|---|---|---|---|---|---|\n",
        );
        for (row, name) in ROWS {
            let cells = writes.map(|write| format!("`{:?}`", next(write, row)));
            let _ = writeln!(table, "| {name} | {} |", cells.join(" | "));
        }
        table
    }

    #[test]
    fn the_document_shows_this_table() {
        let document = include_str!("../../../../docs/outcomes.md");
        assert!(document.contains(&markdown()), "docs/outcomes.md must contain:\n{}", markdown());
    }

    #[test]
    fn only_what_stripe_just_did_is_told_without_a_fresh_read() {
        for (row, _) in ROWS {
            for write in [Write::CreateFirst, Write::CreateAgain, Write::Confirm] {
                let told = next(write, row) == Next::Tell;
                assert_eq!(told, matches!(row, Row::Succeeded | Row::Unpaid | Row::Declined), "{write:?} {row:?}");
            }
        }
    }

    /// Whatever makes Stripe answer so comes from a caller's card: no alarm that sends a canary back may count it.
    #[test]
    fn a_decline_without_its_payment_intent_has_a_reason_of_its_own() {
        let body = br#"{"error":{"type":"card_error","code":"card_declined"}}"#;
        let row = Row::of(&crate::stripe::interpret(402, &lambda_http::http::HeaderMap::new(), body));
        assert_eq!((row, row.reason()), (Row::DeclinedWithoutIntent, UnknownReason::DeclineWithoutIntent));
    }

    #[test]
    fn a_resend_is_refused_only_after_its_checkout_is_closed() {
        for (row, _) in ROWS {
            for write in [Write::CreateAgain, Write::Confirm, Write::Tombstone] {
                assert_ne!(next(write, row), Next::Refuse, "{write:?} {row:?}");
            }
        }
    }
}
