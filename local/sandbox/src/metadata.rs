//! Metadata within Stripe's limits: <https://docs.stripe.com/metadata>.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::params::Params;

const MOST_KEYS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

type Metadata = BTreeMap<String, String>;

/// Takes `metadata[…]`. An empty value sets no key.
pub(crate) fn take(params: &mut Params) -> Result<Metadata, Error> {
    Changes::take(params)?.applied_to(Metadata::new())
}

/// What an update does to metadata.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Whether all keys are removed first: `metadata=`.
    clear: bool,
    /// Keys to set; those with an empty value are removed.
    set: Metadata,
}

impl Changes {
    /// Takes `metadata[…]`, each key and value within the limits, or `metadata=`.
    pub(crate) fn take(params: &mut Params) -> Result<Self, Error> {
        let clear = params.take_unset("metadata");
        let set = params.take_map("metadata");
        set.iter().try_for_each(|(key, value)| check(key, value))?;
        Ok(Self { clear, set })
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.clear && self.set.is_empty()
    }

    /// What becomes of these metadata.
    pub(crate) fn applied_to(self, mut metadata: Metadata) -> Result<Metadata, Error> {
        if self.clear {
            metadata.clear();
        }
        metadata.extend(self.set);
        metadata.retain(|_, value| !value.is_empty());
        if metadata.len() > MOST_KEYS {
            let message = format!("You can only specify up to {MOST_KEYS} metadata keys, but {} were given.", metadata.len());
            return Err(Error::invalid(message).param("metadata"));
        }
        Ok(metadata)
    }
}

fn check(key: &str, value: &str) -> Result<(), Error> {
    let refuse = |param: &str, message: String| Err(Error::invalid(message).param(param));
    let (key_length, value_length) = (key.chars().count(), value.chars().count());
    if key.contains(['[', ']']) {
        let message = "Metadata keys cannot contain square brackets, and metadata values must be strings.";
        return refuse("metadata", message.to_owned());
    }
    if key_length > LONGEST_KEY {
        let message = format!(
            "Metadata keys can have up to {LONGEST_KEY} characters, but you passed in a key that is {key_length} characters."
        );
        return refuse("metadata", message);
    }
    if value_length > LONGEST_VALUE {
        let message = format!(
            "Metadata values can have up to {LONGEST_VALUE} characters, but you passed in a value that is {value_length} characters."
        );
        return refuse(&format!("metadata[{key}]"), message);
    }
    Ok(())
}
