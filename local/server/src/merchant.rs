//! Whose Stripe it is: the sandbox's, or the developer's own account in test mode.

use sandbox::{Options, Sandbox};
use serde_json::json;
use std::{env, io};
use uuid::Uuid;

/// Where the keys come from.
pub(crate) enum Merchant {
    /// Keys and Stripe are the sandbox's.
    Sandboxed,
    /// Stripe's own test mode; only Secrets Manager is the sandbox's.
    TestMode {
        /// Random: with it the function alone, in this process, reads the secret.
        access_key_id: String,
        /// `sk_test_…` or `rk_test_…`
        secret_key: String,
        /// `pk_test_…`
        publishable_key: String,
    },
}

/// Settings of the function that may be given on the command line; the rest is fixed here.
const PASSED_THROUGH: [&str; 2] = ["CARD_AUTHENTICATION", "STATEMENT_DESCRIPTOR_SUFFIX"];

impl Merchant {
    /// Reads `STRIPE_SECRET_KEY` and `STRIPE_PUBLISHABLE_KEY`: both, or neither.
    pub(crate) fn from_env() -> Result<Self, String> {
        let given = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let (secret_key, publishable_key) = match (given("STRIPE_SECRET_KEY"), given("STRIPE_PUBLISHABLE_KEY")) {
            (None, None) => return Ok(Self::Sandboxed),
            (Some(_), None) => return Err("STRIPE_SECRET_KEY is set, but STRIPE_PUBLISHABLE_KEY (pk_test_…) is not".to_owned()),
            (None, Some(_)) => return Err("STRIPE_PUBLISHABLE_KEY is set, but STRIPE_SECRET_KEY (sk_test_…) is not".to_owned()),
            (Some(secret), Some(publishable)) => (secret, publishable),
        };
        if ["sk_live_", "rk_live_"].iter().any(|live| secret_key.starts_with(live)) || publishable_key.starts_with("pk_live_") {
            return Err("a live key does not belong on a developer's machine: use the keys of test mode (sk_test_…, pk_test_…)"
                .to_owned());
        }
        if !["sk_test_", "rk_test_"].iter().any(|test| secret_key.starts_with(test)) {
            return Err("STRIPE_SECRET_KEY must be a secret or restricted key of test mode: sk_test_… or rk_test_…".to_owned());
        }
        let access_key_id = format!("till-{}", Uuid::new_v4().simple());
        Ok(Self::TestMode { access_key_id, secret_key, publishable_key })
    }

    pub(crate) fn is_sandboxed(&self) -> bool {
        matches!(self, Self::Sandboxed)
    }

    /// Starts the sandbox; beside Stripe's own test mode only its Secrets Manager is used.
    pub(crate) async fn start_sandbox(&self, port: u16, storefront_port: u16) -> io::Result<Sandbox> {
        let secret_only_for = match self {
            Self::Sandboxed => None,
            Self::TestMode { access_key_id, .. } => Some(access_key_id.clone()),
        };
        let options = Options { port, storefront_port: Some(storefront_port), secret_only_for, ..Options::default() };
        let sandbox = Sandbox::start(options).await?;
        if let Self::TestMode { secret_key, .. } = self {
            sandbox.put_secret(&json!({ "secret_key": secret_key }).to_string());
        }
        Ok(sandbox)
    }

    /// The environment that the function would have on Lambda.
    pub(crate) fn function_settings(&self, sandbox: &Sandbox, site_origin: &str) -> Vec<(String, String)> {
        let mut vars = vec![
            ("STRIPE_SECRET_ID", sandbox.secret_id().to_owned()),
            ("AWS_ENDPOINT_URL", sandbox.url()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "sandbox".to_owned()),
            ("SITE_ORIGIN", site_origin.to_owned()),
            ("STAGE", "local".to_owned()),
        ];
        match self {
            Self::Sandboxed => {
                vars.extend([
                    ("AWS_ACCESS_KEY_ID", "sandbox".to_owned()),
                    ("STRIPE_PUBLISHABLE_KEY", sandbox.publishable_key()),
                    ("STRIPE_API_BASE", sandbox.url()),
                ]);
            }
            Self::TestMode { access_key_id, publishable_key, .. } => {
                vars.extend([("AWS_ACCESS_KEY_ID", access_key_id.clone()), ("STRIPE_PUBLISHABLE_KEY", publishable_key.clone())]);
            }
        }
        vars.extend(PASSED_THROUGH.into_iter().filter_map(|name| Some((name, env::var(name).ok()?))));
        vars.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
