//! The shape of a response: a digest with ids, times and numbers masked.
//!
//! Two responses with equal shapes are the same response.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::observe::signature::media_type;
use crate::probe::{Exchange, Side};

/// What may differ between two responses with the same meaning. ASCII only: the classes of Unicode take long to compile.
static VOLATILE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"<token:[^>]*>|<jwt>|<secret:[^>]*>",
        r"|(?-u:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})",
        r"|(?-u:\d{4}-\d\d-\d\d[Tt ][\d:.]+(?:[Zz]|[+-]\d\d:?\d\d)?)",
        r"|(?-u:\b[0-9a-fA-F]{8,}\b|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)",
    ))
    .expect("a constant pattern")
});

/// Characters of a body or frame that enter the digest.
const READ: usize = 4096;
/// Characters of one JSON string that enter the digest.
const TEXT: usize = 300;

/// Returns the shape as sixteen hex digits.
pub(super) fn shape(exchange: &Exchange) -> String {
    let mut digest = Fnv::default();
    digest.add(&format!("{:?} {:?}", exchange.status(), media_type(exchange)));
    digest.add(&masked(&exchange.body.text));
    digest.add(exchange.header("www-authenticate").unwrap_or_default());
    if let Some(status) = exchange.grpc_failure() {
        digest.add(&status.to_string());
        digest.add(&masked(exchange.fields("grpc-message").next().unwrap_or_default()));
    }
    for frame in exchange.frames.iter().filter(|frame| frame.from == Side::Server) {
        digest.add(&masked(&frame.data));
    }
    for event in &exchange.events {
        digest.add(&masked(&event.data));
    }
    if let Some(close) = &exchange.close {
        digest.add(&format!("{} {}", close.code, masked(&close.reason)));
    }
    if let Some(error) = &exchange.error {
        digest.add(error.kind.as_str());
    }
    format!("{:016x}", digest.0)
}

/// Levels of a JSON document that enter the digest: deeper levels hold context such as stack traces and echoed headers.
const DEPTH: usize = 2;

fn masked(text: &str) -> String {
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
        let mut outline = String::new();
        outlined(&json, 0, &mut outline);
        return without_ids(&outline);
    }
    let end = text.char_indices().nth(READ).map_or(text.len(), |(at, _)| at);
    without_ids(&text[..end])
}

/// Returns the text with every id, time and number masked.
pub(crate) fn without_ids(text: &str) -> String {
    VOLATILE.replace_all(text, "#").into_owned()
}

/// FNV-1a, 64 bits: stable across builds, so that recorded observations stay comparable.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn add(&mut self, text: &str) {
        for byte in text.bytes().chain([0xff]) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

fn outlined(json: &Value, depth: usize, outline: &mut String) {
    match json {
        Value::Object(_) | Value::Array(_) if depth == DEPTH => outline.push('_'),
        Value::Object(fields) => {
            for (name, value) in fields {
                outline.push_str(name);
                outline.push(':');
                outlined(value, depth + 1, outline);
                outline.push(' ');
            }
        }
        Value::Array(_) => outline.push_str("[]"),
        Value::String(text) => outline.extend(text.chars().take(TEXT)),
        other => outline.push_str(&other.to_string()),
    }
}
