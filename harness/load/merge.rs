//! Makes one result of the results of shards: their users are different ones.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use thiserror::Error;

use crate::load::ending;
use crate::load::tally::{latency, traits};
use crate::objectives::Tally;
use crate::probe::Exchange;
use crate::report::{CallCounts, LoadFailure, LoadReport, Report, ScenarioReport, StepOutcome, TraitCounts};
use crate::run::{MergeError, NamedReport, Outside, Smoke, belong_together, report_of, without_objectives};

/// Why reports are not the parts of one run with many users.
#[derive(Debug, Error, miette::Diagnostic)]
#[error("{of_many} is a report of many users, and {other} is not")]
#[diagnostic(code(fivewhys::merge::many_users), help("merge the reports of `smoke --users` by themselves"))]
pub(crate) struct Mixed {
    of_many: String,
    other: String,
}

/// Returns the reports if they are of runs with many users. `None`: none of them is.
pub(crate) fn of_many_users(parts: &[NamedReport]) -> Option<Result<Vec<NamedReport>, Mixed>> {
    let of_many = parts.iter().find(|part| part.report.load.is_some())?;
    let other = parts.iter().find(|part| part.report.load.is_none());
    Some(other.map_or_else(
        || Ok(parts.to_vec()),
        |other| Err(Mixed { of_many: of_many.from.clone(), other: other.from.clone() }),
    ))
}

/// Merges the reports of shards with many users. Percentiles come from the merged histograms, and what the failed calls
/// have in common from the added counts.
///
/// # Errors
/// When the reports are not all parts of one run of this target, each exactly once.
pub(crate) async fn merge(run: Smoke, parts: Vec<NamedReport>) -> Result<Report, MergeError> {
    let parts = without_objectives(parts);
    belong_together(&parts, &run.target)?;
    let mut reports: Vec<Report> = parts.into_iter().map(|part| part.report).collect();
    reports.sort_by_key(|report| report.shard);
    let signals = reports.iter().filter_map(|report| report.interrupted);
    signals.for_each(|signal| run.conduct.interruption.interrupt(signal));
    let mut exchanges = Vec::new();
    for report in &mut reports {
        renumber(report, &mut exchanges);
    }
    let mut tally = Tally::default();
    reports.iter().for_each(|report| tally.add(&run.target.objectives, &report.objectives));
    let objectives = tally.reports(&run.target.objectives);
    let load = added(&reports.iter().filter_map(|report| report.load.as_ref()).collect::<Vec<_>>());
    let started_at = reports.iter().map(|report| report.timing.started_at).min().unwrap_or_default();
    let longest = reports.iter().map(|report| report.timing.total_ms).fold(0.0, f64::max);
    let outside = Outside {
        scenarios: scenarios(&reports, ending::is_unserved(&load)),
        findings: ending::findings(&load, &run.catalogue),
        exchanges,
        objectives,
        started_at,
        took: Duration::from_secs_f64(longest / 1000.0),
        calls: usize::try_from(load.calls).unwrap_or(usize::MAX),
    };
    let mut report = report_of(&run, outside).await;
    report.load = Some(load);
    Ok(report)
}

/// Gives the exchanges of a part their ids among those of all parts, and moves them there.
fn renumber(report: &mut Report, all: &mut Vec<Exchange>) {
    let first = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let steps = report.scenarios.iter_mut().flat_map(|scenario| &mut scenario.steps);
    let of_steps = steps.flat_map(|step| &mut step.exchange);
    let load = report.load.iter_mut();
    let of_load = load.flat_map(|load| {
        let leaks = load.leaks.iter_mut().flat_map(|leak| std::iter::once(&mut leak.exchange).chain(&mut leak.sent_in));
        load.failures.iter_mut().flat_map(|failure| &mut failure.exchange).chain(leaks)
    });
    of_steps.chain(of_load).for_each(|id| *id = id.saturating_add(first));
    all.extend(report.probes.drain(..).map(|probe| {
        let id = probe.exchange.id.saturating_add(first);
        Exchange { id, ..probe.exchange }
    }));
}

/// Joins the scenarios of all parts. A step fails only if the whole run misses its objective.
fn scenarios(reports: &[Report], is_missed: bool) -> Vec<ScenarioReport> {
    let mut all: Vec<ScenarioReport> = Vec::new();
    for scenario in reports.iter().flat_map(|report| &report.scenarios) {
        match all.iter_mut().find(|one| one.id == scenario.id) {
            Some(known) => join(known, scenario),
            None => all.push(scenario.clone()),
        }
    }
    for scenario in all.iter_mut().filter(|_| !is_missed) {
        let failed = |outcome: &mut StepOutcome| {
            if *outcome == StepOutcome::Failed {
                *outcome = StepOutcome::Passed;
            }
        };
        failed(&mut scenario.outcome);
        scenario.steps.iter_mut().for_each(|step| failed(&mut step.outcome));
    }
    all
}

fn join(known: &mut ScenarioReport, other: &ScenarioReport) {
    let worst = |one: StepOutcome, other: StepOutcome| match (one, other) {
        (StepOutcome::Failed, _) | (_, StepOutcome::Failed) => StepOutcome::Failed,
        (StepOutcome::Skipped, other) => other,
        (one, _) => one,
    };
    known.outcome = worst(known.outcome, other.outcome);
    for (step, more) in known.steps.iter_mut().zip(&other.steps) {
        if more.outcome == StepOutcome::Failed && step.outcome != StepOutcome::Failed {
            (step.because, step.exchange) = (more.because.clone(), more.exchange);
        }
        step.outcome = worst(step.outcome, more.outcome);
    }
}

/// Adds the results.
fn added(loads: &[&LoadReport]) -> LoadReport {
    let sum = |of: fn(&LoadReport) -> u64| loads.iter().map(|load| of(load)).sum::<u64>();
    let kinds: BTreeSet<&String> = loads.iter().flat_map(|load| &load.latency).map(|one| &one.kind).collect();
    let of_kind = |kind: &String| {
        let parts = loads.iter().flat_map(|load| &load.latency).filter(|one| one.kind == *kind);
        latency::merged(kind, parts)
    };
    let counts = counts(loads);
    LoadReport {
        users: loads.iter().map(|load| load.users).sum(),
        rate: loads.iter().map(|load| load.rate).sum(),
        calls: sum(|load| load.calls),
        served: sum(|load| load.served),
        unsent: sum(|load| load.unsent),
        sockets: sum(|load| load.sockets),
        sockets_lost: sum(|load| load.sockets_lost),
        events: sum(|load| load.events),
        leak_count: sum(|load| load.leak_count),
        not_cleaned: sum(|load| load.not_cleaned),
        latency: kinds.into_iter().map(of_kind).collect(),
        failures: failures(loads),
        common: traits::in_common(&counts),
        traits: counts,
        leaks: loads.iter().flat_map(|load| load.leaks.clone()).collect(),
        ramp_ms: loads.iter().map(|load| load.ramp_ms).max().unwrap_or_default(),
        hold_ms: loads.iter().map(|load| load.hold_ms).max().unwrap_or_default(),
        objective: loads.iter().map(|load| load.objective).fold(0.0, f64::max),
    }
}

fn failures(loads: &[&LoadReport]) -> Vec<LoadFailure> {
    let mut all: BTreeMap<(&String, &String), LoadFailure> = BTreeMap::new();
    for failure in loads.iter().flat_map(|load| &load.failures) {
        let new = || LoadFailure { calls: 0, users: 0, ..failure.clone() };
        let sum = all.entry((&failure.step, &failure.says)).or_insert_with(new);
        sum.calls += failure.calls;
        sum.users += failure.users;
    }
    let mut all: Vec<LoadFailure> = all.into_values().collect();
    all.sort_by_key(|failure| std::cmp::Reverse(failure.calls));
    all
}

/// Adds the counts of each trait and value. A part in which no call failed has none: its calls are missing from the
/// comparison, which makes the test more careful.
fn counts(loads: &[&LoadReport]) -> Vec<TraitCounts> {
    let keys: BTreeSet<(&String, &String)> =
        loads.iter().flat_map(|load| &load.traits).map(|one| (&one.name, &one.value)).collect();
    let of = |(name, value): (&String, &String)| {
        let (mut with, mut without) = (CallCounts::default(), CallCounts::default());
        for load in loads {
            let of_name = |one: &&TraitCounts| one.name == *name;
            match load.traits.iter().find(|one| of_name(one) && one.value == *value) {
                Some(one) => {
                    with = traits::plus(with, one.with);
                    without = traits::plus(without, one.without);
                }
                // All calls of this part have other values.
                None => {
                    let whole = load.traits.iter().find(of_name).map(|one| traits::plus(one.with, one.without));
                    without = traits::plus(without, whole.unwrap_or_default());
                }
            }
        }
        TraitCounts { name: name.clone(), value: value.clone(), with, without }
    };
    keys.into_iter().map(of).collect()
}
