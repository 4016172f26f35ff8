//! A JSONPath and the values it may find.

use serde_json_path::JsonPath;

/// A JSONPath (RFC 9535) and what it must find.
#[derive(Debug, Clone)]
pub struct JsonMatch {
    /// Where to look.
    pub path: JsonPath,
    /// What must be there: one of these values. Empty: anything at all.
    pub any_of: Vec<serde_json::Value>,
}

impl JsonMatch {
    /// Whether any node under the path is one of the values (or is there, when no value is asked for).
    #[must_use]
    pub fn holds(&self, json: &serde_json::Value) -> bool {
        let nodes = self.path.query(json).all();
        if self.any_of.is_empty() {
            return !nodes.is_empty();
        }
        nodes.iter().any(|node| self.any_of.contains(node))
    }
}
