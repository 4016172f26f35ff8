//! Compares bodies: the same keys in the same places, and the same values except those that change from run to run.

use serde_json::Value;

/// The fields whose values change from run to run. They must be present, and null only where the recording has null.
const VOLATILE: &[&str] = &[
    "timestamp",
    "trace_id",
    "uptime_seconds",
    "user_id",
    "email",
    "expires_at",
    "exp",
    "id",
    "created_at",
    "name",
    "token_expires_at",
    "connection_id",
    "server_time",
    "host",
    "port",
    "user_agent",
    "authorization_preview",
    "websocket_protocol",
    "available_headers",
    "all_header_keys",
    "headers_count",
    "client_host",
    "client_port",
    "length",
    "prefix",
    "suffix",
    "first_10_chars",
    "last_10_chars",
    "AUTH_SERVICE_URL",
    "authorization",
    "sec_websocket_protocol",
];

/// Returns the differences, one line each.
pub(crate) fn differences(recorded: &Value, ours: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", recorded, ours, &mut found);
    found
}

fn walk(at: &str, recorded: &Value, ours: &Value, found: &mut Vec<String>) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(mine)) => {
            for name in theirs.keys().chain(mine.keys()) {
                let here = format!("{at}/{name}");
                match (theirs.get(name), mine.get(name)) {
                    (Some(a), Some(b)) if VOLATILE.contains(&name.as_str()) => volatile(&here, a, b, found),
                    (Some(a), Some(b)) => walk(&here, a, b, found),
                    (Some(_), None) => found.push(format!("{here}: recorded, missing here")),
                    (None, _) => found.push(format!("{here}: not recorded")),
                }
            }
        }
        (Value::Array(theirs), Value::Array(mine)) if theirs.len() == mine.len() => {
            let pairs = theirs.iter().zip(mine).enumerate();
            pairs.for_each(|(n, (a, b))| walk(&format!("{at}/{n}"), a, b, found));
        }
        (Value::String(theirs), Value::String(mine)) if without_digits(theirs) == without_digits(mine) => {}
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{at}: recorded {a}, here {b}")),
    }
}

fn volatile(at: &str, recorded: &Value, ours: &Value, found: &mut Vec<String>) {
    if std::mem::discriminant(recorded) != std::mem::discriminant(ours) {
        found.push(format!("{at}: recorded {recorded}, here {ours}"));
    }
}

/// `516 chars, 2 dots` depends on the length of the token.
fn without_digits(text: &str) -> String {
    match text.contains(" chars, ") {
        true => text.chars().filter(|c| !c.is_ascii_digit()).collect(),
        false => text.to_owned(),
    }
}
