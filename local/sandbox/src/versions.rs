//! Versions of Stripe's API, and the behaviour that changed with them: <https://docs.stripe.com/changelog>.

use crate::error::Error;

/// The version of requests that name none, as an account's own default.
pub(crate) const DEFAULT: &str = "2026-07-29.dahlia";

/// The named release trains and the day of each one's first version; versions before the first have no name.
const TRAINS: &[(&str, &str)] = &[
    ("acacia", "2024-09-30"),
    ("basil", "2025-03-31"),
    ("clover", "2025-09-30"),
    ("dahlia", "2026-03-25"),
    ("endive", "2026-09-30"),
];

/// A version such as `2026-07-29.dahlia`.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    date: String,
}

impl Version {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let (date, name) = text.split_once('.').map_or((text, None), |(date, name)| (date, Some(name)));
        let train = TRAINS.iter().rev().find(|(_, first)| date >= *first).map(|(name, _)| *name);
        if !is_date(date) || name != train {
            let message =
                format!("Invalid Stripe API version: {text}. You can find the versions at https://docs.stripe.com/upgrades.");
            return Err(Error::invalid(message));
        }
        Ok(Self { date: date.to_owned() })
    }

    /// Whether a payment without `payment_method_types` takes whatever the Dashboard is set to.
    pub(crate) fn has_dynamic_payment_methods(&self) -> bool {
        self.date.as_str() >= "2023-08-16"
    }

    /// Whether `payment_method_types` can be written.
    pub(crate) fn takes_payment_method_types(&self) -> bool {
        self.date.as_str() < "2026-09-30"
    }
}

/// `YYYY-MM-DD`, since Stripe's first version.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else { return false };
    let digits = |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    digits(year, 4)
        && digits(month, 2)
        && digits(day, 2)
        && ("01"..="12").contains(month)
        && ("01"..="31").contains(day)
        && text >= "2011-01-01"
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn a_version_is_a_date_and_the_name_of_its_train() {
        for known in ["2022-11-15", "2023-08-16", "2024-09-30.acacia", "2026-07-29.dahlia", "2026-10-28.endive"] {
            assert!(Version::parse(known).is_ok(), "{known}");
        }
        for unknown in ["", "latest", "2026-07-29", "2022-11-15.acacia", "2026-07-29.endive", "2026-13-01.endive", "26-1-1"] {
            assert!(Version::parse(unknown).is_err(), "{unknown}");
        }
    }
}
