//! What a caller is told of a declined card.
//!
//! Stripe's codes: <https://docs.stripe.com/declines/codes>. Those that speak of fraud or theft reach nobody by name, as
//! that page asks: a thief who is told "stolen" knows to try the next card.

use crate::stripe::CardError;
use serde::Serialize;

/// What the shopper can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// A number, date or code was mistyped.
    CorrectDetails,
    /// This card will not do.
    UseAnotherCard,
    /// The same card may do, a little later.
    TryAgain,
    /// Only the card's bank knows.
    ContactIssuer,
}

/// A decline as it leaves the function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decline {
    #[serde(rename = "type")]
    kind: &'static str,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decline_code: Option<String>,
    message: &'static str,
    advice: Advice,
}

impl Decline {
    /// The code, as Stripe names it or as it was masked.
    pub fn code(&self) -> &str {
        self.decline_code.as_deref().unwrap_or(&self.code)
    }
}

impl From<&CardError> for Decline {
    fn from(error: &CardError) -> Self {
        let reason = error.decline_code.as_deref().or(error.code.as_deref()).unwrap_or_default();
        let (code, decline_code) = match reason {
            // Stripe's documents give the same refusal three names.
            "authentication_required"
            | "authentication_not_handled"
            | "requires_action_not_handled"
            | "payment_intent_action_required" => {
                ("authentication_required".to_owned(), Some("authentication_not_handled".to_owned()))
            }
            _ if is_plain(reason) => ("card_declined".to_owned(), Some("generic_decline".to_owned())),
            _ => (error.code.clone().unwrap_or_else(|| "card_declined".to_owned()), error.decline_code.clone()),
        };
        let (advice, message) = advise(reason);
        Self { kind: "card_error", code, decline_code, message, advice }
    }
}

/// Whether nothing but "declined" may be said: masked codes, and codes that Stripe has not published.
fn is_plain(reason: &str) -> bool {
    MASKED.contains(&reason) || !(PUBLISHED.contains(&reason) || reason == "card_declined")
}

/// Codes of fraud and theft. Stripe names the first four; that the others belong here is inferred.
const MASKED: [&str; 7] =
    ["fraudulent", "lost_card", "stolen_card", "merchant_blacklist", "pickup_card", "restricted_card", "security_violation"];

const PUBLISHED: [&str; 48] = [
    "approve_with_id",
    "call_issuer",
    "card_not_supported",
    "card_velocity_exceeded",
    "currency_not_supported",
    "do_not_honor",
    "do_not_try_again",
    "duplicate_transaction",
    "expired_card",
    "generic_decline",
    "incorrect_address",
    "incorrect_cvc",
    "incorrect_number",
    "incorrect_pin",
    "incorrect_zip",
    "insufficient_funds",
    "invalid_account",
    "invalid_amount",
    "invalid_cvc",
    "invalid_expiry_month",
    "invalid_expiry_year",
    "invalid_number",
    "invalid_pin",
    "issuer_not_available",
    "new_account_information_available",
    "no_action_taken",
    "not_permitted",
    "offline_pin_required",
    "online_or_offline_pin_required",
    "pin_try_exceeded",
    "processing_error",
    "reenter_transaction",
    "revocation_of_all_authorizations",
    "revocation_of_authorization",
    "service_not_allowed",
    "stop_payment_order",
    "testmode_decline",
    "transaction_not_allowed",
    "try_again_later",
    "withdrawal_count_limit_exceeded",
    "authentication_required",
    "authentication_not_handled",
    "requires_action_not_handled",
    "payment_intent_action_required",
    "payment_intent_authentication_failure",
    "payment_intent_payment_attempt_expired",
    "live_mode_test_card",
    "test_mode_live_card",
];

/// The advice for a reason, and the sentence for callers of the API; the page has words of its own.
fn advise(reason: &str) -> (Advice, &'static str) {
    match reason {
        "incorrect_number" | "invalid_number" => (Advice::CorrectDetails, "The card number is incorrect."),
        "incorrect_cvc" | "invalid_cvc" => (Advice::CorrectDetails, "The card's security code is incorrect."),
        "invalid_expiry_month" | "invalid_expiry_year" => (Advice::CorrectDetails, "The card's expiration date is incorrect."),
        "incorrect_zip" | "incorrect_address" => (Advice::CorrectDetails, "The billing address does not match the card's."),
        "incorrect_pin" => (Advice::CorrectDetails, "The card's PIN is incorrect."),
        "expired_card" => (Advice::UseAnotherCard, "The card has expired."),
        "insufficient_funds" | "withdrawal_count_limit_exceeded" | "card_velocity_exceeded" => {
            (Advice::UseAnotherCard, "The card's funds or limit do not suffice.")
        }
        "card_not_supported" => (Advice::UseAnotherCard, "The card does not support this kind of purchase."),
        "currency_not_supported" => (Advice::UseAnotherCard, "The card does not support this currency."),
        "authentication_required"
        | "authentication_not_handled"
        | "requires_action_not_handled"
        | "payment_intent_action_required" => {
            (Advice::UseAnotherCard, "The card's bank asks for an authentication that this shop does not offer.")
        }
        "live_mode_test_card" | "test_mode_live_card" => {
            (Advice::UseAnotherCard, "A test card cannot pay a live checkout, nor a real card a test one.")
        }
        "approve_with_id" | "issuer_not_available" | "processing_error" | "reenter_transaction" | "try_again_later" => {
            (Advice::TryAgain, "The card could not be processed just now.")
        }
        "payment_intent_authentication_failure" => {
            (Advice::UseAnotherCard, "The authentication with the card's bank was not completed.")
        }
        "payment_intent_payment_attempt_expired" => (Advice::TryAgain, "The authentication with the card's bank took too long."),
        "duplicate_transaction" => {
            (Advice::TryAgain, "The bank saw the same purchase moments ago: look first whether it is paid.")
        }
        _ => (Advice::ContactIssuer, "The card was declined."),
    }
}
