//! Which account a key belongs to: the function and `infra/deploy` have one rule (`tests/deploy/test_key.py` reads the same list).

use payments::publishable_key::account_of;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    key: String,
    characters: usize,
    account: Option<String>,
}

#[test]
fn a_key_names_its_account_or_none() {
    let list = include_str!("../../../../tests/deploy/keys.json");
    let entries: Vec<Entry> = serde_json::from_str(list).expect("a list of keys");
    assert!(entries.len() > 4);
    for Entry { key, characters, account } in entries {
        let filled = format!("{key:x<length$}", length = "sk_test_".len() + characters);
        assert_eq!(account_of(&filled), account.as_deref(), "{filled}");
    }
}
