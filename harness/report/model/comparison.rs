//! The comparison of a run with an earlier one. `gate` computes it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is new since an earlier run, the baseline. A step that failed in it too is marked [`crate::report::StepReport::already`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BaselineReport {
    /// When the baseline run began.
    pub started_at: jiff::Timestamp,
    /// Steps that fail now and did not fail in the baseline: `scenario/step`.
    pub new: Vec<String>,
    /// Steps that fail now and failed in the baseline.
    pub already: Vec<String>,
    /// Steps that failed in the baseline and pass now.
    pub gone: Vec<String>,
    /// Faults that are a cause now and were a cause or a candidate in the baseline.
    pub known_causes: Vec<String>,
    /// Whether anything that fails the run is new: a step, a cause, a finding.
    pub anything_new: bool,
    /// Whether only what is new decides the exit code.
    pub new_only: bool,
}
