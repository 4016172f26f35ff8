//! Runs against a system in order: whatever the weather, no cause may be named. Sits in `selftest`.

use serde::Serialize;

use crate::diagnose::{Cause, Certainty};
use crate::report::{Report, StepOutcome};
use crate::selftest::subject::{Subject, mask};
use crate::terms::EvidenceSource;

/// One run and what was said.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Healthy {
    /// Whose code the twin behaved like.
    pub dialect: String,
    /// What the noise was drawn by; nothing where there was none.
    pub noise: Option<u64>,
    /// The granted evidence.
    pub evidence_sources: String,
    /// Steps that failed.
    pub failed: usize,
    /// Faults of the catalogue that were named, and how surely.
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

    /// Whether a cause is called likely or certain.
    #[must_use]
    pub(crate) fn is_accused(&self) -> bool {
        self.named.iter().any(|(_, certainty)| *certainty >= Certainty::Likely)
    }
}
