//! The secret's cache: fresh enough for the kill switch, stale rather than absent, and one fetch at a time.

use crate::shop::settings;
use futures_util::future::join_all;
use payments::network::Network;
use payments::now_ms;
use payments::secret::{MAX_AGE, Secret, SecretError};
use payments::trust;
use sandbox::{Fault, Options, Rule, Sandbox};
use secrecy::ExposeSecret as _;
use serde_json::json;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);
/// Whatever is cached is too old.
const NO_AGE: Duration = Duration::ZERO;

async fn secret() -> (Sandbox, Secret) {
    let stripe = Sandbox::start(Options::default()).await.unwrap();
    let settings = settings(&stripe);
    let network = Network::new(trust::client_config(None).unwrap(), &stripe.url()).unwrap();
    let secret = Secret::new(&settings, network, now_ms);
    (stripe, secret)
}

fn fetches(stripe: &Sandbox) -> u64 {
    stripe.faults().seen()[0].matched
}

/// Counts fetches and leaves them alone.
fn watch(stripe: &Sandbox) {
    stripe.faults().set(vec![Rule::new(Fault::Delay { ms: 20 }).on_secret()]);
}

#[tokio::test]
async fn it_is_fetched_once_for_all_who_ask_and_kept_for_its_age() {
    let (stripe, secret) = secret().await;
    watch(&stripe);
    for account in join_all((0..10).map(|_| secret.account(MAX_AGE, LIMIT))).await {
        assert_eq!(account.unwrap().key().expose_secret(), stripe.secret_key());
    }
    assert_eq!(fetches(&stripe), 1);
    secret.account(NO_AGE, LIMIT).await.unwrap();
    assert_eq!(fetches(&stripe), 2);
}

#[tokio::test]
async fn a_dead_key_is_renewed_once_for_all_who_met_it() {
    let (stripe, secret) = secret().await;
    let dead = secret.account(MAX_AGE, LIMIT).await.unwrap();
    stripe.roll_key();
    watch(&stripe);
    for account in join_all((0..10).map(|_| secret.renewed(&dead, LIMIT))).await {
        assert_eq!(account.unwrap().key().expose_secret(), stripe.secret_key());
    }
    assert_eq!(fetches(&stripe), 1);
}

#[tokio::test]
async fn an_outage_is_bridged_by_the_last_value_and_ends_by_itself() {
    for fault in [Fault::Throttled, Fault::Unavailable, Fault::ResetBefore, Fault::HangBefore] {
        let (stripe, secret) = secret().await;
        stripe.faults().set(vec![Rule::new(fault.clone()).on_secret()]);
        let limit = Duration::from_millis(600);
        assert_eq!(
            secret.account(MAX_AGE, limit).await.unwrap_err(),
            SecretError::Unreachable,
            "{fault:?}: nothing to bridge with"
        );
        stripe.faults().clear();
        let key = secret.account(MAX_AGE, LIMIT).await.unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
        stripe.faults().set(vec![Rule::new(fault.clone()).on_secret()]);
        let bridged = secret.account(NO_AGE, limit).await.unwrap();
        assert_eq!(bridged.key().expose_secret(), key.key().expose_secret(), "{fault:?}");
        // What bridges is no younger for it: the first who asks after the outage has the new key.
        stripe.faults().clear();
        stripe.roll_key();
        let renewed = secret.account(Duration::from_millis(30), LIMIT).await.unwrap();
        assert_eq!(renewed.key().expose_secret(), stripe.secret_key(), "{fault:?}");
    }
}

#[tokio::test]
async fn a_secret_that_is_gone_or_spoilt_is_not_bridged() {
    for (fault, error) in [
        (Fault::SecretMissing, SecretError::Missing),
        (Fault::SecretNotJson, SecretError::Unusable("is not a JSON object with a secret_key")),
        (Fault::SecretWithoutKey, SecretError::Unusable("has no secret_key")),
        (Fault::SwitchAccount, SecretError::Unusable("has the key of another account than the publishable key's")),
    ] {
        let (stripe, secret) = secret().await;
        secret.account(MAX_AGE, LIMIT).await.unwrap();
        stripe.faults().set(vec![Rule::new(fault).on_secret()]);
        assert_eq!(secret.account(NO_AGE, LIMIT).await.unwrap_err(), error);
    }
}

#[tokio::test]
async fn the_kill_switch_and_nothing_else_is_read_beside_the_key() {
    let (stripe, secret) = secret().await;
    for (payments, paused) in [(json!("paused"), true), (json!("active"), false), (json!(null), false), (json!(true), false)] {
        let value = json!({ "secret_key": stripe.secret_key(), "payments": payments, "note": "rolled on Friday" });
        stripe.put_secret(&value.to_string());
        assert_eq!(secret.account(NO_AGE, LIMIT).await.unwrap().paused(), paused, "{payments}");
    }
    stripe.put_secret(&json!({ "secret_key": format!(" {}\n", stripe.restricted_key()) }).to_string());
    assert_eq!(secret.account(NO_AGE, LIMIT).await.unwrap().key().expose_secret(), stripe.restricted_key());
}

#[tokio::test]
async fn neither_the_key_nor_its_holder_can_be_printed() {
    let (stripe, secret) = secret().await;
    let account = secret.account(MAX_AGE, LIMIT).await.unwrap();
    assert!(!format!("{account:?}").contains(&stripe.secret_key()));
}
