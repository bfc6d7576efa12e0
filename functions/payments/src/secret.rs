//! The Stripe key: read from Secrets Manager, kept for a minute, renewed at once when Stripe says that it is dead.
//!
//! The secret is JSON: `{"secret_key": "sk_…" or "rk_…", "payments": "paused"?}`; other fields are ignored.

use crate::network::Network;
use crate::publishable_key::{PublishableKey, account_of};
use crate::settings::{AwsSettings, Settings};
use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::config::{Credentials, SharedCredentialsProvider};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// The kill switch is in the secret, so it may not be older than this when a card is charged.
pub const MAX_AGE: Duration = Duration::from_mins(1);
/// `/api/config` renews it at this age, so that a payment seldom has to.
pub const RENEW_AGE: Duration = Duration::from_secs(30);
/// While Secrets Manager is out of reach the last known key is used for so long.
const STALE_CAP: Duration = Duration::from_mins(15);
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);
const FETCH_ATTEMPT: Duration = Duration::from_millis(1500);

/// What the secret says.
#[derive(Debug)]
pub struct Account {
    key: SecretString,
    paused: bool,
}

impl Account {
    /// The `sk_…` or `rk_…`.
    pub fn key(&self) -> &SecretString {
        &self.key
    }

    /// Whether the kill switch is on.
    pub fn paused(&self) -> bool {
        self.paused
    }
}

/// Why there is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It may be there the next time.
    #[error("Secrets Manager could not be reached")]
    Unreachable,
    /// There is no such secret, it has no value, or the function may not read it.
    #[error("the secret cannot be read: does it exist, has it a value, and may the function read it?")]
    Missing,
    /// What is wrong with its value.
    #[error("the secret {0}")]
    Unusable(&'static str),
}

#[derive(Deserialize)]
struct SecretBody {
    secret_key: Option<SecretString>,
    payments: Option<serde_json::Value>,
}

struct Cached {
    account: Arc<Account>,
    fetched_ms: u64,
}

impl Cached {
    // By the wall clock: a monotonic one may stand still while Lambda keeps the function frozen.
    fn younger_than(&self, age: Duration, now_ms: u64) -> bool {
        now_ms.checked_sub(self.fetched_ms).is_some_and(|elapsed| Duration::from_millis(elapsed) < age)
    }
}

/// The secret and its cache. One fetch is under way at a time; who comes meanwhile waits for it.
pub struct Secret {
    client: Client,
    id: String,
    publishable_key: PublishableKey,
    cached: Mutex<Option<Cached>>,
    refreshes: AtomicU32,
    now_ms: fn() -> u64,
}

impl Secret {
    /// The secret that the settings name, whose key must belong with their publishable key.
    pub fn new(settings: &Settings, network: Network, now_ms: fn() -> u64) -> Self {
        Self {
            client: client(&settings.aws, network),
            id: settings.stripe_secret_id.clone(),
            publishable_key: settings.publishable_key.clone(),
            cached: Mutex::new(None),
            refreshes: AtomicU32::new(0),
            now_ms,
        }
    }

    /// The account's key, at most `max_age` old if Secrets Manager answers within `limit`.
    pub async fn account(&self, max_age: Duration, limit: Duration) -> Result<Arc<Account>, SecretError> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(fresh) if fresh.younger_than(max_age, (self.now_ms)()) => Ok(fresh.account.clone()),
            _ => self.fetch_into(&mut cached, limit).await,
        }
    }

    /// Another key than `dead`, which Stripe no longer takes.
    pub async fn renewed(&self, dead: &Arc<Account>, limit: Duration) -> Result<Arc<Account>, SecretError> {
        let mut cached = self.cached.lock().await;
        match &*cached {
            Some(other) if !Arc::ptr_eq(&other.account, dead) => Ok(other.account.clone()),
            _ => self.fetch_into(&mut cached, limit).await,
        }
    }

    /// How often it was read since this was last asked.
    pub fn take_refreshes(&self) -> u32 {
        self.refreshes.swap(0, Ordering::Relaxed)
    }

    async fn fetch_into(&self, cached: &mut Option<Cached>, limit: Duration) -> Result<Arc<Account>, SecretError> {
        let fetched = tokio::time::timeout(limit.min(FETCH_TIMEOUT), self.fetch()).await;
        match fetched.unwrap_or(Err(SecretError::Unreachable)) {
            Ok(account) => {
                self.refreshes.fetch_add(1, Ordering::Relaxed);
                let account = Arc::new(account);
                *cached = Some(Cached { account: account.clone(), fetched_ms: (self.now_ms)() });
                Ok(account)
            }
            Err(SecretError::Unreachable) => match cached {
                Some(stale) if stale.younger_than(STALE_CAP, (self.now_ms)()) => Ok(stale.account.clone()),
                _ => Err(SecretError::Unreachable),
            },
            Err(error) => {
                *cached = None;
                Err(error)
            }
        }
    }

    async fn fetch(&self) -> Result<Account, SecretError> {
        let output = self.client.get_secret_value().secret_id(&self.id).send().await.map_err(|error| {
            let code = error.as_service_error().and_then(|e| e.meta().code());
            match code {
                Some("ResourceNotFoundException" | "AccessDeniedException" | "DecryptionFailure" | "InvalidRequestException") => {
                    SecretError::Missing
                }
                _ => SecretError::Unreachable,
            }
        })?;
        self.read(output.secret_string().ok_or(SecretError::Unusable("has no text"))?)
    }

    fn read(&self, text: &str) -> Result<Account, SecretError> {
        let body: SecretBody =
            serde_json::from_str(text).map_err(|_| SecretError::Unusable("is not a JSON object with a secret_key"))?;
        let key = body.secret_key.ok_or(SecretError::Unusable("has no secret_key"))?;
        belongs_with(key.expose_secret().trim(), &self.publishable_key).map_err(SecretError::Unusable)?;
        let paused = body.payments.is_some_and(|value| value == "paused");
        Ok(Account { key: SecretString::from(key.expose_secret().trim()), paused })
    }
}

/// Whether a secret key is of the publishable key's mode and account. A key of another account would find none of our
/// payments, and "nothing was charged" would be a guess.
fn belongs_with(secret_key: &str, publishable_key: &PublishableKey) -> Result<(), &'static str> {
    let mode = if publishable_key.livemode() { "live_" } else { "test_" };
    let rest = match secret_key.strip_prefix("sk_").or_else(|| secret_key.strip_prefix("rk_")) {
        Some(rest) if rest.len() > mode.len() => rest,
        _ => return Err("has a secret_key that is not one: sk_… or rk_…"),
    };
    if !rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err("has a secret_key with characters that no key has");
    }
    if !rest.starts_with(mode) {
        return Err("has a key of test mode beside a live publishable key, or the reverse");
    }
    let accounts = (account_of(secret_key), account_of(publishable_key.as_str()));
    if matches!(accounts, (Some(ours), Some(theirs)) if ours != theirs) {
        return Err("has the key of another account than the publishable key's");
    }
    Ok(())
}

/// A client that asks nobody but the settings: the SDK's own chain would look through files and metadata services first.
fn client(aws: &AwsSettings, network: Network) -> Client {
    let token = aws.session_token.as_ref().map(|token| token.expose_secret().to_owned());
    let credentials = Credentials::new(&aws.access_key_id, aws.secret_access_key.expose_secret(), token, None, "environment");
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(network)
        .region(Region::new(aws.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(FETCH_ATTEMPT).build())
        .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(100)));
    if let Some(url) = &aws.endpoint_url {
        config = config.endpoint_url(url);
    }
    Client::new(&config.build())
}
