//! Idempotency keys: the first answer under a key is kept and told again.
//!
//! <https://docs.stripe.com/api/idempotent_requests>: status and body of the first request are kept, 402 and 500
//! included, for 24 hours; validation errors, conflicts and rate limits are not.

use std::collections::HashMap;

use crate::behaviour::Behaviour;
use crate::error::Error;
use crate::keys::AccountId;

const KEPT_MS: u64 = 24 * 60 * 60 * 1000;
const LONGEST: usize = 255;

/// What identifies a request under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) path: String,
    pub(crate) params: Vec<(String, String)>,
}

/// The first answer under a key.
#[derive(Clone, Debug)]
pub(crate) struct Saved {
    pub(crate) status: u16,
    pub(crate) body: String,
    pub(crate) request_id: String,
}

#[derive(Debug)]
struct Entry {
    request: Fingerprint,
    since_ms: u64,
    /// `None` while the first request runs.
    saved: Option<Saved>,
}

/// An idempotency key, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Slot {
    pub(crate) account: AccountId,
    /// Where keys belong to an API key rather than to the account: that API key.
    pub(crate) api_key: Option<String>,
    pub(crate) key: String,
}

/// All keys in use.
#[derive(Debug, Default)]
pub(crate) struct Idempotency {
    entries: HashMap<Slot, Entry>,
}

impl Idempotency {
    /// The saved answer to tell again; or `None`, and the key is locked until [`Self::close`]. `behaviour` says what is
    /// told of a key that is locked.
    pub(crate) fn open(
        &mut self,
        slot: &Slot,
        request: Fingerprint,
        now_ms: u64,
        behaviour: &Behaviour,
    ) -> Result<Option<Saved>, Error> {
        let key = &slot.key;
        if key.len() > LONGEST {
            return Err(Error::invalid(format!("Idempotency keys are at most {LONGEST} characters long.")));
        }
        if let Some(entry) = self.entries.get(slot) {
            match &entry.saved {
                None if behaviour.compare_first && entry.request != request => {
                    return Err(mismatch(key, &entry.request, &request));
                }
                None => return Err(in_use(key, behaviour.in_use_is_invalid)),
                Some(_) if now_ms.saturating_sub(entry.since_ms) >= KEPT_MS => {}
                Some(_) if entry.request != request => return Err(mismatch(key, &entry.request, &request)),
                Some(saved) => return Ok(Some(saved.clone())),
            }
        }
        self.entries.insert(slot.clone(), Entry { request, since_ms: now_ms, saved: None });
        Ok(None)
    }

    /// Ends the lock: keeps the answer, or forgets the key if there is none to keep.
    pub(crate) fn close(&mut self, slot: &Slot, answer: Option<Saved>) {
        match (answer, self.entries.get_mut(slot)) {
            (Some(answer), Some(entry)) => entry.saved = Some(answer),
            _ => {
                self.entries.remove(slot);
            }
        }
    }
}

/// 409: the first request under the key still runs.
pub(crate) fn in_use(key: &str, is_invalid: bool) -> Error {
    let message = format!(
        "There is currently another in-progress request using this Idempotency Key: {key}. \
         That may be because the request was submitted twice, or is still executing. Please try again later."
    );
    let kind = if is_invalid { "invalid_request_error" } else { "idempotency_error" };
    Error::new(409, kind, message).code("idempotency_key_in_use")
}

fn mismatch(key: &str, first: &Fingerprint, now: &Fingerprint) -> Error {
    let same = if first.path == now.path {
        "with the same parameters they were first used with".to_owned()
    } else {
        format!("for the same endpoint they were first used for ('{}' vs '{}')", now.path, first.path)
    };
    Error::new(
        400,
        "idempotency_error",
        format!(
            "Keys for idempotent requests can only be used {same}. \
             Try using a key other than '{key}' if you meant to execute a different request."
        ),
    )
}
