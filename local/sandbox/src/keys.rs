//! API keys: secret, restricted and publishable ones, rolled ones, and the account that each belongs to.

use crate::error::Error;
use crate::ids;

/// The position of an account. Objects and idempotency keys belong to one.
pub(crate) type AccountId = usize;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyKind {
    /// `sk_test_…`: everything.
    Secret,
    /// `rk_test_…` with `PaymentIntents`: Write: `PaymentIntents`, and reading `PaymentMethods`.
    Restricted,
    /// `pk_test_…`: what a browser may do.
    Publishable,
}

/// How many characters name the account in each of its keys, after the `51`.
const ACCOUNT_NAME: usize = 14;

/// Who sends a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    pub(crate) account: AccountId,
    pub(crate) kind: KeyKind,
}

#[derive(Debug)]
struct Key {
    value: String,
    caller: Caller,
    rolled: bool,
}

/// All keys that were ever given out; the newest of each kind is the current one.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    keys: Vec<Key>,
    account: AccountId,
    /// Fourteen characters that all keys of the current account share, as Stripe's do.
    account_name: String,
}

impl Keys {
    /// The first account, with keys that may be fixed by the caller.
    pub(crate) fn new(secret: Option<String>, publishable: Option<String>) -> Self {
        let named = secret.as_deref().and_then(account_name).or_else(|| publishable.as_deref().and_then(account_name));
        let account_name = named.map_or_else(|| ids::random(ACCOUNT_NAME), str::to_owned);
        let mut keys = Self { account_name, ..Self::default() };
        keys.add(KeyKind::Secret, secret);
        keys.add(KeyKind::Restricted, None);
        keys.add(KeyKind::Publishable, publishable);
        keys
    }

    /// The current account.
    pub(crate) fn account(&self) -> AccountId {
        self.account
    }

    pub(crate) fn current(&self, kind: KeyKind) -> String {
        let key = self.keys.iter().rev().find(|key| key.caller.kind == kind && !key.rolled);
        key.map(|key| key.value.clone()).unwrap_or_default()
    }

    /// A new key of that kind, of the same account; the one before it is expired from now on.
    pub(crate) fn roll(&mut self, kind: KeyKind) -> String {
        for key in &mut self.keys {
            key.rolled |= key.caller.kind == kind && key.caller.account == self.account;
        }
        self.add(kind, None)
    }

    /// Another account, whose keys are the current ones from now on. The keys of the first go on working.
    pub(crate) fn switch_account(&mut self) {
        self.account += 1;
        self.account_name = ids::random(ACCOUNT_NAME);
        self.add(KeyKind::Secret, None);
        self.add(KeyKind::Restricted, None);
        self.add(KeyKind::Publishable, None);
    }

    /// Who a key belongs to.
    pub(crate) fn authenticate(&self, key: Option<&str>) -> Result<Caller, Error> {
        let Some(value) = key else { return Err(no_key()) };
        match self.keys.iter().find(|key| key.value == value) {
            Some(key) if key.rolled => Err(expired(value)),
            Some(key) => Ok(key.caller),
            None => Err(unauthorized(format!("Invalid API Key provided: {}", masked(value)))),
        }
    }

    fn add(&mut self, kind: KeyKind, fixed: Option<String>) -> String {
        let prefix = match kind {
            KeyKind::Secret => "sk_test_",
            KeyKind::Restricted => "rk_test_",
            KeyKind::Publishable => "pk_test_",
        };
        let value = fixed.unwrap_or_else(|| format!("{prefix}51{}{}", self.account_name, ids::random(83)));
        self.keys.push(Key { value: value.clone(), caller: Caller { account: self.account, kind }, rolled: false });
        value
    }
}

impl Caller {
    pub(crate) fn is_publishable(self) -> bool {
        self.kind == KeyKind::Publishable
    }

    /// Refuses a publishable key where a secret one belongs.
    pub(crate) fn must_be_secret(self) -> Result<(), Error> {
        if !self.is_publishable() {
            return Ok(());
        }
        Err(unauthorized(
            "This API call cannot be made with a publishable API key. Please use a secret API key. \
             You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.",
        )
        .code("secret_key_required"))
    }

    /// Refuses a restricted key that lacks a permission.
    pub(crate) fn must_have(self, permission: &str) -> Result<(), Error> {
        if self.kind != KeyKind::Restricted {
            return Ok(());
        }
        Err(Self::forbidden(permission))
    }

    /// 403, as a restricted key without that permission meets.
    pub(crate) fn forbidden(permission: &str) -> Error {
        let message = format!(
            "The provided key 'rk_test_***' does not have the required permissions for this endpoint. \
             Having the '{permission}' permission would allow this request to continue."
        );
        Error::new(403, "invalid_request_error", message)
    }
}

/// The account that a key of today's form names: fourteen characters after the mode and `51`.
fn account_name(key: &str) -> Option<&str> {
    let (_, name) = key.split_once("_test_51")?;
    let named = name.len() > 40 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    name.get(..ACCOUNT_NAME).filter(|_| named)
}

/// 401, as a key that was rolled meets.
pub(crate) fn expired(key: &str) -> Error {
    unauthorized(format!("Expired API Key provided: {}", masked(key))).code("api_key_expired")
}

fn unauthorized(message: impl Into<String>) -> Error {
    Error::new(401, "invalid_request_error", message).header("www-authenticate", "Basic realm=\"Stripe\"")
}

fn no_key() -> Error {
    unauthorized(
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth \
         (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, \
         or we can help at https://support.stripe.com/.",
    )
}

/// A key as Stripe shows it in errors: its prefix and its last four characters.
fn masked(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    if characters.len() <= 12 {
        return "*".repeat(characters.len());
    }
    let (head, tail) = (&characters[..8], &characters[characters.len() - 4..]);
    format!("{}{}{}", head.iter().collect::<String>(), "*".repeat(characters.len() - 12), tail.iter().collect::<String>())
}
