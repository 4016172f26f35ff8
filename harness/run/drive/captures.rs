//! Values that one step captures for the next.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::config::User;
use crate::document::placeholder::{fill_placeholders, placeholders, strings};
use crate::probe::Exchange;
use crate::run::drive::filled;
use crate::scenario::Step;

/// Captured values by name: texts, numbers, and `true` or `false`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures(BTreeMap<String, Value>);

/// The name of the value that marks the messages of one user in one run.
const MARKER: &str = "marker";

impl Captures {
    /// Returns no captured value, and this text for `{marker}`.
    pub(crate) fn marked(marker: &str) -> Self {
        Self(BTreeMap::from([(MARKER.to_owned(), marker.into())]))
    }

    /// Returns these values, and those of the user that an expectation may name.
    pub(crate) fn of_user(&self, user: Option<&User>) -> Self {
        let mut values = self.0.clone();
        if let Some(user) = user {
            values.insert("email".to_owned(), user.email.as_str().into());
            values.insert("sub".to_owned(), user.sub.as_str().into());
        }
        Self(values)
    }

    /// Returns the values as they stand in a string literal of a JSONPath (RFC 9535, section 2.3.1.1).
    pub(crate) fn quoted(&self) -> Self {
        let quoted = |value: &Value| {
            let text = Value::String(as_text(value)).to_string();
            let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or_default();
            Value::String(inner.replace("\\\"", "\\u0022").replace('\'', "\\u0027"))
        };
        Self(self.0.iter().map(|(name, value)| (name.clone(), quoted(value))).collect())
    }

    /// Takes the values that the step captures from the body, or else from an event or frame. A value that is not found
    /// has no entry.
    pub(crate) fn take(&mut self, step: &Step, exchange: &Exchange) {
        if step.capture.is_empty() {
            return;
        }
        let streamed =
            exchange.events.iter().map(|event| &event.data).chain(exchange.received().map(|frame| &frame.data));
        let texts: Vec<&String> = std::iter::once(&exchange.body.text).chain(streamed).collect();
        let documents: Vec<Value> = texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        for (name, path) in &step.capture {
            let found = documents.iter().find_map(|json| path.query(json).all().into_iter().next().filter(is_scalar));
            if let Some(value) = found {
                self.0.insert(name.clone(), value.clone());
            }
        }
    }

    /// Sets one value.
    #[cfg(test)]
    pub(crate) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Takes the values that steps beside these captured.
    pub(crate) fn join(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Returns the first name of `all` that the step uses and that has no value.
    pub(crate) fn missing(&self, step: &Step, all: &[String]) -> Option<String> {
        if all.is_empty() {
            return None;
        }
        let bodies = step.body.iter().chain(step.send.iter().flatten()).flat_map(strings);
        let sent = step.query.iter().map(|(_, value)| value).chain(&step.path).map(String::as_str).chain(bodies);
        let sent: BTreeSet<&str> = sent.flat_map(names).collect();
        let expected = filled::texts(step);
        let expected: BTreeSet<&str> = expected.iter().flat_map(|text| names(text)).collect();
        let is_own = |name: &String| step.capture.iter().any(|(own, _)| own == name);
        let needed = |name: &&String| sent.contains(name.as_str()) || !is_own(name) && expected.contains(name.as_str());
        all.iter().filter(needed).find(|name| !self.0.contains_key(*name)).cloned()
    }

    /// Returns the text with every `{name}` replaced.
    pub(crate) fn fill(&self, text: &str) -> String {
        fill_placeholders(text, |name| self.0.get(name).map(as_text))
    }

    /// Returns the JSON value that a response must have: a text that is one `{name}` stands for the captured value with its
    /// type.
    pub(crate) fn fill_expected(&self, json: &Value) -> Value {
        let name = json.as_str().and_then(|text| text.strip_prefix('{')?.strip_suffix('}'));
        name.and_then(|name| self.0.get(name)).cloned().unwrap_or_else(|| self.fill_json(json))
    }

    /// Returns the JSON value with every `{name}` in its strings replaced.
    pub(crate) fn fill_json(&self, json: &Value) -> Value {
        match json {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(list) => list.iter().map(|one| self.fill_json(one)).collect(),
            Value::Object(map) => map.iter().map(|(key, one)| (key.clone(), self.fill_json(one))).collect(),
            other => other.clone(),
        }
    }
}

/// The first letters of a marker.
pub(crate) const MARKER_START: &str = "fwm";
/// The random hex digits of a marker: 96 bits.
pub(crate) const MARKER_DIGITS: usize = 24;

/// Returns a new marker: a text that no other user and no other run has.
pub(crate) fn new_marker() -> String {
    let random = uuid::Uuid::new_v4().simple().to_string();
    let other = uuid::Uuid::new_v4().simple().to_string();
    // The digits of a UUID that are not random are in its middle.
    format!("{MARKER_START}{}{}", &random[..12], &other[20..])
}

fn is_scalar(value: &&Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}

fn names(text: &str) -> impl Iterator<Item = &str> {
    placeholders(text).into_iter().map(|(_, name)| name)
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
