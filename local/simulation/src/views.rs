//! What pages can show: every state with its details, without what differs from payment to payment. A test draws all of it.

use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What a page decides by when it draws.
const SHOWN: [&str; 6] = ["state", "open", "detail", "otherTab", "expired", "mayAbandon"];
/// A moment, in milliseconds since 1970.
const MOMENT: u64 = 1_795_309_835_123;

/// A page's view as others may have it, too: ids, moments and cards are the same ones everywhere.
pub(crate) fn typical(view: &Value) -> String {
    let shown: Map<String, Value> = SHOWN.iter().map(|name| ((*name).to_owned(), plain(name, &view[*name]))).collect();
    Value::Object(shown).to_string()
}

fn plain(name: &str, value: &Value) -> Value {
    match (name, value) {
        (_, Value::Object(fields)) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(fields.map(|(name, value)| (name.clone(), plain(name, value))).collect())
        }
        (name, Value::Array(values)) => Value::Array(values.iter().map(|value| plain(name, value)).collect()),
        ("at" | "kept", Value::Number(_)) => json!(MOMENT),
        ("created", Value::Number(_)) => json!(MOMENT / 1000),
        ("payment_intent", Value::String(_)) => json!("pi_1"),
        ("id", Value::String(_)) => json!("pm_1"),
        ("last4", Value::String(_)) => json!("4242"),
        (_, value) => value.clone(),
    }
}

/// Whether all views are in a file, a line each; those that are not can be added. The error is the file's.
#[expect(clippy::print_stdout, reason = "a program for the terminal")]
pub(crate) fn compare(file: &Path, seen: &BTreeSet<String>, add: bool) -> Result<bool, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", file.display());
    let text = if add && !file.exists() { String::new() } else { fs::read_to_string(file).map_err(failed)? };
    let known: BTreeSet<String> = text.lines().map(str::to_owned).collect();
    let new: Vec<_> = seen.difference(&known).collect();
    if add {
        let all: Vec<_> = known.union(seen).map(String::as_str).collect();
        fs::write(file, all.join("\n") + "\n").map_err(failed)?;
    }
    println!("{} views are new{}", new.len(), if add { ", and were added" } else { "" });
    for view in new.iter().take(3).filter(|_| !add) {
        println!("{view}");
    }
    Ok(add || new.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_payments_of_the_same_kind_look_the_same() {
        let view = |id: &str, at: u64| {
            let detail =
                json!({ "payment_intent": id, "at": at, "found": true, "card": { "id": id, "last4": id }, "cart": null });
            typical(&json!({ "state": "unknown", "open": "unknown", "detail": detail, "busy": true }))
        };
        assert_eq!(view("pi_a", 7), view("pi_b", 8));
        assert!(view("pi_a", 7).contains(r#""found":true"#) && !view("pi_a", 7).contains("pi_a"));
    }
}
