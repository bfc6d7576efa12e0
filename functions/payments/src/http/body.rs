//! A JSON object whose fields are taken one by one; whatever is wrong is said with the field's name.

use crate::outcome::Refusal;
use serde_json::{Map, Value};

/// The fields that have not been taken yet. `path` stands before their names in errors.
pub(super) struct Fields {
    path: String,
    left: Map<String, Value>,
}

impl Fields {
    /// Reads a request's body.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong = |message: String| Refusal::Invalid { code: "json_invalid", param: None, message };
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(left)) => Ok(Self { path: String::new(), left }),
            Ok(_) => Err(wrong("The body must be a JSON object.".to_owned())),
            Err(_) if bytes.is_empty() => Err(wrong("The body is empty; a JSON object is expected.".to_owned())),
            Err(_) if bytes.starts_with(b"\xef\xbb\xbf") => {
                Err(wrong("The body begins with a byte-order mark, which JSON does not allow.".to_owned()))
            }
            Err(error) => Err(wrong(format!("The body is not valid JSON (line {}, column {}).", error.line(), error.column()))),
        }
    }

    /// The fields of an object inside a list.
    pub(super) fn of(value: Value, path: String) -> Result<Self, Refusal> {
        match value {
            Value::Object(left) => Ok(Self { path: format!("{path}."), left }),
            _ => Err(Refusal::invalid("parameter_invalid", path, "Must be an object.")),
        }
    }

    /// A field, left where it is.
    pub(super) fn peek(&self, field: &str) -> Option<&Value> {
        self.left.get(field)
    }

    fn name(&self, field: &str) -> String {
        format!("{}{field}", self.path)
    }

    /// A field without which there is no request.
    pub(super) fn required<T>(&mut self, field: &str, what: &str, parse: impl FnOnce(Value) -> Option<T>) -> Result<T, Refusal> {
        match self.optional(field, what, parse)? {
            Some(value) => Ok(value),
            None => Err(Refusal::invalid("parameter_missing", self.name(field), format!("Is missing. {what}"))),
        }
    }

    /// A field that may be missing. `null` is a value of the wrong type.
    pub(super) fn optional<T>(
        &mut self,
        field: &str,
        what: &str,
        parse: impl FnOnce(Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.left.remove(field) {
            None => Ok(None),
            Some(value) => match parse(value) {
                Some(parsed) => Ok(Some(parsed)),
                None => Err(Refusal::invalid("parameter_invalid", self.name(field), what)),
            },
        }
    }

    /// Refuses what nobody took.
    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(field) => {
                let name: String = self.name(field).chars().take(64).collect();
                Err(Refusal::invalid("parameter_unknown", name, "Is not a field of this request."))
            }
        }
    }
}
