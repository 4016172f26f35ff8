//! Claims of a token whose signature held, read without trusting their types.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// The payload of a signed token.
pub(super) struct Claims(pub(super) Map<String, Value>);

impl Claims {
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A NumericDate, in seconds.
    pub(super) fn seconds(&self, name: &str) -> Option<f64> {
        self.0.get(name).and_then(Value::as_f64)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    /// The audiences: a string or a list of them; `None` when the claim is absent.
    pub(super) fn audiences(&self) -> Option<Vec<&str>> {
        match self.0.get("aud")? {
            Value::String(one) => Some(vec![one]),
            Value::Array(many) => Some(many.iter().filter_map(Value::as_str).collect()),
            _ => Some(Vec::new()),
        }
    }

    pub(super) fn permissions(&self) -> Value {
        self.0.get("permissions").cloned().unwrap_or_else(|| Value::Array(Vec::new()))
    }

    /// `email`, or null.
    pub(super) fn email(&self) -> Value {
        self.0.get("email").cloned().unwrap_or(Value::Null)
    }

    /// `exp` as the service prints it: ISO seconds without offset.
    pub(super) fn expires_at(&self) -> Option<String> {
        #[expect(clippy::cast_possible_truncation, reason = "a date beyond i64 seconds prints as none")]
        let at = Timestamp::from_second(self.seconds("exp")? as i64).ok()?;
        Some(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
    }
}
