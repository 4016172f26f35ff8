//! The claims of a token with a good signature. Their types are not trusted.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The payload of a token with a good signature.
pub(crate) struct Claims(pub(crate) Map<String, Value>);

impl Claims {
    /// Returns a claim when it is text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// Returns a NumericDate (RFC 7519, section 2), in seconds since 1970.
    pub(crate) fn seconds(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64)
    }

    /// Reports whether a claim is there and not null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// Returns the audiences, given as a string or a list. `None` when the claim is absent.
    pub(crate) fn audiences(&self) -> Option<Vec<&str>> {
        match self.0.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => Some(many.iter().filter_map(Value::as_str).collect()),
            _ => Some(Vec::new()),
        }
    }

    /// Returns `permissions`, or an empty list.
    pub(crate) fn permissions(&self) -> Value {
        self.0.get("permissions").cloned().unwrap_or_else(|| Value::Array(Vec::new()))
    }

    /// Returns `email`, or null.
    pub(crate) fn email(&self) -> Value {
        self.0.get("email").cloned().unwrap_or(Value::Null)
    }

    /// Returns `exp` as the service prints it: ISO 8601 in seconds, without an offset.
    pub(crate) fn expires_at(&self) -> Option<String> {
        #[expect(clippy::cast_possible_truncation, reason = "a date beyond i64 seconds prints as none")]
        let at = Timestamp::from_second(self.seconds("exp")? as i64).ok()?;
        Some(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
    }
}
