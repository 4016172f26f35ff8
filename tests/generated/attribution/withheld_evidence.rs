//! Every fault through every set of evidence: no wrong cause is certain, and the injected fault is not ruled out.

use fivewhys::internal::diagnose::{Cause, Certainty};
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::Dialect;
use libtest_mimic::Trial;

use super::{INJECTED, shipped, trial};
use crate::support::twin::{Bench, Injected};

const EVIDENCE: [&[EvidenceSource]; 8] = [
    &[EvidenceSource::Edge],
    &[EvidenceSource::Edge, EvidenceSource::Auth],
    &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials],
    &[EvidenceSource::Edge, EvidenceSource::Manifest],
    &[EvidenceSource::Edge, EvidenceSource::Logs],
    &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Logs],
    &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Manifest],
    &[
        EvidenceSource::Edge,
        EvidenceSource::Auth,
        EvidenceSource::ServiceCredentials,
        EvidenceSource::Manifest,
        EvidenceSource::Logs,
    ],
];

/// One test for each fault, dialect and set of evidence. In the sample each fault has two sets of evidence in each dialect.
pub(super) fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (fault, injected) in INJECTED.iter().enumerate() {
        for (spoken, dialect) in [Dialect::Documented, Dialect::Observed].into_iter().enumerate() {
            for (set, evidence) in EVIDENCE.iter().enumerate() {
                let names: Vec<&str> = evidence.iter().map(|source| source.as_str()).collect();
                let name = format!("{injected} with {} ({dialect})", names.join(","));
                let is_sampled = (fault + set + 2 * spoken).is_multiple_of(4);
                trials.push(trial(name, is_sampled, async move || check(injected, dialect, evidence).await));
            }
        }
    }
    trials
}

async fn check(injected: &str, dialect: Dialect, evidence: &[EvidenceSource]) -> Result<(), String> {
    let injected: Injected = injected.parse().map_err(|_| format!("{injected} is no fault of the twin"))?;
    let report = Bench::boot(dialect, Some(injected)).await.with_evidence_sources(evidence).smoke(&shipped()).await;
    let is_wrong = |cause: &&Cause| cause.certainty == Certainty::Certain && cause.fault != injected.fault.id();
    if let Some(cause) = report.causes.iter().find(is_wrong) {
        return Err(format!("{} is called certain: {:#?}", cause.fault, cause.whys));
    }
    let candidates = |cause: &Cause| {
        let others = cause.alternatives.iter().map(|other| other.fault.clone());
        std::iter::once(cause.fault.clone()).chain(others).collect::<Vec<String>>()
    };
    let left: Vec<String> = report.causes.iter().flat_map(candidates).collect();
    let is_kept = left.is_empty() || left.iter().any(|fault| fault == injected.fault.id());
    if is_kept { Ok(()) } else { Err(format!("{} was ruled out, {left:?} remain", injected.fault)) }
}
