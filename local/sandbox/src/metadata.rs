//! Metadata within Stripe's limits: <https://docs.stripe.com/metadata>.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::params::Params;

const MOST_KEYS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

/// Takes `metadata[…]`. An empty value sets no key.
pub(crate) fn take(params: &mut Params) -> Result<BTreeMap<String, String>, Error> {
    let metadata = params.take_map("metadata");
    let refuse = |param: String, message: String| Err(Error::invalid(message).param(&param));
    if metadata.len() > MOST_KEYS {
        let message = format!("You can only specify up to {MOST_KEYS} metadata keys, but {} were given.", metadata.len());
        return refuse("metadata".to_owned(), message);
    }
    for (key, value) in &metadata {
        let (key_length, value_length) = (key.chars().count(), value.chars().count());
        if key.contains(['[', ']']) {
            let message = "Metadata keys cannot contain square brackets, and metadata values must be strings.";
            return refuse("metadata".to_owned(), message.to_owned());
        }
        if key_length > LONGEST_KEY {
            let message = format!(
                "Metadata keys can have up to {LONGEST_KEY} characters, but you passed in a key that is {key_length} characters."
            );
            return refuse("metadata".to_owned(), message);
        }
        if value_length > LONGEST_VALUE {
            let message = format!(
                "Metadata values can have up to {LONGEST_VALUE} characters, but you passed in a value that is {value_length} characters."
            );
            return refuse(format!("metadata[{key}]"), message);
        }
    }
    Ok(metadata.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}
