//! Two faults at once: nothing that was not injected is certain, nor named as found without any claim of its own.

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::scenario;
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use crate::bench::Bench;

const ALL: [EvidenceSource; 6] = [
    EvidenceSource::Edge,
    EvidenceSource::Direct,
    EvidenceSource::Auth,
    EvidenceSource::ServiceCredentials,
    EvidenceSource::Manifest,
    EvidenceSource::Logs,
];

/// Those that the scenario files' tables know; `selftest` drives pairs of all.
pub(crate) const FAULTS: [Fault; 7] = [
    Fault::ServiceSecretMismatch,
    Fault::ServiceSecretMissing,
    Fault::AuthDown,
    Fault::WrongSigningSecret,
    Fault::IamDenied,
    Fault::StripsAuthorization,
    Fault::DatabaseDown,
];

#[rstest]
fn nothing_else_is_certain(
    #[values("documented", "observed")] dialect: Dialect,
    #[values(
        "backend-auth/service-secret-mismatch",
        "backend-auth/service-secret-missing",
        "auth/down",
        "client/wrong-signing-secret",
        "edge/iam-denied",
        "edge/strips-authorization",
        "data/database-down"
    )]
    one: Fault,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    for other in FAULTS.into_iter().skip_while(|other| *other != one).skip(1) {
        for evidence_sources in [&[EvidenceSource::Edge, EvidenceSource::Auth][..], &ALL] {
            runtime.block_on(drive(dialect, &[one, other], evidence_sources));
        }
    }
}

async fn drive(dialect: Dialect, faults: &[Fault], evidence_sources: &[EvidenceSource]) {
    let bench = Bench::boot_with(dialect, faults, true).await.with_evidence_sources(evidence_sources);
    let report = bench.smoke(&scenario::embedded().expect("the shipped scenarios are in order")).await;
    assert!(!report.causes.is_empty(), "{faults:?} show");
    for cause in &report.causes {
        let injected = faults.iter().any(|fault| fault.id() == cause.fault);
        let bare = cause.whys.len() < 2;
        let claimed = cause.certainty == Certainty::Certain || (cause.certainty == Certainty::Likely && bare);
        assert!(injected || !claimed, "{} under {faults:?}, {evidence_sources:?}: {:#?}", cause.fault, cause.whys);
    }
}
