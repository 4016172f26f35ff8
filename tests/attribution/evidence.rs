//! With evidence withheld: what cannot be known from outside is not claimed, and no wrong answer is certain.

use fivewhys::internal::diagnose::{Cause, Certainty};
use fivewhys::internal::report::Report;
use fivewhys::internal::scenario::{self, Scenario};
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use crate::bench::{Bench, Injected};

#[rstest]
#[case::mismatch_documented("backend-auth/service-secret-mismatch", "documented")]
#[case::mismatch_observed("backend-auth/service-secret-mismatch", "observed")]
#[case::not_started_documented("backend-auth/service-secret-missing", "documented")]
#[case::not_started_observed("backend-auth/service-secret-missing", "observed")]
#[case::refused_documented("backend-auth/service-secret-missing without startup validation", "documented")]
#[tokio::test]
async fn a_fault_between_the_services_stays_open_with_the_evidence_sources_edge_and_auth(
    #[case] injected: Injected,
    #[case] dialect: Dialect,
) {
    let report = drive(injected, dialect, &[EvidenceSource::Edge, EvidenceSource::Auth]).await;
    let [cause] = report.causes.as_slice() else { panic!("one cause, but: {:#?}", report.causes) };
    assert_eq!(cause.certainty, Certainty::Ambiguous, "{} {:#?}", cause.fault, cause.whys);
    assert_eq!(report.exit.code, 3);
    let candidates = candidates(cause);
    assert!(candidates.contains(&injected.fault.id()), "{} is not among {candidates:?}", injected.fault);
    let backend_runs = injected.fault == Fault::ServiceSecretMismatch || !injected.startup_validation;
    // A backend that is not there may have lost its own database.
    let elsewhere: &[&str] =
        if backend_runs { &["client", "network", "data", "edge", "backend"] } else { &["client", "network"] };
    let wrong: Vec<_> = candidates.iter().filter(|fault| elsewhere.contains(&hop(fault))).collect();
    assert!(wrong.is_empty(), "{wrong:?} must be ruled out: {candidates:?}");
    let evidence_source = cause.settled_by.as_ref().map(|settling| &*settling.evidence);
    assert!(matches!(evidence_source, Some("manifest" | "logs")), "settled by {evidence_source:?}");
}

#[rstest]
#[tokio::test]
async fn no_wrong_answer_is_certain(
    #[values(
        "backend-auth/service-secret-mismatch",
        "backend-auth/service-secret-missing",
        "backend-auth/service-secret-missing without startup validation",
        "auth/down",
        "client/wrong-signing-secret",
        "edge/iam-denied",
        "edge/strips-authorization",
        "data/database-down"
    )]
    injected: Injected,
    #[values("documented", "observed")] dialect: Dialect,
    #[values(
        &[EvidenceSource::Edge],
        &[EvidenceSource::Edge, EvidenceSource::Auth],
        &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials],
        &[EvidenceSource::Edge, EvidenceSource::Manifest],
        &[EvidenceSource::Edge, EvidenceSource::Logs],
        &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Logs],
        &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Manifest],
        &[EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::ServiceCredentials, EvidenceSource::Manifest, EvidenceSource::Logs]
    )]
    evidence_sources: &[EvidenceSource],
) {
    let report = drive(injected, dialect, evidence_sources).await;
    for cause in &report.causes {
        let wrong = cause.fault != injected.fault.id();
        assert!(
            !(wrong && cause.certainty == Certainty::Certain),
            "{} is called certain under {}: {:#?}",
            cause.fault,
            injected.fault,
            cause.whys
        );
    }
    let left: Vec<&str> = report.causes.iter().flat_map(candidates).collect();
    let kept = left.contains(&injected.fault.id()) || report.causes.is_empty();
    assert!(kept, "{} was ruled out, {left:?} remain", injected.fault);
}

async fn drive(injected: Injected, dialect: Dialect, evidence_sources: &[EvidenceSource]) -> Report {
    Bench::boot(dialect, Some(injected)).await.with_evidence_sources(evidence_sources).smoke(&shipped()).await
}

fn candidates(cause: &Cause) -> Vec<&str> {
    let others = cause.alternatives.iter().map(|other| &*other.fault);
    std::iter::once(&*cause.fault).chain(others).collect()
}

fn hop(fault: &str) -> &str {
    fault.split(['/', '@']).next().unwrap_or_default()
}

fn shipped() -> Vec<Scenario> {
    scenario::embedded().expect("the shipped scenarios are in order")
}
