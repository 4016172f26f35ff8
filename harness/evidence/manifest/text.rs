//! A text in JSON, YAML or `KEY=VALUE` lines, as values.

use serde_json::Value;
use thiserror::Error;

use super::{env_file, layout};

/// What a text holds.
pub(super) enum Content {
    /// The values of a JSON or YAML text.
    Values(Vec<Value>),
    /// The variables of an env file.
    Lines(Vec<(String, String)>),
}

/// Why a text is no manifest. The message does not quote the text, because a manifest may hold secrets.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotRead {
    /// The text is not well-formed.
    #[error("line {line}, column {column}: {why}")]
    Syntax {
        /// Counted from 1. 0 when it is not known.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// The mistake.
        why: String,
    },
    /// A value has no known layout, or lacks a part.
    #[error("{0}")]
    Layout(&'static str),
    /// The text holds no manifest, or several, where one was expected.
    #[error("it holds {0} manifests, and one was expected")]
    Count(usize),
}

/// Reads a text. It is JSON if it begins with a brace or a bracket, and YAML if it has no lines `KEY=VALUE`.
pub(super) fn values(text: &str) -> Result<Content, NotRead> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with(['{', '[']) {
        return json(text).map(Content::Values);
    }
    if env_file::is_such(text) {
        let why = "expected KEY=VALUE, and every quote closed".to_owned();
        let lines = env_file::lines(text).map_err(|line| NotRead::Syntax { line, column: 1, why })?;
        return Ok(Content::Lines(lines));
    }
    yaml(text).map(Content::Values)
}

/// Reports whether the first 64 KiB of a JSON text, or the whole of a shorter one, begin with the manifest of a service, alone
/// or in a list. A manifest that goes on after them is not seen.
pub(crate) fn looks_like_manifest(start: &str) -> bool {
    let text = start.trim_start_matches('\u{feff}').trim_start();
    let first = text.strip_prefix('[').unwrap_or(text);
    let value = serde_json::Deserializer::from_str(first).into_iter::<Value>().next();
    value.and_then(Result::ok).is_some_and(|value| layout::has_containers(&value))
}

/// Reads a sequence of JSON values.
fn json(text: &str) -> Result<Vec<Value>, NotRead> {
    serde_json::Deserializer::from_str(text).into_iter::<Value>().collect::<Result<_, _>>().map_err(|error| {
        let why = error.to_string().split(" at line ").next().unwrap_or_default().to_owned();
        NotRead::Syntax { line: error.line(), column: error.column(), why }
    })
}

/// Reads a stream of YAML documents, with limits on nesting, size and aliases.
fn yaml(text: &str) -> Result<Vec<Value>, NotRead> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! { max_depth: 64, max_nodes: 250_000, max_aliases: 1000 },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 100_000 },
    };
    serde_saphyr::from_multiple_with_options::<Value>(text, options).map_err(|error| {
        let place = |part: u64| usize::try_from(part).unwrap_or_default();
        let (line, column) = error.location().map_or((0, 0), |at| (place(at.line()), place(at.column())));
        NotRead::Syntax { line, column, why: "this is not YAML, or it exceeds the limits".to_owned() }
    })
}
