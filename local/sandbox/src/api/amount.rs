//! Amounts within Stripe's limits: <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.

use crate::error::Error;
use crate::params::Params;

/// A currency that the sandbox knows, its sign and the least that can be charged, in its minor unit.
struct Currency {
    code: &'static str,
    sign: &'static str,
    least: i64,
}

const CURRENCIES: &[Currency] = &[
    Currency { code: "usd", sign: "$", least: 50 },
    Currency { code: "cad", sign: "$", least: 50 },
    Currency { code: "eur", sign: "€", least: 50 },
    Currency { code: "gbp", sign: "£", least: 30 },
];
const MOST: i64 = 99_999_999;

/// Takes `amount`, in the currency's minor unit, and `currency`, in small letters.
pub(crate) fn take(params: &mut Params) -> Result<(i64, &'static str), Error> {
    let amount = params.take_integer("amount")?.ok_or_else(|| Error::missing("amount"))?;
    let currency = currency(&params.require("currency")?)?;
    let refused = |code: &str, message: String| Err(Error::invalid(message).code(code).param("amount"));
    let Currency { code, sign, least } = *currency;
    match amount {
        ..1 => refused("parameter_invalid_integer", "This value must be greater than or equal to 1.".to_owned()),
        _ if amount < least => refused("amount_too_small", format!("Amount must be at least {sign}0.{least} {code}")),
        _ if amount > MOST => refused("amount_too_large", format!("Amount must be no more than {sign}999,999.99")),
        _ => Ok((amount, code)),
    }
}

/// An amount as Stripe writes it in its messages, such as `$10.99`.
pub(crate) fn written(amount: i64, currency: &str) -> String {
    let sign = CURRENCIES.iter().find(|known| known.code == currency).map_or("", |known| known.sign);
    format!("{sign}{}.{:02}", amount / 100, amount % 100)
}

fn currency(sent: &str) -> Result<&'static Currency, Error> {
    CURRENCIES.iter().find(|currency| currency.code.eq_ignore_ascii_case(sent)).ok_or_else(|| {
        let known: Vec<&str> = CURRENCIES.iter().map(|currency| currency.code).collect();
        let message = format!("Invalid currency: {sent}. The sandbox knows these: {}", known.join(", "));
        Error::invalid(message).param("currency")
    })
}
