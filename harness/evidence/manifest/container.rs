//! What the layouts of Cloud Run and Kubernetes share: a list of containers, and conditions.

use serde_json::Value;

/// Returns the container that serves requests: the first with a port, or else the first.
pub(super) fn serving(containers: &[Value]) -> Option<&Value> {
    let has_port =
        |container: &&Value| container.get("ports").and_then(Value::as_array).is_some_and(|all| !all.is_empty());
    containers.iter().find(has_port).or(containers.first())
}

/// Returns the names of the ports of a container.
pub(super) fn ports(container: &Value) -> Vec<String> {
    let ports = container.get("ports").and_then(Value::as_array);
    ports.into_iter().flatten().filter_map(|port| text(port, "/name")).collect()
}

/// Returns the numbers of the ports of a container.
pub(super) fn port_numbers(container: &Value) -> Vec<u64> {
    entries(container, "/ports").iter().filter_map(|port| port.get("containerPort")?.as_u64()).collect()
}

/// Returns the entries of a list.
pub(super) fn entries<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(super) fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

/// Returns the text of a scalar. A list or a table has none.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Returns the condition of this type.
pub(super) fn condition<'a>(value: &'a Value, pointer: &str, kind: &str) -> Option<&'a Value> {
    entries(value, pointer).iter().find(|one| one.get("type").and_then(Value::as_str) == Some(kind))
}

/// Returns whether a condition with the status `True` or `False` holds.
pub(super) fn truth(condition: &Value) -> Option<bool> {
    match condition.get("status")?.as_str()? {
        "True" => Some(true),
        "False" => Some(false),
        _ => None,
    }
}

/// Returns the given parts of a condition that exist, joined.
pub(super) fn reason(condition: &Value, parts: &[&str]) -> Option<String> {
    let joined: Vec<&str> = parts.iter().filter_map(|part| condition.get(*part)?.as_str()).collect();
    (!joined.is_empty()).then(|| joined.join(": "))
}
