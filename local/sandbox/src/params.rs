//! Stripe's form encoding: bracketed keys, lists as `a[]` or `a[0]`, maps as `a[b]`.
//!
//! An endpoint *takes* the parameters it knows; [`Params::finish`] refuses what is left over as `parameter_unknown`.

use std::collections::BTreeMap;

use crate::error::Error;

/// The parameters of one request, in the order they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    left: Vec<(String, String)>,
}

impl Params {
    /// Parses a query string and a form body.
    pub(crate) fn parse(encoded: &[&[u8]]) -> Self {
        let left = encoded.iter().flat_map(|part| form_urlencoded::parse(part).into_owned()).collect();
        Self { left }
    }

    /// The same parameters in one order, to compare a re-send with the first request.
    pub(crate) fn canonical(&self) -> Vec<(String, String)> {
        let mut pairs = self.left.clone();
        pairs.sort();
        pairs
    }

    /// Whether it was sent with this value.
    pub(crate) fn has(&self, name: &str, value: &str) -> bool {
        self.left.iter().any(|(key, sent)| key == name && sent == value)
    }

    /// A scalar; the last one wins if it was sent twice. An empty value is refused: it would unset what cannot be unset.
    pub(crate) fn take(&mut self, name: &str) -> Result<Option<String>, Error> {
        match self.take_raw(name) {
            Some(value) if value.is_empty() => Err(Error::empty(name)),
            value => Ok(value),
        }
    }

    /// A scalar that must be there.
    pub(crate) fn require(&mut self, name: &str) -> Result<String, Error> {
        self.take(name)?.ok_or_else(|| Error::missing(name))
    }

    /// A scalar that an empty value unsets.
    pub(crate) fn take_unless_empty(&mut self, name: &str) -> Option<String> {
        self.take_raw(name).filter(|value| !value.is_empty())
    }

    /// Whether an empty value unsets `name` as a whole. Another value is left for [`Self::finish`] to refuse.
    pub(crate) fn take_unset(&mut self, name: &str) -> bool {
        let before = self.left.len();
        self.left.retain(|(key, value)| key != name || !value.is_empty());
        self.left.len() < before
    }

    pub(crate) fn take_integer(&mut self, name: &str) -> Result<Option<i64>, Error> {
        let Some(value) = self.take(name)? else { return Ok(None) };
        value.parse().map(Some).map_err(|_| Error::invalid_integer(name, &value))
    }

    pub(crate) fn take_bool(&mut self, name: &str) -> Result<Option<bool>, Error> {
        match self.take(name)?.as_deref() {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Error::invalid(format!("Invalid boolean: {other}")).param(name)),
        }
    }

    /// A scalar that must be one of `allowed`.
    pub(crate) fn take_enum(&mut self, name: &str, allowed: &[&'static str]) -> Result<Option<&'static str>, Error> {
        let Some(value) = self.take(name)? else { return Ok(None) };
        let known = allowed.iter().find(|known| **known == value);
        known
            .map(|known| Some(*known))
            .ok_or_else(|| Error::invalid(format!("Invalid {name}: must be one of {}", allowed.join(", "))).param(name))
    }

    /// A list, sent as `name[]` or `name[0]`; `None` if it was not sent.
    pub(crate) fn take_list(&mut self, name: &str) -> Option<Vec<String>> {
        let mut items: Vec<(usize, String)> = Vec::new();
        self.left.retain(|(key, value)| match subkey(key, name) {
            Some("") => {
                items.push((items.len(), value.clone()));
                false
            }
            Some(index) => match index.parse() {
                Ok(index) => {
                    items.push((index, value.clone()));
                    false
                }
                Err(_) => true,
            },
            None => true,
        });
        items.sort_by_key(|(index, _)| *index);
        let items: Vec<String> = items.into_iter().map(|(_, value)| value).collect();
        (!items.is_empty()).then_some(items)
    }

    /// A flat map, sent as `name[key]`.
    pub(crate) fn take_map(&mut self, name: &str) -> BTreeMap<String, String> {
        let mut map = BTreeMap::new();
        self.left.retain(|(key, value)| match subkey(key, name) {
            Some(sub) if !sub.is_empty() => {
                map.insert(sub.to_owned(), value.clone());
                false
            }
            _ => true,
        });
        map
    }

    /// Refuses what no one has taken: as unknown, or as one of those that Stripe knows and the sandbox does not.
    pub(crate) fn finish(self, unsupported: &[&str]) -> Result<(), Error> {
        let mut unknown: Vec<String> = Vec::new();
        for (key, _) in self.left {
            let name = key.split('[').next().unwrap_or_default();
            if unsupported.contains(&name) {
                return Err(Error::unsupported(name));
            }
            if !unknown.contains(&key) {
                unknown.push(key);
            }
        }
        if unknown.is_empty() { Ok(()) } else { Err(Error::unknown_parameters(&unknown)) }
    }

    /// A scalar as it was sent, if only to unset what it names.
    pub(crate) fn take_raw(&mut self, name: &str) -> Option<String> {
        let mut found = None;
        self.left.retain_mut(|(key, value)| {
            let matches = key == name;
            if matches {
                found = Some(std::mem::take(value));
            }
            !matches
        });
        found
    }
}

/// `subkey("metadata[a]", "metadata")` is `Some("a")`; of a deeper key everything between the outer brackets.
fn subkey<'a>(key: &'a str, name: &str) -> Option<&'a str> {
    key.strip_prefix(name)?.strip_prefix('[')?.strip_suffix(']')
}

/// An e-mail address, as far as its form says so.
pub(crate) fn email(name: &str, value: Option<String>) -> Result<Option<String>, Error> {
    let well_formed = |email: &str| {
        email.split_once('@').is_some_and(|(local, domain)| {
            let dotted = domain.split_once('.').is_some_and(|(name, end)| !name.is_empty() && !end.is_empty());
            !local.is_empty() && dotted && !domain.contains('@') && !email.contains(char::is_whitespace)
        })
    };
    match value {
        Some(email) if !well_formed(&email) => {
            Err(Error::invalid(format!("Invalid email address: {email}")).code("email_invalid").param(name))
        }
        email => Ok(email),
    }
}
