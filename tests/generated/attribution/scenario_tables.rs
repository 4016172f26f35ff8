//! One test for each row of the scenario files' attribution tables: the step that fails first, its status, the component that answered,
//! the call behind it, and the cause.

use std::collections::BTreeSet;

use fivewhys::internal::diagnose::{Certainty, Hops};
use fivewhys::internal::report::{Report, RunOutcome, ScenarioReport, StepOutcome, StepReport};
use fivewhys::internal::scenario::{Attribution, Behind, Scenario};
use fivewhys_mocks::{Dialect, JournalEntry};
use libtest_mimic::Trial;

use super::{INJECTED, shipped, trial};
use crate::support::twin::{Bench, Injected};

/// The dialects that the tables know. `selftest` examines the others.
const DIALECTS: [Dialect; 2] = [Dialect::Documented, Dialect::Observed];

/// One test for each row. In the sample each scenario has each fault, in one of the dialects.
pub(super) fn trials() -> Vec<Trial> {
    let whole = Trial::test("every table has a row for every fault and dialect", || Ok(tables_are_whole()?));
    let rows = shipped().into_iter().enumerate().flat_map(|(nth, scenario)| of_scenario(nth, &scenario));
    rows.chain([whole]).collect()
}

fn of_scenario(nth: usize, scenario: &Scenario) -> Vec<Trial> {
    let row = |row: &Attribution| {
        let (scenario, row) = (scenario.clone(), row.clone());
        let name = format!("{} under {} ({})", scenario.id, injected(&row), row.dialect);
        let fault = INJECTED.iter().position(|fault| *fault == injected(&row)).unwrap_or_default();
        let is_sampled = (nth + fault + usize::from(row.dialect == Dialect::Observed.id())).is_multiple_of(2);
        trial(name, is_sampled, async move || check(&scenario, &row).await)
    };
    scenario.attribution.iter().map(row).collect()
}

/// Returns what the row injects, as [`INJECTED`] has it.
fn injected(row: &Attribution) -> String {
    let without = if row.startup_validation { "" } else { Injected::STARTED_ANYWAY };
    format!("{}{without}", row.fault)
}

fn tables_are_whole() -> Result<(), String> {
    let all = DIALECTS.iter().flat_map(|dialect| INJECTED.map(|fault| (fault.to_owned(), dialect.id().to_owned())));
    let all: BTreeSet<(String, String)> = all.collect();
    for scenario in shipped() {
        let rows: BTreeSet<_> = scenario.attribution.iter().map(|row| (injected(row), row.dialect.clone())).collect();
        if rows != all || scenario.attribution.len() != all.len() {
            return Err(format!("{}: {:?}", scenario.source, all.symmetric_difference(&rows)));
        }
    }
    Ok(())
}

async fn check(scenario: &Scenario, row: &Attribution) -> Result<(), String> {
    let injected: Injected = injected(row).parse().map_err(|_| format!("{} is no fault of the twin", row.fault))?;
    let dialect = row.dialect.parse().map_err(|_| format!("{} is no dialect of the twin", row.dialect))?;
    let bench = Bench::boot(dialect, Some(injected)).await;
    let report = bench.smoke(std::slice::from_ref(scenario)).await;
    match &row.step {
        None => passes(&report),
        Some(step) => {
            fails_first_at(&report, step, row);
            has_one_certain_cause(&report, row.cause.as_deref().expect("a row that fails names its cause"));
        }
    }
    if let Some(behind) = &row.behind {
        stands_behind(behind, &bench.twin.journal().await);
    }
    bench.twin.shutdown().await;
    Ok(())
}

fn passes(report: &Report) {
    // An objective that covers no call of the scenario is not measured.
    let may_skip = |scenario: &ScenarioReport| scenario.id == "objectives";
    let steps = report.scenarios.iter().flat_map(|one| one.steps.iter().map(move |step| (may_skip(one), step)));
    let passed = |(may_skip, step): &(bool, &StepReport)| {
        step.outcome == StepOutcome::Passed || *may_skip && step.outcome == StepOutcome::Skipped
    };
    let failed: Vec<_> = steps.filter(|one| !passed(one)).map(|(_, step)| step).collect();
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
