//! A JSONPath and the values it may find.

use serde_json_path::JsonPath;

/// A JSONPath (RFC 9535) and the values that it must find.
#[derive(Debug, Clone)]
pub struct JsonMatch {
    /// The place in the JSON.
    pub path: JsonPath,
    /// The allowed values. Empty allows every value.
    pub any_of: Vec<serde_json::Value>,
}

impl JsonMatch {
    /// Reports whether the path finds a node with an allowed value. With no allowed values, any node is enough.
    #[must_use]
    pub fn holds(&self, json: &serde_json::Value) -> bool {
        let nodes = self.path.query(json).all();
        if self.any_of.is_empty() {
            return !nodes.is_empty();
        }
        nodes.iter().any(|node| self.any_of.contains(node))
    }
}
