//! AWS Secrets Manager's `GetSecretValue` and `PutSecretValue` in the SDK's wire protocol (AWS JSON 1.1).
//! Requests are not checked for a signature; where the secret is a real one, for who signs them.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use serde_json::{Value, json};

use crate::ids;

/// The name of the sandbox's one secret.
pub(crate) const SECRET_ID: &str = "till/stripe";
/// AWS JSON 1.1.
pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
const ARN: &str = "arn:aws:secretsmanager:us-east-1:123456789012:secret:till/stripe-Sb0xEs";

/// A status and a body of AWS JSON 1.1.
pub(crate) type Answer = (u16, Value);

#[derive(Clone, Debug)]
struct Version {
    id: String,
    value: String,
    created: u64,
}

impl Version {
    fn new(value: String, created: u64) -> Self {
        Self { id: ids::uuid(), value, created }
    }
}

/// The secret's current value and the one before it.
#[derive(Debug)]
pub(crate) struct Secrets {
    current: Version,
    previous: Option<Version>,
}

impl Secrets {
    pub(crate) fn new(value: String, now: u64) -> Self {
        Self { current: Version::new(value, now), previous: None }
    }

    /// Makes a value the current one.
    pub(crate) fn put(&mut self, value: String, now: u64) {
        let replaced = std::mem::replace(&mut self.current, Version::new(value, now));
        self.previous = Some(replaced);
    }

    /// Answers one operation, such as `GetSecretValue`.
    pub(crate) fn answer(&mut self, operation: &str, body: &[u8], now: u64) -> Answer {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return refusal(400, "SerializationException", "The request is not JSON.");
        };
        let text = |name: &str| body[name].as_str();
        let Some(id) = text("SecretId") else {
            return refusal(400, "InvalidParameterException", "SecretId is required.");
        };
        if !names_the_secret(id) {
            return not_found();
        }
        match operation {
            "GetSecretValue" => self.get(text("VersionStage").unwrap_or("AWSCURRENT"), text("VersionId")),
            "PutSecretValue" => match text("SecretString") {
                Some(value) => {
                    self.put(value.to_owned(), now);
                    let version = &self.current;
                    (200, json!({ "ARN": ARN, "Name": SECRET_ID, "VersionId": version.id, "VersionStages": ["AWSCURRENT"] }))
                }
                None => refusal(400, "InvalidParameterException", "SecretString is required."),
            },
            other => refusal(400, "UnknownOperationException", &format!("The sandbox does not know {other}.")),
        }
    }

    fn get(&self, stage: &str, id: Option<&str>) -> Answer {
        let versions = [(Some(&self.current), "AWSCURRENT"), (self.previous.as_ref(), "AWSPREVIOUS")];
        let found = versions.into_iter().find_map(|(version, label)| {
            let version = version?;
            id.map_or(label == stage, |id| version.id == id).then_some((version, label))
        });
        let Some((version, label)) = found else {
            return refusal(
                400,
                "ResourceNotFoundException",
                "Secrets Manager can't find the specified secret value for that version.",
            );
        };
        let body = json!({
            "ARN": ARN,
            "CreatedDate": version.created,
            "Name": SECRET_ID,
            "SecretString": version.value,
            "VersionId": version.id,
            "VersionStages": [label],
        });
        (200, body)
    }
}

/// The access key id that a request is signed with: `AWS4-HMAC-SHA256 Credential=ID/date/region/…`.
pub(crate) fn signer(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let credential = authorization.strip_prefix("AWS4-HMAC-SHA256 ")?.trim_start().strip_prefix("Credential=")?;
    credential.split_once('/').map(|(id, _)| id)
}

/// What AWS says to an access key id that it does not know.
pub(crate) fn unknown_signer() -> Answer {
    refusal(400, "UnrecognizedClientException", "The security token included in the request is invalid.")
}

pub(crate) fn not_found() -> Answer {
    refusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
}

pub(crate) fn refusal(status: u16, kind: &str, message: &str) -> Answer {
    (status, json!({ "__type": kind, "Message": message }))
}

/// A name, an ARN, or an ARN without the six random characters at its end.
fn names_the_secret(id: &str) -> bool {
    id == SECRET_ID || id == ARN || ARN.rsplit_once('-').is_some_and(|(partial, _)| id == partial)
}
