//! What a diagnosis is given. The arrow from `run` to `diagnose`: plain data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Target;
use crate::evidence::Evidence;
use crate::observe::Observation;

/// A step that failed and is to be explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStep {
    /// `scenario/step`.
    pub step: String,
    /// Its exchange.
    pub exchange: u32,
    /// A negative control that was not refused as it must be: explained along with others, never on its own.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub control: bool,
}

/// When a probe was under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentProbe {
    /// Its exchange.
    pub exchange: u32,
    /// By our clock.
    pub started_at: Timestamp,
    /// By our clock.
    pub ended_at: Timestamp,
    /// The trace id it carried.
    pub trace_id: String,
}

/// What is given to a diagnosis. Plain data: a recorded run diagnosed again gives the same verdict.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The deployment.
    pub target: &'a Target,
    /// What every probe of the run means, in the order they were sent.
    pub observations: &'a [Observation],
    /// When they were sent.
    pub sent: &'a [SentProbe],
    /// Manifests and logs.
    pub evidence: &'a Evidence,
    /// What is to be explained, in the order of the run.
    pub failed: &'a [FailedStep],
}
