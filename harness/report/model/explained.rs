//! What `fivewhys explain` adds to a report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When it began, and what the verdict assumes. Only in the reports of `fivewhys explain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Explained {
    /// The first failure, deploys and changes of the revision, oldest first.
    pub timeline: Vec<Moment>,
    /// What the evidence does not show and the verdict assumes, one sentence each.
    pub assumptions: Vec<String>,
}

/// One moment of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Moment {
    /// When it was, by the clock of the component that wrote it.
    pub at: jiff::Timestamp,
    /// What happened, redacted.
    pub says: String,
}
