//! Runs against a healthy system. No cause may be named in them.

use serde::Serialize;

use crate::diagnose::{Cause, Certainty};
use crate::report::{Report, StepOutcome};
use crate::selftest::subject::{Subject, mask};
use crate::terms::EvidenceSource;

/// One run against a healthy system, and the causes that it named.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Healthy {
    /// The dialect of the twin.
    pub dialect: String,
    /// The seed of the noise, if there was noise.
    pub noise: Option<u64>,
    /// The granted evidence.
    pub evidence_sources: String,
    /// How many steps failed.
    pub failed: usize,
    /// The faults that were named, with their certainty.
    pub named: Vec<(String, Certainty)>,
}

impl Healthy {
    pub(crate) fn of(report: &Report, subject: &Subject, evidence_sources: &[EvidenceSource]) -> Self {
        let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
        let is_known = |cause: &&Cause| cause.certainty > Certainty::Unknown;
        let named = report.causes.iter().filter(is_known).map(|cause| (cause.fault.clone(), cause.certainty));
        Self {
            dialect: subject.dialect.id().to_owned(),
            noise: subject.noise,
            evidence_sources: mask::name(evidence_sources),
            failed: steps.filter(|step| step.outcome == StepOutcome::Failed).count(),
            named: named.collect(),
        }
    }

    /// Reports whether a cause is likely or certain.
    #[must_use]
    pub(crate) fn is_accused(&self) -> bool {
        self.named.iter().any(|(_, certainty)| *certainty >= Certainty::Likely)
    }
}
