//! The checkout's id and its age.

use serde::{Serialize, Serializer};
use std::{fmt, time::Duration};
use uuid::{Uuid, Variant};

/// How far a shopper's key may lie ahead of our clock. Pages mint it with the server's `now`.
const AHEAD: Duration = Duration::from_mins(5);
/// Stripe keeps an idempotency key for at least 24 hours
/// (<https://docs.stripe.com/api/idempotent_requests>); an hour is left for everything under way.
const LIFETIME: Duration = Duration::from_hours(23);
/// Until this much later a tombstone under the checkout's key is a proof: Stripe keeps the key for a day after its first use,
/// and that is not before [`AHEAD`] of the checkout's id. Later no request that was sent in time can be under way.
const SETTLING: Duration = Duration::from_mins(50);

/// One checkout: a `UUIDv7` in lower case, minted by the page. Its time is the checkout's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckoutId(Uuid);

/// What is wrong with an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckoutIdError {
    /// Not the 36 characters of a lower-case UUID.
    #[error("must be a UUID of version 7, in lower case with hyphens")]
    Malformed,
    /// A UUID, but its version or variant is another one.
    #[error("must be a UUID of version 7 (RFC 9562)")]
    NotVersion7,
    /// Its time lies more than five minutes ahead.
    #[error("lies in the future: mint it with the `now` of /api/config")]
    Future,
}

/// How old a checkout is, as far as it matters to what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Stripe still keeps its key: it can be paid.
    Live,
    /// Too old to be paid. Stripe still keeps its key, so a tombstone closes it.
    Expired,
    /// Nothing can be under way: what Stripe's list shows is all there will be.
    Settled,
}

impl CheckoutId {
    /// Parses a key that is not more than five minutes ahead of `now_ms` (milliseconds since 1970).
    pub fn parse(text: &str, now_ms: u64) -> Result<Self, CheckoutIdError> {
        let uuid = Uuid::try_parse(text).map_err(|_| CheckoutIdError::Malformed)?;
        if uuid.hyphenated().to_string() != text {
            return Err(CheckoutIdError::Malformed);
        }
        if uuid.get_version_num() != 7 || uuid.get_variant() != Variant::RFC4122 {
            return Err(CheckoutIdError::NotVersion7);
        }
        let id = Self(uuid);
        if id.minted_ms() > now_ms.saturating_add(millis(AHEAD)) {
            return Err(CheckoutIdError::Future);
        }
        Ok(id)
    }

    /// When it was minted, in milliseconds since 1970.
    pub fn minted_ms(self) -> u64 {
        // The first 48 bits of a version 7 UUID (RFC 9562, section 5.7).
        u64::try_from(self.0.as_u128() >> 80).unwrap_or(u64::MAX)
    }

    /// Its age at `now_ms`.
    pub fn age(self, now_ms: u64) -> Age {
        let age = now_ms.saturating_sub(self.minted_ms());
        if age <= millis(LIFETIME) {
            Age::Live
        } else if age <= millis(LIFETIME + SETTLING) {
            Age::Expired
        } else {
            Age::Settled
        }
    }
}

impl fmt::Display for CheckoutId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl Serialize for CheckoutId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Timestamp;

    const NOW: u64 = 1_790_000_000_000;

    fn minted_at(ms: u64) -> String {
        let nanos = u32::try_from(ms % 1000).unwrap() * 1_000_000;
        Uuid::new_v7(Timestamp::from_unix(uuid::NoContext, ms / 1000, nanos)).to_string()
    }

    #[test]
    fn a_key_is_a_lower_case_uuid_of_version_7() {
        let key = minted_at(NOW);
        assert_eq!(CheckoutId::parse(&key, NOW).unwrap().to_string(), key);
        assert_eq!(CheckoutId::parse(&key, NOW).unwrap().minted_ms(), NOW);
        for (wrong, error) in [
            (String::new(), CheckoutIdError::Malformed),
            (key.to_uppercase(), CheckoutIdError::Malformed),
            (key.replace('-', ""), CheckoutIdError::Malformed),
            (format!("{{{key}}}"), CheckoutIdError::Malformed),
            (format!("{key},{key}"), CheckoutIdError::Malformed),
            (Uuid::new_v4().to_string(), CheckoutIdError::NotVersion7),
            (Uuid::nil().to_string(), CheckoutIdError::NotVersion7),
        ] {
            assert_eq!(CheckoutId::parse(&wrong, NOW), Err(error), "{wrong}");
        }
    }

    #[test]
    fn a_key_may_run_five_minutes_ahead_and_no_more() {
        assert!(CheckoutId::parse(&minted_at(NOW + 300_000), NOW).is_ok());
        assert_eq!(CheckoutId::parse(&minted_at(NOW + 300_001), NOW), Err(CheckoutIdError::Future));
    }

    #[test]
    fn a_checkout_ages_in_three_steps() {
        let id = CheckoutId::parse(&minted_at(NOW), NOW).unwrap();
        let hours = 3_600_000;
        for (later, age) in [
            (0, Age::Live),
            (23 * hours, Age::Live),
            (23 * hours + 1, Age::Expired),
            (23 * hours + 3_000_000, Age::Expired),
            (23 * hours + 3_000_001, Age::Settled),
        ] {
            assert_eq!(id.age(NOW + later), age, "{later}");
        }
        assert_eq!(id.age(NOW - 1000), Age::Live);
    }
}
