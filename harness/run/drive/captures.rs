//! Values that one step captures for the next.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::probe::Exchange;
use crate::scenario::Step;

/// Captured values by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Captures(BTreeMap<String, String>);

/// The name of the value that marks the messages of one user in one run.
const MARKER: &str = "marker";

impl Captures {
    /// Returns no captured value, and this text for `{marker}`.
    pub(crate) fn marked(marker: &str) -> Self {
        Self(BTreeMap::from([(MARKER.to_owned(), marker.to_owned())]))
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
            let found = documents.iter().find_map(|json| path.query(json).all().into_iter().next().and_then(text));
            if let Some(value) = found {
                self.0.insert(name.clone(), value);
            }
        }
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
        let json = [step.body.clone().unwrap_or_default(), Value::Array(step.send.clone().unwrap_or_default())];
        let query = step.query.iter().map(|(_, value)| value.clone());
        let texts: Vec<String> = json.iter().map(Value::to_string).chain(query).chain(step.path.clone()).collect();
        let needed = |name: &&String| texts.iter().any(|text| text.contains(&format!("{{{name}}}")));
        all.iter().filter(needed).find(|name| !self.0.contains_key(*name)).cloned()
    }

    /// Returns the text with every `{name}` replaced.
    pub(crate) fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
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

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
