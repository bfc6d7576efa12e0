//! The key that the page uses, and what a key tells of its account.

use std::str::FromStr;

/// A `pk_test_…` or `pk_live_…`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishableKey(String);

impl PublishableKey {
    /// The key as Stripe writes it. It is public.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is a key of live mode.
    pub fn livemode(&self) -> bool {
        self.0.starts_with("pk_live_")
    }

    /// Whether `key` is surely of the same account and mode: the same key, or another one after this was rolled.
    pub fn is_of_the_account_of(&self, key: &str) -> bool {
        account_of(&self.0).is_some_and(|ours| key.starts_with("pk_") && account_of(key) == Some(ours))
    }
}

/// The mode and account that a key of today's form names: `51` and fourteen characters after the mode. No document says so,
/// but all keys of one account share them. `None` for a key of an older form.
pub fn account_of(key: &str) -> Option<&str> {
    let of_mode = key.get("sk_".len()..)?;
    let tail = of_mode.strip_prefix("test_").or_else(|| of_mode.strip_prefix("live_"))?;
    (tail.starts_with("51") && tail.len() > 40).then(|| of_mode.get(.."test_51".len() + 14)).flatten()
}

impl FromStr for PublishableKey {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("pk_test_").or_else(|| text.strip_prefix("pk_live_"));
        match rest {
            Some(rest) if !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric()) => Ok(Self(text.to_owned())),
            _ => Err("must be a publishable key: pk_test_… or pk_live_…"),
        }
    }
}
