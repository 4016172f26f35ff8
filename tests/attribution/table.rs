//! One test a row of the scenario files' attribution tables: which step fails first, how, by whom, what stands behind it, and the cause.

use std::collections::BTreeSet;

use fivewhys::internal::diagnose::{Certainty, Hops};
use fivewhys::internal::report::{Report, RunOutcome, StepOutcome, StepReport};
use fivewhys::internal::scenario::{self, Attribution, Behind, Scenario};
use fivewhys_mocks::{Dialect, Fault, JournalEntry};
use rstest::rstest;

use crate::bench::{Bench, Injected};

/// `documented` and `observed`: what the others come to is the affair of `selftest`.
const TABLED: usize = 2;

#[rstest]
#[tokio::test]
async fn a_scenario_comes_to_what_its_table_says(
    #[values(
        "health",
        "chat-stream",
        "chat-messages",
        "threads",
        "websocket-events",
        "oauth",
        "agents-execute",
        "token-validation",
        "negative-controls"
    )]
    scenario: &str,
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
) {
    let scenario = shipped().into_iter().find(|one| one.id == scenario).expect("a shipped scenario");
    let row = only_row(&scenario, injected, dialect);
    let bench = Bench::boot(dialect, Some(injected)).await;
    let report = bench.smoke(std::slice::from_ref(&scenario)).await;
    match &row.step {
        None => passes(&report),
        Some(step) => {
            fails_first_at(&report, step, &row);
            has_one_certain_cause(&report, row.cause.as_deref().expect("a row that fails names its cause"));
        }
    }
    if let Some(behind) = &row.behind {
        stands_behind(behind, &bench.twin.journal().await);
    }
    bench.twin.shutdown().await;
}

#[test]
fn the_matrix_is_all_there_is_to_run() {
    let ids: Vec<String> = shipped().into_iter().map(|scenario| scenario.id).collect();
    let driven = [
        "health",
        "chat-stream",
        "chat-messages",
        "threads",
        "websocket-events",
        "oauth",
        "agents-execute",
        "token-validation",
        "negative-controls",
    ];
    assert_eq!(ids, driven, "a shipped scenario is not in the matrix");
}

#[test]
fn every_row_of_every_table_is_run() {
    let started_anyway = (Fault::ServiceSecretMissing.id(), false);
    let run: BTreeSet<_> = crate::two::FAULTS.iter().map(|fault| (fault.id(), true)).chain([started_anyway]).collect();
    for scenario in shipped() {
        for row in &scenario.attribution {
            let known = row.dialect.parse::<Dialect>().is_ok() && run.contains(&(&*row.fault, row.startup_validation));
            assert!(known, "{}: no test runs the row {row:?}", scenario.source);
        }
        assert_eq!(scenario.attribution.len(), run.len() * TABLED, "{}", scenario.source);
    }
}

fn shipped() -> Vec<Scenario> {
    scenario::embedded().expect("the shipped scenarios are in order")
}

fn only_row(scenario: &Scenario, injected: Injected, dialect: Dialect) -> Attribution {
    let of = |row: &&Attribution| {
        row.fault == injected.fault.id()
            && row.dialect == dialect.id()
            && row.startup_validation == injected.startup_validation
    };
    let rows: Vec<_> = scenario.attribution.iter().filter(of).collect();
    let [row] = rows.as_slice() else { panic!("{}: expected one row, got {rows:?}", scenario.source) };
    (*row).clone()
}

fn passes(report: &Report) {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let failed: Vec<_> = steps.filter(|step| step.outcome != StepOutcome::Passed).collect();
    assert!(failed.is_empty(), "every step passes, but {failed:#?}");
    assert_eq!((report.outcome, report.exit.code), (RunOutcome::Passed, 0));
    assert!(report.causes.is_empty(), "nothing failed, but {:?} is blamed", report.causes[0].fault);
}

fn fails_first_at(report: &Report, step: &str, row: &Attribution) {
    let failed = report.scenarios[0].steps.iter().find(|step| step.outcome == StepOutcome::Failed);
    let failed = failed.unwrap_or_else(|| panic!("{step} must fail, but nothing did"));
    assert_eq!(failed.id, step, "the step that fails first; it says {:?}", failed.because);
    let seen = observation(report, failed);
    assert_eq!(seen.status, row.status, "the status at the edge");
    assert_eq!(Some(seen.answered_by), row.made_by, "who made the answer: {:?}", seen.because);
}

fn observation<'r>(report: &'r Report, step: &StepReport) -> &'r fivewhys::internal::observe::Observation {
    let probe = report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange).expect("the step's probe");
    probe.observation.as_ref().expect("an exchange that was not cut short means something")
}

fn has_one_certain_cause(report: &Report, fault: &str) {
    let [cause] = report.causes.as_slice() else { panic!("one cause, but: {:#?}", report.causes) };
    assert_eq!((&*cause.fault, cause.certainty), (fault, Certainty::Certain), "whys: {:#?}", cause.whys);
    let hop = fault.split('/').next().expect("a fault's id is hop/slug");
    assert!(matches!(&cause.hop, Hops::One(one) if one.as_str() == hop), "{:?} is not {hop}", cause.hop);
    assert_eq!((report.outcome, report.exit.code), (RunOutcome::Failed, 1));
    assert_eq!(report.scenarios[0].cause, Some(0), "the scenario points at its cause");
}

fn stands_behind(behind: &Behind, journal: &[JournalEntry]) {
    let is = |entry: &JournalEntry| {
        entry.from_backend
            && entry.path == behind.path
            && entry.status == behind.status
            && behind.accepted.is_none_or(|accepted| entry.accepted == Some(accepted))
            && behind.reason.as_ref().is_none_or(|reason| entry.reason.as_ref() == Some(reason))
    };
    assert!(journal.iter().any(is), "no {behind:?} by the backend in the journal: {journal:#?}");
}
