//! Who may speak to us: our own page, through our own CloudFront distribution.

use crate::outcome::Refusal;
use crate::settings::Settings;
use lambda_http::http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

/// Refuses what did not come through CloudFront, and what another site's page sent.
pub(super) fn pass(headers: &HeaderMap, settings: &Settings) -> Result<(), Refusal> {
    let secret = headers.get("x-origin-verify").map_or(&b""[..], |value| value.as_bytes());
    if !settings.origin_verify.is_empty() && !bool::from(is_one_of(secret, &settings.origin_verify)) {
        return Err(Refusal::Forbidden("This address does not answer directly. Use the shop's own."));
    }
    match (headers.get("origin"), &settings.site_origin) {
        (Some(theirs), Some(ours)) if theirs.as_bytes() != ours.as_bytes() => {
            Err(Refusal::Forbidden("Only the shop's own page may send this."))
        }
        _ => Ok(()),
    }
}

/// Compares with every value, each in constant time, so that the time tells nothing of them.
fn is_one_of(given: &[u8], values: &[SecretString]) -> Choice {
    values.iter().fold(Choice::from(0), |found, value| found | value.expose_secret().as_bytes().ct_eq(given))
}
