//! Alters the JSON at a JSONPath.

use fivewhys::internal::document::JsonMatch;
use serde_json::Value;

/// Returns the body with another value at every node that the condition reads. `None` if every value is allowed there.
pub(crate) fn with_another_value(body: &str, condition: &JsonMatch) -> Option<String> {
    let mut json: Value = serde_json::from_str(body).ok()?;
    let mut found = nodes(&json, condition);
    found.retain(|_| !condition.any_of.is_empty());
    for node in &found {
        let value = json.pointer_mut(node)?;
        *value = another(value);
    }
    (!found.is_empty() && !condition.holds(&json)).then(|| json.to_string())
}

/// Returns the body without the nodes that the condition reads. Without its root, a body is no JSON.
pub(crate) fn without(body: &str, condition: &JsonMatch) -> Option<String> {
    let mut json: Value = serde_json::from_str(body).ok()?;
    let found = nodes(&json, condition);
    for node in found.iter().rev() {
        let Some((parent, key)) = node.rsplit_once('/') else { return Some("this is not JSON".to_owned()) };
        match json.pointer_mut(parent)? {
            Value::Object(fields) => drop(fields.shift_remove(&key.replace("~1", "/").replace("~0", "~"))),
            Value::Array(items) => drop(items.remove(key.parse().ok()?)),
            _ => return None,
        }
    }
    (!found.is_empty() && !condition.holds(&json)).then(|| json.to_string())
}

/// Returns the JSON pointers of the nodes.
fn nodes(json: &Value, condition: &JsonMatch) -> Vec<String> {
    condition.path.query_located(json).locations().map(|place| place.to_json_pointer()).collect()
}

/// Returns a value of the same type that differs.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(is) => Value::Bool(!is),
        Value::Number(number) => Value::from(number.as_f64().unwrap_or_default() + 1.0),
        Value::String(text) => Value::String(format!("{text} altered")),
        _ => Value::Null,
    }
}
