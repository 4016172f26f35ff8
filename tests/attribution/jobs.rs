//! The number of jobs changes neither the results nor the verdict.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::report::{Report, StepOutcome};
use fivewhys::internal::scenario;
use fivewhys::internal::terms::EvidenceSource;
use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::support::twin::{Bench, Injected};

/// What a run says: the result of each step, and each cause.
#[derive(Debug, PartialEq)]
struct Said {
    steps: Vec<(String, StepOutcome)>,
    causes: Vec<(String, Certainty, BTreeSet<String>, Vec<String>)>,
}

fn said(report: Report) -> Said {
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let steps = steps.map(|(scenario, step)| (format!("{scenario}/{}", step.id), step.outcome)).collect();
    let causes = report.causes.into_iter().map(|cause| {
        let others = cause.alternatives.into_iter().map(|other| other.fault).collect();
        (cause.fault, cause.certainty, others, cause.explains)
    });
    Said { steps, causes: causes.collect() }
}

async fn with_jobs(injected: Injected, evidence: &[EvidenceSource], jobs: usize, probe: Duration) -> Said {
    let mut bench = Bench::boot(Dialect::Documented, Some(injected)).await.with_evidence_sources(evidence);
    bench.target.budget.concurrency = NonZeroUsize::new(jobs);
    bench.target.budget.probe = probe;
    said(bench.smoke(&scenario::embedded().expect("the shipped scenarios are in order")).await)
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_jobs_does_not_change_the_verdict(
    #[values(
        "backend-auth/service-secret-mismatch",
        "backend-auth/service-secret-missing",
        "backend-auth/auth-unreachable",
        "auth/down",
        "auth/blacklist-error",
        "client/wrong-signing-secret",
        "edge/iam-denied",
        "edge/strips-authorization",
        "data/redis-down",
        "backend/crashing"
    )]
    injected: Injected,
) {
    let evidence = [EvidenceSource::Edge, EvidenceSource::Auth];
    let probe = Duration::from_secs(10);
    let alone = with_jobs(injected, &evidence, 1, probe).await;
    assert!(!alone.causes.is_empty(), "the fault shows");
    for jobs in [3, 32] {
        assert_eq!(with_jobs(injected, &evidence, jobs, probe).await, alone, "{jobs} jobs");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_trace_id_belongs_to_one_probe_however_many_jobs_there_are() {
    let injected: Injected = "agents/no-events".parse().expect("a fault");
    let every = [EvidenceSource::Edge, EvidenceSource::Auth, EvidenceSource::Logs];
    for jobs in [1, 32] {
        let said = with_jobs(injected, &every, jobs, Duration::from_secs(1)).await;
        let causes: Vec<_> = said.causes.iter().map(|(fault, certainty, ..)| (fault.as_str(), *certainty)).collect();
        assert_eq!(causes, [("agents/no-events", Certainty::Certain)], "{jobs} jobs");
    }
}
