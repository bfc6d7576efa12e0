//! `GET /v1/payment_intents/search`: <https://docs.stripe.com/api/payment_intents/search>.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::expand::Expand;
use super::query::Query;
use super::{Call, list, payment_intents};
use crate::error::Error;
use crate::state::State;

const URL: &str = "/v1/payment_intents/search";

/// Finds the intents whose metadata match, newest first, as far as the index has come: a metadata change is found by once it
/// is as old as the lag. What is shown of an intent is what it is now.
pub(crate) fn search(state: &mut State, mut call: Call) -> Result<Value, Error> {
    call.caller.must_be_secret()?;
    let account = call.caller.account;
    let params = &mut call.params;
    let query = Query::parse(&params.require("query")?)?;
    let limit = list::limit(params)?;
    let after = params.take("page")?.map(|page| row_of(&page)).transpose()?;
    let expand = Expand::take(params, call.caller, payment_intents::EXPANDABLE, "data.")?;
    call.params.finish(&[])?;

    let indexed_at = state.clock.now_ms().saturating_sub(state.behaviour.search_lag_ms);
    let rows = state.intents.rows();
    let newest_first = rows.iter().enumerate().rev().filter(|(row, _)| after.is_none_or(|after| *row < after));
    let mut found = newest_first.filter(|(_, intent)| {
        intent.account == account && intent.metadata_at(indexed_at).is_some_and(|metadata| query.finds(metadata))
    });
    let page: Vec<_> = found.by_ref().take(limit).collect();
    let has_more = found.next().is_some();
    let next_page = page.last().filter(|_| has_more).map(|(row, _)| cursor(*row));
    let data: Vec<Value> = page.iter().map(|(_, intent)| expand.apply(state, account, intent.to_json())).collect();
    Ok(json!({ "object": "search_result", "data": data, "has_more": has_more, "next_page": next_page, "url": URL }))
}

/// A page's cursor: opaque, as Stripe's is.
fn cursor(row: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(row.to_string())
}

fn row_of(cursor: &str) -> Result<usize, Error> {
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let row = decoded.and_then(|row| row.parse().ok());
    row.ok_or_else(|| Error::invalid(format!("Invalid page: {cursor}. Send the `next_page` of the page before.")).param("page"))
}
