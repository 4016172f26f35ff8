//! Finds placeholders `{name}` that no earlier step captures.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::ScenarioError;
use super::written::StepText;
use crate::document::{Source, nearest_or_all};

static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{([A-Za-z_][A-Za-z0-9_-]*)(?::[^{}]*)?\}").expect("a constant pattern"));

/// The placeholders that the run and the probe fill in themselves, in bodies and messages.
const FILLED_IN: [&str; 6] = ["token", "email", "sub", "secret", "csrf", "marker"];

/// Checks every text that a step sends.
pub(super) fn mistakes<'a>(steps: impl Iterator<Item = &'a StepText>, shown: &Source) -> Vec<ScenarioError> {
    let (mut captured, mut mistakes) = (BTreeSet::new(), Vec::new());
    for step in steps {
        for (text, span) in texts(step) {
            let wanted = PLACEHOLDER.captures_iter(&text).map(|found| found[1].to_owned());
            let missing =
                wanted.filter(|name| !FILLED_IN.contains(&name.as_str())).find(|name| !captured.contains(name));
            if let Some(name) = missing {
                let known: Vec<&str> = captured.iter().map(String::as_str).collect();
                let mistake = ScenarioError::new(format!("no earlier step captures `{name}`")).at(shown, span);
                mistakes.push(mistake.help(nearest_or_all(&name, &known)));
            }
        }
        captured.extend(step.capture.0.iter().map(|entry| entry.name.clone()));
    }
    mistakes
}

fn texts(step: &StepText) -> Vec<(String, Range<usize>)> {
    let path = step.path.iter().map(|path| (path.get_ref().0.clone(), path.span()));
    let query = step.query.0.iter().map(|entry| (entry.value.clone(), entry.span.clone()));
    let body = step.body.iter().flat_map(|body| strings(&body.get_ref().0).map(|text| (text, body.span())));
    let messages = step.send.iter().flat_map(|send| {
        let of_message = |message: &crate::document::Json| strings(&message.0).collect::<Vec<_>>();
        send.get_ref().iter().flat_map(of_message).map(|text| (text, send.span())).collect::<Vec<_>>()
    });
    let tables = step.form.0.iter().chain(&step.multipart.0);
    let tables = tables.flat_map(|entry| strings(&entry.value.0).map(|text| (text, entry.span.clone())));
    let text = step.text.iter().map(|text| (text.get_ref().clone(), text.span()));
    path.chain(query).chain(body).chain(tables).chain(text).chain(messages).collect()
}

/// Returns every string value in the JSON.
fn strings(json: &Value) -> std::vec::IntoIter<String> {
    let mut found = Vec::new();
    let mut left = vec![json];
    while let Some(value) = left.pop() {
        match value {
            Value::String(text) => found.push(text.clone()),
            Value::Array(values) => left.extend(values),
            Value::Object(fields) => left.extend(fields.values()),
            _ => {}
        }
    }
    found.into_iter()
}
