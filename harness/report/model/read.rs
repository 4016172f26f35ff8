//! Reads a JSON report back: a baseline, or a shard of a run.

use serde::Deserialize;
use thiserror::Error;

use crate::report::{Report, SCHEMA};

/// The schemas that can be read. `report/1` differs in the names of four keys only, which are aliases of the present names.
const READABLE: [&str; 2] = [SCHEMA, "fivewhys/report/1"];

/// Why a text cannot be read as a report.
#[derive(Debug, Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ReadError {
    /// The text is not JSON, or not a report.
    #[error("{from}, line {line}, column {column}: {why}")]
    #[diagnostic(code(fivewhys::report::not_a_report), help("pass a file that `fivewhys smoke --format json` wrote"))]
    Json {
        /// The file.
        from: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// The message of the parser.
        why: String,
    },
    /// The report has another schema, or names none.
    #[error("{from} has the schema {found}; this build reads {SCHEMA:?}")]
    #[diagnostic(code(fivewhys::report::other_schema), help("write the report again with this version of fivewhys"))]
    Schema {
        /// The file.
        from: String,
        /// The schema that the report names.
        found: String,
    },
}

/// Reads a report of [`SCHEMA`] or of `fivewhys/report/1`. `from` names the file in errors.
///
/// # Errors
/// Fails if the text is not JSON, has another schema, or lacks a required key.
pub fn read(from: &str, text: &str) -> Result<Report, ReadError> {
    #[derive(Deserialize)]
    #[serde(expecting = "a report")]
    struct Head {
        schema: Option<String>,
    }
    let no_report = |error: serde_json::Error| ReadError::Json {
        from: from.to_owned(),
        line: error.line(),
        column: error.column(),
        why: error.to_string().split(" at line ").next().unwrap_or_default().to_owned(),
    };
    let Head { schema } = serde_json::from_str(text).map_err(no_report)?;
    if !schema.as_deref().is_some_and(|schema| READABLE.contains(&schema)) {
        let found = schema.map_or_else(|| "(none)".to_owned(), |schema| format!("{schema:?}"));
        return Err(ReadError::Schema { from: from.to_owned(), found });
    }
    serde_json::from_str(text).map_err(no_report)
}
