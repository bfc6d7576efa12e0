//! Stripe's test cards: <https://docs.stripe.com/testing>. Any CVC, any future date.

/// Why a card is declined, as Stripe reports it in errors and on the failed charge.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Decline {
    pub(crate) code: &'static str,
    pub(crate) decline_code: Option<&'static str>,
    pub(crate) message: &'static str,
    pub(crate) advice_code: Option<&'static str>,
    /// The network's own two digits; none where Stripe blocked the payment itself.
    pub(crate) network_decline_code: Option<&'static str>,
}

use Behaviour::{Authenticates, AuthenticatesWhenAsked, Declines, Pays};

/// What happens when a card is charged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Behaviour {
    Pays,
    Declines(&'static Decline),
    /// Wants authentication first; after it, pays or is declined.
    Authenticates(Option<&'static Decline>),
    /// Pays, and is authenticated before that only where the caller asks for it.
    AuthenticatesWhenAsked,
}

/// A test card and the `pm_card_…` ids that stand for it.
#[derive(Debug)]
pub(crate) struct TestCard {
    pub(crate) number: &'static str,
    pub(crate) tokens: &'static [&'static str],
    pub(crate) brand: &'static str,
    pub(crate) country: &'static str,
    pub(crate) funding: &'static str,
    pub(crate) behaviour: Behaviour,
}

impl TestCard {
    pub(crate) fn last4(&self) -> &'static str {
        &self.number[self.number.len() - 4..]
    }

    /// Whether its bank wants to see the shopper; `asked` is the caller's `request_three_d_secure`.
    pub(crate) fn wants_authentication(&self, asked: bool) -> bool {
        matches!(self.behaviour, Authenticates(_)) || (asked && self.behaviour == AuthenticatesWhenAsked)
    }

    /// What charging it comes to, once it is authenticated or need not be.
    pub(crate) fn decline(&self) -> Option<&'static Decline> {
        match self.behaviour {
            Pays | AuthenticatesWhenAsked => None,
            Declines(decline) => Some(decline),
            Authenticates(decline) => decline,
        }
    }

    /// The same for every `PaymentMethod` of one number, as Stripe's is within one account.
    pub(crate) fn fingerprint(&self) -> String {
        let hash = self
            .number
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{hash:016x}")
    }
}

/// The card of that number.
pub(crate) fn by_number(number: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.number == number)
}

/// The card behind a test id such as `pm_card_visa`.
pub(crate) fn by_token(id: &str) -> Option<&'static TestCard> {
    CARDS.iter().find(|card| card.tokens.contains(&id))
}

/// The Luhn check over digits.
pub(crate) fn passes_luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, doubled) if doubled > 9 => doubled - 9,
                (_, doubled) => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

const DECLINED: &str = "Your card was declined.";

const fn declined(decline_code: &'static str, advice_code: Option<&'static str>, network: &'static str) -> Decline {
    Decline {
        code: "card_declined",
        decline_code: Some(decline_code),
        message: DECLINED,
        advice_code,
        network_decline_code: Some(network),
    }
}

const fn plain(code: &'static str, message: &'static str, advice_code: &'static str, network: &'static str) -> Decline {
    Decline { code, decline_code: None, message, advice_code: Some(advice_code), network_decline_code: Some(network) }
}

static GENERIC: Decline = declined("generic_decline", Some("try_again_later"), "05");
static INSUFFICIENT_FUNDS: Decline =
    Decline { message: "Your card has insufficient funds.", ..declined("insufficient_funds", Some("try_again_later"), "51") };
static LOST: Decline = declined("lost_card", Some("do_not_try_again"), "41");
static STOLEN: Decline = declined("stolen_card", Some("do_not_try_again"), "43");
static VELOCITY: Decline = declined("card_velocity_exceeded", Some("try_again_later"), "65");
static EXPIRED: Decline = plain("expired_card", "Your card has expired.", "confirm_card_data", "54");
static INCORRECT_CVC: Decline = plain("incorrect_cvc", "Your card's security code is incorrect.", "confirm_card_data", "N7");
static PROCESSING_ERROR: Decline = plain(
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    "try_again_later",
    "96",
);
static RADAR_BLOCK: Decline = Decline { network_decline_code: None, ..declined("fraudulent", None, "") };

/// A Visa card issued in the United States, on credit: what most test cards are.
const fn visa(number: &'static str, tokens: &'static [&'static str], behaviour: Behaviour) -> TestCard {
    TestCard { number, tokens, brand: "visa", country: "US", funding: "credit", behaviour }
}

static CARDS: &[TestCard] = &[
    visa("4242424242424242", &["pm_card_visa", "pm_card_us"], Pays),
    TestCard { country: "CA", ..visa("4000001240000000", &["pm_card_ca"], Pays) },
    TestCard { funding: "debit", ..visa("4000056655665556", &["pm_card_visa_debit"], Pays) },
    TestCard { brand: "mastercard", ..visa("5555555555554444", &["pm_card_mastercard"], Pays) },
    TestCard { brand: "amex", ..visa("378282246310005", &["pm_card_amex"], Pays) },
    TestCard { brand: "discover", ..visa("6011111111111117", &["pm_card_discover"], Pays) },
    visa("4000000000003055", &["pm_card_threeDSecureOptional"], AuthenticatesWhenAsked),
    visa("4000000000000002", &["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined"], Declines(&GENERIC)),
    visa(
        "4000000000009995",
        &["pm_card_visa_chargeDeclinedInsufficientFunds", "pm_card_chargeDeclinedInsufficientFunds"],
        Declines(&INSUFFICIENT_FUNDS),
    ),
    visa("4000000000009987", &["pm_card_visa_chargeDeclinedLostCard"], Declines(&LOST)),
    visa("4000000000009979", &["pm_card_visa_chargeDeclinedStolenCard"], Declines(&STOLEN)),
    visa("4000000000000069", &["pm_card_chargeDeclinedExpiredCard"], Declines(&EXPIRED)),
    visa("4000000000000127", &["pm_card_chargeDeclinedIncorrectCvc"], Declines(&INCORRECT_CVC)),
    visa("4000000000000119", &["pm_card_chargeDeclinedProcessingError"], Declines(&PROCESSING_ERROR)),
    visa("4000000000006975", &["pm_card_visa_chargeDeclinedVelocityLimitExceeded"], Declines(&VELOCITY)),
    visa("4000000000000341", &["pm_card_chargeCustomerFail"], Declines(&GENERIC)),
    visa("4100000000000019", &["pm_card_radarBlock"], Declines(&RADAR_BLOCK)),
    visa("4000002500003155", &["pm_card_authenticationRequiredOnSetup"], Authenticates(None)),
    visa("4000002760003184", &["pm_card_authenticationRequired"], Authenticates(None)),
    visa("4000000000003220", &["pm_card_threeDSecure2Required"], Authenticates(None)),
    // Set up for off-session payments: a shopper who is present is still asked.
    visa("4000003800000446", &["pm_card_authenticationRequiredSetupForOffSession"], Authenticates(None)),
    // Its bank's page cannot be reached.
    visa("4000008400001280", &["pm_card_threeDSecureRequiredProcessingError"], Declines(&GENERIC)),
    visa("4000008400001629", &["pm_card_threeDSecureRequiredChargeDeclined"], Authenticates(Some(&GENERIC))),
    visa(
        "4000008260003178",
        &["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"],
        Authenticates(Some(&INSUFFICIENT_FUNDS)),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_passes_luhn_and_every_card_has_its_own_number_and_ids() {
        for (place, card) in CARDS.iter().enumerate() {
            assert!(passes_luhn(card.number), "{}", card.number);
            for other in &CARDS[..place] {
                assert_ne!(card.number, other.number);
                assert!(card.tokens.iter().all(|token| !other.tokens.contains(token)), "{:?}", card.tokens);
            }
        }
        assert!(!passes_luhn("4242424242424241"));
    }
}
