//! Lists: newest first, by `created` and in pages. <https://docs.stripe.com/api/pagination>

use std::ops::Range;

use serde_json::{Value, json};

use crate::error::Error;
use crate::params::Params;

/// A page that is asked for.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) limit: usize,
    pub(crate) cursor: Cursor,
    /// The Unix seconds at which its objects were created.
    pub(crate) created: Range<u64>,
}

/// Where a page begins.
#[derive(Debug)]
pub(crate) enum Cursor {
    /// With the newest object.
    Newest,
    /// With the one after (older than) that of this id.
    After(String),
    /// It ends with the one before (newer than) that of this id.
    Before(String),
}

impl Page {
    pub(crate) fn take(params: &mut Params) -> Result<Self, Error> {
        let limit = limit(params)?;
        let cursor = match (params.take("starting_after")?, params.take("ending_before")?) {
            (None, None) => Cursor::Newest,
            (Some(id), None) => Cursor::After(id),
            (None, Some(id)) => Cursor::Before(id),
            (Some(_), Some(_)) => {
                return Err(Error::invalid("You cannot parameterize both `starting_after` and `ending_before`."));
            }
        };
        Ok(Self { limit, cursor, created: created(params)? })
    }
}

/// Takes `created[gte]` and the like; without them all of time.
fn created(params: &mut Params) -> Result<Range<u64>, Error> {
    type Seconds = fn(u64) -> Range<u64>;
    let bounds: [(&str, Seconds); 5] = [
        ("created[gt]", |at| at.saturating_add(1)..u64::MAX),
        ("created[gte]", |at| at..u64::MAX),
        ("created[lt]", |at| 0..at),
        ("created[lte]", |at| 0..at.saturating_add(1)),
        ("created", |at| at..at.saturating_add(1)),
    ];
    let mut created = 0..u64::MAX;
    for (name, seconds) in bounds {
        if let Some(at) = params.take_integer(name)? {
            let within = seconds(u64::try_from(at).map_err(|_| Error::invalid_integer(name, &at.to_string()))?);
            created = created.start.max(within.start)..created.end.min(within.end);
        }
    }
    Ok(created)
}

/// Takes `limit`: how many objects make a page.
pub(crate) fn limit(params: &mut Params) -> Result<usize, Error> {
    match params.take_integer("limit")? {
        None => Ok(10),
        Some(limit @ 1..=100) => Ok(usize::try_from(limit).unwrap_or(100)),
        Some(_) => {
            let error = Error::invalid("This value must be between 1 and 100 (inclusive).");
            Err(error.code("parameter_invalid_integer").param("limit"))
        }
    }
}

/// The list object.
pub(crate) fn object(url: &str, data: impl Iterator<Item = Value>, has_more: bool) -> Value {
    let data: Vec<Value> = data.collect();
    json!({ "object": "list", "data": data, "has_more": has_more, "url": url })
}
