//! Verdicts with some evidence withheld: what that evidence alone shows is not claimed. See also `tests/generated/attribution`.

use fivewhys::internal::diagnose::{Cause, Certainty};
use fivewhys::internal::report::Report;
use fivewhys::internal::scenario::{self, Scenario};
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;

use super::all_scenarios::fits_80_columns;
use crate::support::believed::believed;
use crate::support::twin::{Bench, Injected};

#[rstest]
#[case::mismatch_documented("backend-auth/service-secret-mismatch", "documented")]
#[case::mismatch_observed("backend-auth/service-secret-mismatch", "observed")]
#[case::not_started_documented("backend-auth/service-secret-missing", "documented")]
#[case::not_started_observed("backend-auth/service-secret-missing", "observed")]
#[case::refused_documented("backend-auth/service-secret-missing without startup validation", "documented")]
#[tokio::test]
async fn edge_and_auth_evidence_leaves_a_fault_behind_the_edge_open(
    #[case] injected: Injected,
    #[case] dialect: Dialect,
) {
    let report = drive(injected, dialect, &[EvidenceSource::Edge, EvidenceSource::Auth]).await;
    let [cause] = report.causes.as_slice() else { panic!("one cause, but: {:#?}", report.causes) };
    assert_eq!(cause.certainty, Certainty::Ambiguous, "{} {:#?}", cause.fault, cause.whys);
    assert_eq!(report.exit.code, 3);
    fits_80_columns(&report, "failed: ");
    let candidates = candidates(cause);
    assert!(candidates.contains(&injected.fault.id()), "{} is not among {candidates:?}", injected.fault);
    let backend_runs = injected.fault == Fault::ServiceSecretMismatch || !injected.startup_validation;
    // A backend that does not run may have lost its own database.
    let elsewhere: &[&str] = if backend_runs { &["client", "network", "data", "edge"] } else { &["client", "network"] };
    let wrong: Vec<_> = believed(cause, 0.1).filter(|fault| elsewhere.contains(&hop(fault))).collect();
    assert!(wrong.is_empty(), "{wrong:?} must be ruled out: {candidates:?}");
    let evidence_source = cause.settled_by.as_ref().map(|settling| &*settling.evidence);
    assert!(matches!(evidence_source, Some("manifest" | "logs")), "settled by {evidence_source:?}");
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
