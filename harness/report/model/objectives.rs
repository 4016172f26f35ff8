//! The objectives of the target, with what the run measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::config::{Bound, Measure, Unit};

/// An objective of the target, with the measured value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ObjectiveReport {
    /// Its name, which is the id of its step in the scenario `objectives`.
    pub name: String,
    /// What it limits.
    pub measure: Measure,
    /// The unit of `limit` and `value`.
    pub unit: Unit,
    /// On which side of the limit the value must be.
    pub bound: Bound,
    /// The limit.
    pub limit: f64,
    /// The measured value: of a time, the longest. Absent if nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// How many calls were measured.
    pub calls: usize,
    /// How many of them are bad: over the limit of a time, failed, or refused.
    pub bad: usize,
    /// Whether the value keeps the limit.
    pub outcome: ObjectiveOutcome,
    /// Why nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The steps with a bad call, as `scenario/step`, in the order of the report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed_by: Vec<String>,
    /// The cause that explains why it was missed: an index into [`crate::report::Report::causes`]. Absent unless causes explain every
    /// step of `missed_by`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<usize>,
}

/// Whether an objective was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectiveOutcome {
    /// The value keeps the limit.
    Met,
    /// The value does not keep the limit.
    Missed,
    /// No call was measured.
    NotMeasured,
}
