//! Lists: newest first, by `created` and in pages.

use serde_json::{Value, json};

use crate::error::Error;
use crate::params::Params;

/// A page that is asked for.
#[derive(Debug)]
pub(crate) struct Page {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
    created: Vec<(Bound, u64)>,
}

#[derive(Clone, Copy, Debug)]
enum Bound {
    Gt,
    Gte,
    Lt,
    Lte,
    Equal,
}

impl Page {
    pub(crate) fn take(params: &mut Params) -> Result<Self, Error> {
        let limit = limit(params)?;
        let after = params.take("starting_after")?;
        let before = params.take("ending_before")?;
        if after.is_some() && before.is_some() {
            return Err(Error::invalid("You cannot parameterize both `starting_after` and `ending_before`."));
        }
        let mut created = Vec::new();
        let bounds = [
            ("created[gt]", Bound::Gt),
            ("created[gte]", Bound::Gte),
            ("created[lt]", Bound::Lt),
            ("created[lte]", Bound::Lte),
            ("created", Bound::Equal),
        ];
        for (name, bound) in bounds {
            if let Some(at) = params.take_integer(name)? {
                let at = u64::try_from(at).map_err(|_| Error::invalid_integer(name, &at.to_string()))?;
                created.push((bound, at));
            }
        }
        Ok(Self { limit, after, before, created })
    }

    /// The page of `objects`, which come newest first, and whether there are more; `key` gives an object's id and its `created`.
    pub(crate) fn of<'a, T>(
        &self,
        mut objects: impl Iterator<Item = &'a T>,
        object: &str,
        key: impl Fn(&T) -> (&str, u64),
    ) -> Result<(Vec<&'a T>, bool), Error> {
        if let Some(id) = &self.after
            && !objects.any(|item| key(item).0 == id)
        {
            return Err(Error::no_such(400, object, "starting_after", id));
        }
        if let Some(id) = &self.before {
            let mut newer = Vec::new();
            loop {
                match objects.next() {
                    Some(item) if key(item).0 == id => break,
                    Some(item) => newer.push(item),
                    None => return Err(Error::no_such(400, object, "ending_before", id)),
                }
            }
            newer.retain(|item| self.admits(key(item).1));
            let start = newer.len().saturating_sub(self.limit);
            return Ok((newer.split_off(start), start > 0));
        }
        let mut matching = objects.filter(|item| self.admits(key(item).1));
        let page = matching.by_ref().take(self.limit).collect();
        Ok((page, matching.next().is_some()))
    }

    fn admits(&self, created: u64) -> bool {
        self.created.iter().all(|(bound, at)| match bound {
            Bound::Gt => created > *at,
            Bound::Gte => created >= *at,
            Bound::Lt => created < *at,
            Bound::Lte => created <= *at,
            Bound::Equal => created == *at,
        })
    }
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
