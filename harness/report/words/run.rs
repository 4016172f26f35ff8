//! The outcome of a run in one line, and what else must be said of it.

use super::cause::are_open;
use super::{counted, seconds};
use crate::config::OBJECTIVES;
use crate::diagnose::Cause;
use crate::report::{Report, RunOutcome, ScenarioReport, StepOutcome, StepReport};

/// Marks a step that failed in the baseline too.
pub(crate) const ALREADY: &str = "failed in the baseline too";

/// Returns the run in one line: `failed: 1 cause (certain), 2 of 8 steps failed in 0.9 s`.
pub(crate) fn outcome(report: &Report) -> String {
    match report.outcome {
        RunOutcome::Passed => passed(report),
        RunOutcome::Failed => failed(report),
    }
}

fn passed(report: &Report) -> String {
    let scenarios = counted(scenarios(report, |outcome| outcome != StepOutcome::Skipped), "scenario", "scenarios");
    let steps = counted(driven(report), "step", "steps");
    format!("passed: {scenarios}, {steps} in {}", duration(report))
}

fn failed(report: &Report) -> String {
    let failed = steps(report, |outcome| outcome == StepOutcome::Failed);
    let of = counted(driven(report), "step", "steps");
    format!("failed: {}, {failed} of {of} failed in {}", because(report), duration(report))
}

/// The shortest time for which the report names the request rate, in milliseconds.
const NOTABLE_MS: f64 = 1000.0;

/// Returns the duration of the run, and how much of it the request rate took if that is a second or more.
fn duration(report: &Report) -> String {
    let timing = &report.timing;
    let total = seconds(timing.total_ms);
    if timing.held_back_ms < NOTABLE_MS {
        return total;
    }
    format!("{total}, of which budget.requests_per_minute took {}", seconds(timing.held_back_ms.min(timing.total_ms)))
}

/// Returns `2 causes (certain, one of 4 candidates), 1 failing finding`.
fn because(report: &Report) -> String {
    let findings = report.findings.iter().filter(|finding| finding.fails).count();
    let mut parts = Vec::new();
    if !report.causes.is_empty() {
        let sure: Vec<String> = report.causes.iter().map(how_sure).collect();
        parts.push(format!("{} ({})", counted(sure.len(), "cause", "causes"), sure.join(", ")));
    }
    if findings > 0 {
        parts.push(counted(findings, "failing finding", "failing findings"));
    }
    let missed = missed(report);
    if missed > 0 {
        parts.push(counted(missed, "missed objective", "missed objectives"));
    }
    parts.splice(0..0, report.interrupted.map(|signal| format!("interrupted by {signal}")));
    if parts.is_empty() && flaky(report) > 0 && steps(report, |outcome| outcome == StepOutcome::Failed) == 0 {
        parts.push("flaky".to_owned());
    }
    if parts.is_empty() { "no cause found".to_owned() } else { parts.join(", ") }
}

/// Returns `certain`, or how many candidates remain.
fn how_sure(cause: &Cause) -> String {
    match cause.alternatives.len() {
        others if are_open(cause) => format!("one of {} candidates", others + 1),
        _ => cause.certainty.as_str().to_owned(),
    }
}

/// Returns the notes on the outcome that apply: `skipped: 1 scenario, 3 steps`, `known failures: 1`, `flaky steps: 1`,
/// `exit 1: the cause was found`.
pub(crate) fn notes(report: &Report) -> Vec<String> {
    let scenarios = scenarios(report, |outcome| outcome == StepOutcome::Skipped);
    let skipped = steps(report, |outcome| outcome == StepOutcome::Skipped);
    let known = steps(report, |outcome| outcome == StepOutcome::Known);
    let counts = [(scenarios, "scenario", "scenarios"), (skipped, "step", "steps")];
    let counts = counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(n, one, many));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let exit =
        (report.outcome == RunOutcome::Failed).then(|| format!("exit {}: {}", report.exit.code, report.exit.meaning));
    let skipped = (!counts.is_empty()).then(|| format!("skipped: {counts}"));
    let count = |what: &str, n: usize| (n > 0).then(|| format!("{what}: {n}"));
    let rest = [count("known failures", known), count("flaky steps", flaky(report)), exit];
    [skipped].into_iter().chain(rest).flatten().collect()
}

/// Returns why the run is incomplete, one sentence without its full stop for each reason.
pub(crate) fn incomplete(report: &Report) -> Vec<String> {
    let stopped = report.interrupted.map(|signal| {
        let causes = if report.causes.is_empty() { "" } else { ", and the causes rest on what was seen until then" };
        format!("{signal} ended the run early; every step that did not run is shown as skipped{causes}")
    });
    let shard = report.shard.map(|shard| {
        format!(
            "this is shard {} of {} and ran its own scenarios only; `fivewhys merge` combines the JSON reports of all shards",
            shard.index, shard.count
        )
    });
    stopped.into_iter().chain(shard).collect()
}

/// Returns how often a step was tried, or `None` if once.
pub(crate) fn tried(step: &StepReport) -> Option<String> {
    let times = step.tries.len() + 1;
    let after: Vec<&str> = step.tries.iter().map(|attempt| attempt.after.as_str()).collect();
    match (times, step.flaky) {
        (1, _) => None,
        (_, true) => Some(format!("passed on try {times}, after {}", after.join(", "))),
        (_, false) => Some(format!("tried {times} times")),
    }
}

fn driven(report: &Report) -> usize {
    steps(report, |outcome| outcome != StepOutcome::Skipped)
}

fn scenarios(report: &Report, which: impl Fn(StepOutcome) -> bool) -> usize {
    driven_scenarios(report).filter(|scenario| which(scenario.outcome)).count()
}

fn flaky(report: &Report) -> usize {
    report.scenarios.iter().flat_map(|scenario| &scenario.steps).filter(|step| step.flaky).count()
}

fn steps(report: &Report, which: impl Fn(StepOutcome) -> bool) -> usize {
    driven_scenarios(report).flat_map(|scenario| &scenario.steps).filter(|step| which(step.outcome)).count()
}

/// Returns the scenarios that send something: all but the objectives.
fn driven_scenarios(report: &Report) -> impl Iterator<Item = &ScenarioReport> {
    report.scenarios.iter().filter(|scenario| scenario.id != OBJECTIVES)
}

/// Returns how many objectives fail the run that no cause explains.
fn missed(report: &Report) -> usize {
    let objectives = report.scenarios.iter().filter(|scenario| scenario.id == OBJECTIVES);
    let failed = objectives.flat_map(|scenario| &scenario.steps).filter(|step| step.outcome == StepOutcome::Failed);
    let explained = |step: &StepReport| {
        let name = format!("{OBJECTIVES}/{}", step.id);
        report.causes.iter().any(|cause| cause.explains.contains(&name))
    };
    failed.filter(|step| !explained(step)).count()
}
