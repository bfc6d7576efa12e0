//! Stripe's search query language, as far as the sandbox speaks it: <https://docs.stripe.com/search#search-query-language>.

use std::collections::BTreeMap;

use crate::error::Error;

const MOST_CLAUSES: usize = 10;

/// Clauses of the form `metadata['key']:'value'`, all of which must hold.
#[derive(Debug)]
pub(crate) struct Query {
    clauses: Vec<Clause>,
}

#[derive(Debug, PartialEq, Eq)]
struct Clause {
    key: String,
    /// In small letters: Stripe's exact match does not look at their size.
    value: String,
}

impl Query {
    /// Parses the parameter `query`. Clauses are joined by `AND` or a space.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let (first, mut rest) = clause(text.trim())?;
        let mut clauses = vec![first];
        while !rest.is_empty() {
            let (next, after) = clause(joined(rest)?)?;
            clauses.push(next);
            rest = after;
        }
        if clauses.len() > MOST_CLAUSES {
            return Err(refused(format!("A search query has at most {MOST_CLAUSES} clauses.")));
        }
        Ok(Self { clauses })
    }

    /// Whether every clause holds.
    pub(crate) fn finds(&self, metadata: &BTreeMap<String, String>) -> bool {
        self.clauses.iter().all(|Clause { key, value }| metadata.get(key).is_some_and(|found| found.to_lowercase() == *value))
    }
}

/// The clause at the start of a query, and what follows it.
fn clause(text: &str) -> Result<(Clause, &str), Error> {
    let Some(rest) = text.strip_prefix("metadata[") else { return Err(unsupported(text)) };
    let (key, rest) = quoted(rest)?;
    let rest = rest.strip_prefix(']').ok_or_else(|| unparsed(rest))?;
    let Some(rest) = rest.strip_prefix(':') else { return Err(unsupported(text)) };
    let (value, rest) = quoted(rest)?;
    Ok((Clause { key, value: value.to_lowercase() }, rest))
}

/// What follows the `AND`, or the space, between two clauses.
fn joined(text: &str) -> Result<&str, Error> {
    let rest = text.trim_start();
    if rest.len() == text.len() {
        return Err(unparsed(text));
    }
    match rest.split_once(char::is_whitespace) {
        Some((word, rest)) if word.eq_ignore_ascii_case("and") => Ok(rest.trim_start()),
        _ => Ok(rest),
    }
}

/// The text between quotes, single or double, and what follows it. A backslash escapes a quote.
fn quoted(text: &str) -> Result<(String, &str), Error> {
    let mut characters = text.char_indices();
    let quote = characters.next().map(|(_, quote)| quote).filter(|quote| matches!(quote, '\'' | '"'));
    let mut content = String::new();
    while let Some((at, character)) = characters.next() {
        if Some(character) == quote {
            return Ok((content, &text[at + 1..]));
        }
        match character {
            '\\' => content.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => content.push(character),
        }
    }
    Err(unparsed(text))
}

fn unparsed(rest: &str) -> Error {
    refused(format!("We were unable to parse your search query, from here on: {rest}"))
}

fn unsupported(rest: &str) -> Error {
    let message = format!("The sandbox searches by clauses such as metadata['key']:'value', joined by AND, not by this: {rest}");
    refused(message).code("sandbox_unsupported")
}

fn refused(message: String) -> Error {
    Error::invalid(message).param("query")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_joined_by_and_or_a_space_and_quoted_either_way() {
        let order = |value: &str| Clause { key: "order".to_owned(), value: value.to_owned() };
        for (query, clauses) in [
            ("metadata['order']:'17'", vec![order("17")]),
            (r#" metadata["order"]:"It's" "#, vec![order("it's")]),
            (r"metadata['order']:'It\'s'", vec![order("it's")]),
            ("metadata['order']:'17' AND metadata['order']:'x y'", vec![order("17"), order("x y")]),
            ("metadata['order']:'17' metadata['order']:'and'", vec![order("17"), order("and")]),
        ] {
            assert_eq!(Query::parse(query).unwrap().clauses, clauses, "{query}");
        }
    }

    #[test]
    fn what_is_no_query_is_refused() {
        for query in [
            "",
            "order",
            "status:'succeeded'",
            "metadata['order']",
            "metadata['order']:17",
            "metadata[order]:'17'",
            "metadata['order']:'17",
            "metadata['order']:'17\\",
            "metadata['order']~'17'",
            "metadata['order']:'17'metadata['order']:'17'",
            "metadata['order']:'17' AND",
            "metadata['order']:'17' OR metadata['order']:'18'",
            &"metadata['order']:'17' ".repeat(11),
        ] {
            assert!(Query::parse(query).is_err(), "{query}");
        }
    }
}
