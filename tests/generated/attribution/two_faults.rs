//! Two faults at once: a fault that was not injected is never certain, and never likely without a claim of its own.

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::{Dialect, Fault};
use libtest_mimic::Trial;

use super::{shipped, trial};
use crate::support::twin::Bench;

const EDGE_AND_AUTH: &[EvidenceSource] = &[EvidenceSource::Edge, EvidenceSource::Auth];
const ALL: &[EvidenceSource] = &[
    EvidenceSource::Edge,
    EvidenceSource::Direct,
    EvidenceSource::Auth,
    EvidenceSource::ServiceCredentials,
    EvidenceSource::Manifest,
    EvidenceSource::Logs,
];

/// The faults of the scenario files' tables. `selftest` drives pairs of all faults.
const FAULTS: [Fault; 7] = [
    Fault::ServiceSecretMismatch,
    Fault::ServiceSecretMissing,
    Fault::AuthDown,
    Fault::WrongSigningSecret,
    Fault::IamDenied,
    Fault::StripsAuthorization,
    Fault::DatabaseDown,
];

/// One test for each pair, dialect and set of evidence. In the sample each pair has one dialect and one set of evidence, in turn.
pub(super) fn trials() -> Vec<Trial> {
    let pairs =
        FAULTS.iter().enumerate().flat_map(|(at, one)| FAULTS[at + 1..].iter().map(move |other| [*one, *other]));
    let ways = [Dialect::Documented, Dialect::Observed].map(|dialect| [(dialect, EDGE_AND_AUTH), (dialect, ALL)]);
    let ways = ways.as_flattened();
    let each = |(nth, faults): (usize, [Fault; 2])| {
        ways.iter().enumerate().map(move |(way, &(dialect, evidence))| {
            let name = format!("{} and {} ({dialect}, {} evidence sources)", faults[0], faults[1], evidence.len());
            trial(name, nth % ways.len() == way, async move || check(dialect, &faults, evidence).await)
        })
    };
    pairs.enumerate().flat_map(each).collect()
}

async fn check(dialect: Dialect, faults: &[Fault], evidence: &[EvidenceSource]) -> Result<(), String> {
    let bench = Bench::boot_with(dialect, faults, true).await.with_evidence_sources(evidence);
    let report = bench.smoke(&shipped()).await;
    if report.causes.is_empty() {
        return Err(format!("{faults:?} cause no failure"));
    }
    for cause in &report.causes {
        let injected = faults.iter().any(|fault| fault.id() == cause.fault);
        let bare = cause.whys.len() < 2;
        let claimed = cause.certainty == Certainty::Certain || (cause.certainty == Certainty::Likely && bare);
        if !injected && claimed {
            return Err(format!("{} is {}: {:#?}", cause.fault, cause.certainty, cause.whys));
        }
    }
    Ok(())
}
