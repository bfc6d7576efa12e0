//! The function's settings: environment variables, read once at start, every fault reported together and by name.

use crate::catalog::{Listed, PRICE_LIST};
use crate::publishable_key::PublishableKey;
use secrecy::SecretString;
use serde::Serialize;
use std::{collections::BTreeMap, fmt, path::PathBuf, str::FromStr};

/// What happens to a card that wants authentication by its bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CardAuthentication {
    /// It is declined: Stripe's guide "Card payments without bank authentication".
    Decline,
    /// The page lets the bank see the shopper: Stripe's guide "Upgrade your integration to handle card authentication".
    Handle,
}

impl CardAuthentication {
    /// What it was before it was switched.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Decline => Self::Handle,
            Self::Handle => Self::Decline,
        }
    }
}

/// All settings, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name or ARN of the secret in Secrets Manager.
    pub stripe_secret_id: String,
    /// The `pk_…` that the page must be using.
    pub publishable_key: PublishableKey,
    /// Decline or handle cards that want authentication.
    pub card_authentication: CardAuthentication,
    /// Where Stripe's API is; plain HTTP only on loopback.
    pub stripe_api_base: String,
    /// The one `Origin` that may call, if one is set.
    pub site_origin: Option<String>,
    /// Values of `x-origin-verify` that CloudFront sends; none: not checked.
    pub origin_verify: Vec<SecretString>,
    /// The stage's name, a dimension of the metrics.
    pub stage: String,
    /// What is added to the account's statement descriptor.
    pub statement_descriptor_suffix: Option<String>,
    /// What an order is priced by: what is compiled in, unless two versions are simulated side by side.
    pub price_list: &'static [Listed],
    /// For the AWS SDK.
    pub aws: AwsSettings,
    /// `SSL_CERT_FILE`: a PEM file of certificate authorities to trust besides the built-in ones.
    pub extra_authorities: Option<PathBuf>,
}

/// What the AWS SDK is told. Lambda gives a function its credentials as variables.
#[derive(Clone, Debug)]
pub struct AwsSettings {
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ENDPOINT_URL`: an emulator.
    pub endpoint_url: Option<String>,
    /// `AWS_ACCESS_KEY_ID`
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`
    pub secret_access_key: SecretString,
    /// `AWS_SESSION_TOKEN`, of a role's session.
    pub session_token: Option<SecretString>,
}

/// Every setting that is wrong or missing, with what is wrong with it. Never a value: it may be a secret in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError(Vec<(&'static str, &'static str)>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (name, why)) in self.0.iter().enumerate() {
            write!(f, "{}{name} {why}", if n == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for SettingsError {}

/// Reads variables and collects what is wrong with them. An empty variable counts as missing.
struct Reader {
    vars: BTreeMap<String, String>,
    wrong: Vec<(&'static str, &'static str)>,
}

impl Reader {
    fn optional<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, &'static str>) -> Option<T> {
        let value = self.vars.get(name)?;
        parse(value).map_err(|why| self.wrong.push((name, why))).ok()
    }

    fn required<T>(&mut self, name: &'static str, parse: impl FnOnce(&str) -> Result<T, &'static str>) -> Option<T> {
        if !self.vars.contains_key(name) {
            self.wrong.push((name, "is missing"));
        }
        self.optional(name, parse)
    }
}

/// The stage that lines are logged under while the settings are wrong: never the value of one that is.
pub fn stage_or_default(value: Option<&str>) -> String {
    value.and_then(|value| stage(value.trim()).ok()).filter(|stage| !stage.is_empty()).unwrap_or_else(|| "dev".to_owned())
}

impl Settings {
    /// Reads the settings from environment variables, given as pairs so that tests need not touch the process.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        let vars = vars.into_iter().map(|(k, v)| (k, v.trim().to_owned())).filter(|(_, v)| !v.is_empty()).collect();
        let mut read = Reader { vars, wrong: Vec::new() };
        let stripe_secret_id = read.required("STRIPE_SECRET_ID", text);
        let publishable_key = read.required("STRIPE_PUBLISHABLE_KEY", PublishableKey::from_str);
        let card_authentication = read.optional("CARD_AUTHENTICATION", card_authentication);
        let stripe_api_base = read.optional("STRIPE_API_BASE", endpoint);
        let site_origin = read.optional("SITE_ORIGIN", origin);
        let origin_verify = read.optional("ORIGIN_VERIFY", origin_verify);
        let stage = read.optional("STAGE", stage);
        let statement_descriptor_suffix = read.optional("STATEMENT_DESCRIPTOR_SUFFIX", statement_descriptor_suffix);
        let region = read.optional("AWS_REGION", text).or_else(|| read.optional("AWS_DEFAULT_REGION", text));
        let endpoint_url =
            read.optional("AWS_ENDPOINT_URL_SECRETS_MANAGER", endpoint).or_else(|| read.optional("AWS_ENDPOINT_URL", endpoint));
        let is_live = publishable_key.as_ref().is_some_and(PublishableKey::livemode);
        let extra_authorities = read.optional("SSL_CERT_FILE", |file| {
            // Whoever could set it could read the live key on its way to Stripe.
            if is_live { Err("must not be set beside a live key") } else { Ok(PathBuf::from(file)) }
        });
        let access_key_id = read.required("AWS_ACCESS_KEY_ID", text);
        let secret_access_key = read.required("AWS_SECRET_ACCESS_KEY", secret);
        let session_token = read.optional("AWS_SESSION_TOKEN", secret);
        let required = (stripe_secret_id, publishable_key, access_key_id, secret_access_key);
        let (Some(stripe_secret_id), Some(publishable_key), Some(access_key_id), Some(secret_access_key)) = required else {
            return Err(SettingsError(read.wrong));
        };
        if !read.wrong.is_empty() {
            return Err(SettingsError(read.wrong));
        }
        Ok(Self {
            stripe_secret_id,
            publishable_key,
            card_authentication: card_authentication.unwrap_or(CardAuthentication::Decline),
            stripe_api_base: stripe_api_base.unwrap_or_else(|| "https://api.stripe.com".to_owned()),
            site_origin,
            origin_verify: origin_verify.unwrap_or_default(),
            stage: stage.unwrap_or_else(|| "dev".to_owned()),
            statement_descriptor_suffix,
            price_list: PRICE_LIST,
            aws: AwsSettings {
                region: region.unwrap_or_else(|| "us-east-1".to_owned()),
                endpoint_url,
                access_key_id,
                secret_access_key,
                session_token,
            },
            extra_authorities,
        })
    }
}

#[expect(clippy::unnecessary_wraps, reason = "one of several parsers")]
fn text(value: &str) -> Result<String, &'static str> {
    Ok(value.to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "one of several parsers")]
fn secret(value: &str) -> Result<SecretString, &'static str> {
    Ok(SecretString::from(value))
}

fn card_authentication(value: &str) -> Result<CardAuthentication, &'static str> {
    match value {
        "decline" => Ok(CardAuthentication::Decline),
        "handle" => Ok(CardAuthentication::Handle),
        _ => Err("must be decline or handle"),
    }
}

/// Where a key is sent to, of Stripe's or of AWS's: one rule for all. A key never travels in the clear; on loopback there is
/// nobody to hear it.
fn endpoint(value: &str) -> Result<String, &'static str> {
    let url: reqwest::Url = value.parse().map_err(|_| "must be a URL")?;
    let loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        Ok(value.trim_end_matches('/').to_owned())
    } else {
        Err("must be an https URL (http only on loopback)")
    }
}

fn origin(value: &str) -> Result<String, &'static str> {
    let why = "must be an origin: scheme, host and port, nothing after";
    let url: reqwest::Url = value.parse().map_err(|_| why)?;
    (url.origin().ascii_serialization() == value).then(|| value.to_owned()).ok_or(why)
}

fn origin_verify(value: &str) -> Result<Vec<SecretString>, &'static str> {
    let values: Vec<_> = value.split(',').map(str::trim).filter(|v| !v.is_empty()).map(SecretString::from).collect();
    if (1..=2).contains(&values.len()) { Ok(values) } else { Err("must be one or two values, separated by a comma") }
}

fn stage(value: &str) -> Result<String, &'static str> {
    let fits = value.len() <= 32 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fits.then(|| value.to_owned()).ok_or("must be at most 32 letters, digits or hyphens")
}

/// <https://docs.stripe.com/get-started/account/statement-descriptors>: with its prefix at most 22 characters, of
/// which a prefix takes at least two and the separator two; a letter; none of `< > \ ' " *`.
fn statement_descriptor_suffix(value: &str) -> Result<String, &'static str> {
    let fits = value.len() <= 18
        && value.bytes().all(|b| (b' '..=b'~').contains(&b) && !br#"<>\'"*"#.contains(&b))
        && value.bytes().any(|b| b.is_ascii_alphabetic());
    fits.then(|| value.to_owned()).ok_or("must be at most 18 plain characters with a letter, without < > \\ ' \" *")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(vars: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        Settings::from_vars(vars.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn two_settings_are_enough_beside_those_of_lambda() {
        let lambda = [("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];
        let ours = [("STRIPE_SECRET_ID", "till/stripe"), ("STRIPE_PUBLISHABLE_KEY", "pk_test_1")];
        let settings = read(&[lambda, ours].concat()).unwrap();
        assert_eq!(settings.stripe_api_base, "https://api.stripe.com");
        assert_eq!(settings.card_authentication, CardAuthentication::Decline);
        assert!(settings.origin_verify.is_empty());
        assert!(!settings.publishable_key.livemode());
    }

    #[test]
    fn every_fault_is_reported_at_once_and_no_value_is() {
        let error = read(&[
            ("STRIPE_PUBLISHABLE_KEY", "sk_live_oops"),
            ("CARD_AUTHENTICATION", "maybe"),
            ("STRIPE_API_BASE", "http://api.stripe.com"),
            ("SITE_ORIGIN", "https://shop.example/"),
            ("ORIGIN_VERIFY", "a,b,c"),
            ("STAGE", "sk_live_stage"),
            ("AWS_ENDPOINT_URL", "http://secretsmanager.us-east-1.amazonaws.com"),
            ("STATEMENT_DESCRIPTOR_SUFFIX", "1234"),
        ])
        .unwrap_err()
        .to_string();
        for name in [
            "STRIPE_SECRET_ID is missing",
            "STRIPE_PUBLISHABLE_KEY must be a publishable key",
            "CARD_AUTHENTICATION",
            "STRIPE_API_BASE",
            "SITE_ORIGIN",
            "ORIGIN_VERIFY",
            "STAGE",
            "AWS_ENDPOINT_URL",
            "STATEMENT_DESCRIPTOR_SUFFIX",
            "AWS_ACCESS_KEY_ID is missing",
        ] {
            assert!(error.contains(name), "{name} in: {error}");
        }
        assert!(!error.contains("sk_live_"), "{error}");
        assert_eq!(stage_or_default(Some("sk_live_stage")), "dev");
    }

    #[test]
    fn a_key_is_sent_over_tls_or_to_this_machine() {
        for right in ["https://api.stripe.com", "http://127.0.0.1:4243", "http://localhost:4243/", "http://[::1]:4243"] {
            assert!(endpoint(right).is_ok(), "{right}");
        }
        for wrong in
            ["http://api.stripe.com", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "ftp://127.0.0.1", "api"]
        {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn other_authorities_are_trusted_in_test_mode_only() {
        let live = read(&[("STRIPE_PUBLISHABLE_KEY", "pk_live_1"), ("SSL_CERT_FILE", "/ca.pem")]).unwrap_err().to_string();
        assert!(live.contains("SSL_CERT_FILE must not be set beside a live key"), "{live}");
        let test = read(&[("STRIPE_PUBLISHABLE_KEY", "pk_test_1"), ("SSL_CERT_FILE", "/ca.pem")]).unwrap_err().to_string();
        assert!(!test.contains("SSL_CERT_FILE"), "{test}");
    }
}
