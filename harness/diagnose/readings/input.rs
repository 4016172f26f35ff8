//! The input of a diagnosis. Plain data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Target;
use crate::evidence::Evidence;
use crate::observe::Observation;

/// A failed step that the diagnosis must explain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedStep {
    /// `scenario/step`.
    pub step: String,
    /// Its exchange.
    pub exchange: u32,
    /// Whether it is a negative control that was not refused. It is explained together with other failures, never
    /// alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub control: bool,
}

/// When a probe was running.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentProbe {
    /// Its exchange.
    pub exchange: u32,
    /// When it started, by this machine's clock.
    pub started_at: Timestamp,
    /// When it ended, by this machine's clock.
    pub ended_at: Timestamp,
    /// The trace id it carried.
    pub trace_id: String,
    /// The ids that the response gave the request, such as that of `x-request-id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_ids: Vec<String>,
}

/// The input of a diagnosis. A recorded run that is diagnosed again gives the same verdict.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The deployment.
    pub target: &'a Target,
    /// The observation of every probe, in the order in which they were sent.
    pub observations: &'a [Observation],
    /// When the probes were sent.
    pub sent: &'a [SentProbe],
    /// Manifests and logs.
    pub evidence: &'a Evidence,
    /// The failed steps, in the order of the run.
    pub failed: &'a [FailedStep],
}
