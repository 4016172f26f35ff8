//! All scenarios at once: a healthy twin passes, and one fault is one cause, however many steps fail.

use fivewhys::internal::diagnose::Certainty;
use fivewhys::internal::report::{Report, RunOutcome, StepOutcome, human};
use fivewhys::internal::scenario::{self, Scenario};
use fivewhys_mocks::Dialect;
use rstest::rstest;

use crate::support::human::too_wide;
use crate::support::twin::{Bench, Injected};

#[rstest]
#[tokio::test]
async fn a_healthy_twin_passes(#[values("documented", "observed", "modern", "opaque")] dialect: Dialect) {
    let bench = Bench::boot(dialect, None).await;
    let report = bench.smoke(&shipped()).await;
    let steps: Vec<_> = report.scenarios.iter().flat_map(|scenario| &scenario.steps).collect();
    let failed: Vec<_> = steps.iter().filter(|step| step.outcome != StepOutcome::Passed).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    assert_eq!(
        steps.len() - report.objectives.len(),
        shipped()
            .iter()
            .map(|scenario| {
                let on = scenario.on(&bench.target);
                on.steps.len() + on.finally.len()
            })
            .sum::<usize>()
    );
    assert_eq!((report.outcome, report.exit.code), (RunOutcome::Passed, 0));
    assert!(report.causes.is_empty() && report.unread.is_empty(), "{:?} {:?}", report.causes, report.unread);
    fits_80_columns(&report, "passed: ");
}

#[rstest]
#[tokio::test]
async fn one_fault_is_one_certain_cause_of_everything_that_fails(
    #[values(
        "backend-auth/service-secret-mismatch",
        "backend-auth/service-secret-missing",
        "auth/down",
        "client/wrong-signing-secret",
        "edge/iam-denied",
        "edge/strips-authorization",
        "data/database-down"
    )]
    injected: Injected,
    #[values("documented", "observed")] dialect: Dialect,
) {
    let report = Bench::boot(dialect, Some(injected)).await.smoke(&shipped()).await;
    explains_everything(&report, injected);
    fits_80_columns(&report, "failed: ");
}

#[tokio::test]
async fn a_lost_secret_is_found_where_callers_are_checked() {
    let injected = "backend-auth/service-secret-missing without startup validation".parse().expect("a fault");
    let report = Bench::boot(Dialect::Documented, Some(injected)).await.smoke(&shipped()).await;
    explains_everything(&report, injected);
}

#[tokio::test]
async fn a_lost_secret_is_a_finding_where_callers_are_not_checked() {
    let injected = "backend-auth/service-secret-missing without startup validation".parse().expect("a fault");
    let report = Bench::boot(Dialect::Observed, Some(injected)).await.smoke(&shipped()).await;
    assert_eq!((report.outcome, report.exit.code), (RunOutcome::Passed, 0));
    assert!(report.causes.is_empty(), "{:?}", report.causes);
    let finding = report.findings.iter().find(|finding| finding.id == "callers-not-checked");
    let finding = finding.unwrap_or_else(|| panic!("no such finding in {:?}", report.findings));
    assert!(!finding.fails && !finding.evidence.is_empty(), "{finding:?}");
}

#[tokio::test]
async fn an_auth_service_that_checks_its_callers_gives_no_finding() {
    let report = Bench::boot(Dialect::Documented, None).await.smoke(&shipped()).await;
    let accused = report.findings.iter().any(|finding| finding.id == "callers-not-checked");
    assert!(!accused, "{:?}", report.findings);
}

fn explains_everything(report: &Report, injected: Injected) {
    let [cause] = report.causes.as_slice() else { panic!("one cause, but: {:#?}", report.causes) };
    assert_eq!((&*cause.fault, cause.certainty), (injected.fault.id(), Certainty::Certain), "{:#?}", cause.whys);
    assert!(cause.alternatives.is_empty(), "a certain cause has no rivals: {:?}", cause.alternatives);
    let failed = failed_beside_controls(report);
    assert!(!failed.is_empty(), "the fault shows");
    let left: Vec<_> = failed.iter().filter(|step| !cause.explains.contains(step)).collect();
    assert!(left.is_empty(), "{left:?} is not explained by {}", cause.fault);
    assert!(cause.whys.iter().all(|why| !why.evidence.is_empty()), "a claim without proof: {:#?}", cause.whys);
    assert_eq!((report.outcome, report.exit.code), (RunOutcome::Failed, 1));
}

fn failed_beside_controls(report: &Report) -> Vec<String> {
    let scenarios = shipped();
    let control = |scenario: &str, step: &str| {
        let steps = scenarios.iter().filter(|one| one.id == scenario).flat_map(|one| &one.steps);
        steps.filter(|one| one.id == step).any(|one| one.expect.refused)
    };
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (&one.id, step)));
    let failed = steps.filter(|(scenario, step)| step.outcome == StepOutcome::Failed && !control(scenario, &step.id));
    failed.map(|(scenario, step)| format!("{scenario}/{}", step.id)).collect()
}

/// The report for people, short and long, has no line of more than 80 columns, and ends with the outcome.
pub(super) fn fits_80_columns(report: &Report, outcome: &str) {
    for verbose in [false, true] {
        let style = human::Style { width: 80, colour: false, unicode: true, verbose, curl: false, has_flags: true };
        let text = human::render(report, &style);
        assert_eq!(too_wide(&text, 80), Vec::<&str>::new());
        let last = text.lines().last().expect("it says something");
        assert!(last.starts_with(outcome), "the last line is the outcome, not {last:?}");
    }
}

fn shipped() -> Vec<Scenario> {
    scenario::embedded().expect("the shipped scenarios are in order")
}
