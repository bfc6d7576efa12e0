//! Money in minor units. No floats, no mixing of currencies.

use serde::Serialize;

/// A currency that the shop can charge in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Currency {
    /// US dollars.
    Usd,
    /// Canadian dollars.
    Cad,
}

impl Currency {
    /// Parses Stripe's form: three lower-case letters.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "usd" => Some(Self::Usd),
            "cad" => Some(Self::Cad),
            _ => None,
        }
    }

    /// The three-letter code in lower case, as Stripe and the HTTP contract write it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Cad => "cad",
        }
    }
}

/// An amount in the currency's minor unit (cents).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Money {
    amount: u64,
    currency: Currency,
}

impl Money {
    /// The largest amount that Stripe charges at once, in minor units.
    /// <https://docs.stripe.com/api/payment_intents/create>: eight digits.
    pub const MAX_AMOUNT: u64 = 99_999_999;

    /// An amount that Stripe can charge, or `None` above [`Self::MAX_AMOUNT`].
    pub fn new(amount: u64, currency: Currency) -> Option<Self> {
        (amount <= Self::MAX_AMOUNT).then_some(Self { amount, currency })
    }

    /// Minor units.
    pub const fn amount(self) -> u64 {
        self.amount
    }

    /// The currency of [`Self::amount`].
    pub const fn currency(self) -> Currency {
        self.currency
    }
}
