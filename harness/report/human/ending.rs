//! The last line: the outcome, in numbers. Sits in `report::human`.

use super::super::{Report, RunOutcome, StepOutcome};
use super::page::Page;
use crate::diagnose::Cause;
use crate::report::human::cause::candidates::are_open;
use crate::report::human::page::text::Paint;
use crate::report::human::page::words::{counted, seconds};

/// The outcome as the last line. What was skipped or known, and what the exit code says, stands behind it as far as there is room, and
/// above it where there is none.
pub(super) fn write(page: &mut Page, report: &Report) {
    page.section();
    let ink = page.ink();
    let (paint, outcome) = (paint(report), outcome(report));
    let notes = notes(report);
    let with = |kept: usize| match notes[..kept].join("; ") {
        kept if kept.is_empty() => ink.text(paint, &outcome),
        kept => ink.text(paint, &format!("{outcome} ({kept})")),
    };
    let kept = (0..=notes.len()).rev().find(|kept| with(*kept).width() <= page.width()).unwrap_or(0);
    page.paragraph(0, &ink.text(Paint::Plain, &notes[kept..].join("; ")));
    page.paragraph(0, &with(kept));
}

fn paint(report: &Report) -> Paint {
    if report.outcome == RunOutcome::Passed { Paint::Good } else { Paint::Bad }
}

/// The run in one line: `failed: 1 cause (certain), 2 of 8 steps failed in 0.9 s`. Every format says it so.
pub(in super::super) fn outcome(report: &Report) -> String {
    match report.outcome {
        RunOutcome::Passed => passed(report),
        RunOutcome::Failed => failed(report),
    }
}

fn passed(report: &Report) -> String {
    let scenarios = counted(scenarios(report, |outcome| outcome != StepOutcome::Skipped), "scenario", "scenarios");
    let steps = counted(driven(report), "step", "steps");
    format!("passed: {scenarios}, {steps} in {}", seconds(report.timing.total_ms))
}

fn failed(report: &Report) -> String {
    let failed = steps(report, |outcome| outcome == StepOutcome::Failed);
    let of = counted(driven(report), "step", "steps");
    format!("failed: {}, {failed} of {of} failed in {}", because(report), seconds(report.timing.total_ms))
}

/// `2 causes (certain, one of 4 candidates), 1 failing finding`.
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
    parts.splice(0..0, report.interrupted.map(|signal| format!("interrupted by {signal}")));
    if parts.is_empty() && flaky(report) > 0 && steps(report, |outcome| outcome == StepOutcome::Failed) == 0 {
        parts.push("flaky".to_owned());
    }
    if parts.is_empty() { "no cause found".to_owned() } else { parts.join(", ") }
}

/// `certain`, or between how many it is open.
fn how_sure(cause: &Cause) -> String {
    match cause.alternatives.len() {
        others if are_open(cause) => format!("one of {} candidates", others + 1),
        _ => cause.certainty.as_str().to_owned(),
    }
}

/// `skipped: 1 scenario, 3 steps`, `known: 1`, `flaky: 1`, `exit 1: the cause was found`, as far as there is something to say.
pub(in super::super) fn notes(report: &Report) -> Vec<String> {
    let scenarios = scenarios(report, |outcome| outcome == StepOutcome::Skipped);
    let skipped = steps(report, |outcome| outcome == StepOutcome::Skipped);
    let known = steps(report, |outcome| outcome == StepOutcome::Known);
    let counts = [(scenarios, "scenario", "scenarios"), (skipped, "step", "steps")];
    let counts = counts.into_iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| counted(n, one, many));
    let counts = counts.collect::<Vec<_>>().join(", ");
    let exit =
        (report.outcome == RunOutcome::Failed).then(|| format!("exit {}: {}", report.exit.code, report.exit.meaning));
    let skipped = (!counts.is_empty()).then(|| format!("skipped: {counts}"));
    let count = |word: &str, n: usize| (n > 0).then(|| format!("{word}: {n}"));
    [skipped, count("known", known), count("flaky", flaky(report)), exit].into_iter().flatten().collect()
}

fn driven(report: &Report) -> usize {
    steps(report, |outcome| outcome != StepOutcome::Skipped)
}

fn scenarios(report: &Report, which: impl Fn(StepOutcome) -> bool) -> usize {
    report.scenarios.iter().filter(|scenario| which(scenario.outcome)).count()
}

fn flaky(report: &Report) -> usize {
    report.scenarios.iter().flat_map(|scenario| &scenario.steps).filter(|step| step.flaky).count()
}

fn steps(report: &Report, which: impl Fn(StepOutcome) -> bool) -> usize {
    report.scenarios.iter().flat_map(|scenario| &scenario.steps).filter(|step| which(step.outcome)).count()
}
