//! Object locks: while one request changes an object, another is told `lock_timeout`.
//!
//! <https://docs.stripe.com/rate-limits#object-lock-timeouts>. Stripe waits some seconds before it says so; the sandbox says it at once.

use std::collections::HashSet;

use crate::error::Error;
use crate::keys::AccountId;

/// The objects that are being changed.
#[derive(Debug, Default)]
pub(crate) struct Locks {
    held: HashSet<(AccountId, String)>,
}

impl Locks {
    pub(crate) fn take(&mut self, account: AccountId, object: &str) -> Result<(), Error> {
        if self.held.insert((account, object.to_owned())) { Ok(()) } else { Err(lock_timeout()) }
    }

    pub(crate) fn release(&mut self, account: AccountId, object: &str) {
        self.held.remove(&(account, object.to_owned()));
    }
}

pub(crate) fn lock_timeout() -> Error {
    let message = "This object cannot be accessed right now because another API request or Stripe process is currently accessing it. \
                   If you see this error intermittently, retry the request. If you see this error frequently and are making multiple \
                   concurrent requests to a single object, make your requests serially or at a lower rate.";
    Error::new(429, "invalid_request_error", message).code("lock_timeout")
}
