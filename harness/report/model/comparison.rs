//! A run beside an earlier one. Part of the report type; computed in `run`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is new, and what is not. Steps that failed then too are marked [`crate::report::StepReport::already`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineReport {
    /// When the earlier run began.
    pub started_at: jiff::Timestamp,
    /// Steps that fail and did not fail then: `scenario/step`.
    pub new: Vec<String>,
    /// Steps that fail and failed then.
    pub already: Vec<String>,
    /// Steps that failed then and pass now.
    pub gone: Vec<String>,
    /// Faults that are a cause now and were one, or a candidate, then.
    pub known_causes: Vec<String>,
    /// Whether anything that fails the run is new: a step, a cause, a finding.
    pub anything_new: bool,
    /// Whether only what is new decides the exit code.
    pub new_only: bool,
}
