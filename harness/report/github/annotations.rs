//! Annotations: each cause at the lines of the scenario files whose steps it makes fail.

use super::command::command;
use crate::diagnose::{Cause, Finding};
use crate::report::words::{ALREADY, claim, incomplete, responsible, tried};
use crate::report::{Report, StepOutcome, StepReport};

/// Annotations of one kind that GitHub shows for one step of a job. The summary has the rest.
const SHOWN: usize = 10;
/// Steps that are named at one line.
const NAMED: usize = 5;

/// A line of a file in the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path from the repository's root.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
}

/// The failing steps at one line that have the same cause.
struct Group<'a> {
    cause: Option<&'a Cause>,
    source: &'a str,
    /// Whether the failure is in the baseline and only new failures fail the run.
    old: bool,
    steps: Vec<(String, &'a StepReport)>,
}

/// Returns the annotations as workflow commands, one on each line. `place` finds the source of a step in the repository. A built-in scenario
/// is not there, so its annotation has no line.
#[must_use]
pub fn annotations(report: &Report, place: &dyn Fn(&str) -> Option<Place>) -> String {
    let mut groups = groups(report);
    // Every cause is shown once before any cause is shown twice.
    let mut seen = Vec::new();
    groups.sort_by_cached_key(|group| {
        let fault = group.cause.map(|cause| &cause.fault);
        let times = seen.iter().filter(|known| **known == fault).count();
        seen.push(fault);
        times
    });
    let errors = groups.iter().filter(|group| !group.old).map(|group| failure("error", group, place));
    let interrupted = report.interrupted.map(|_| command("error", &[("title", "Incomplete run")], &incomplete(report)));
    let mut lines: Vec<String> = interrupted.into_iter().chain(errors).take(SHOWN).collect();
    let old = groups.iter().filter(|group| group.old).map(|group| failure("warning", group, place));
    lines.extend(old.take(SHOWN));
    let fails = !report.baseline.as_ref().is_some_and(|baseline| baseline.new_only && !baseline.anything_new);
    lines.extend(report.findings.iter().take(SHOWN).map(|one| finding(one, fails)));
    lines.extend(flaky(report).take(SHOWN).map(|(name, step)| {
        let (file, line) = located(place, &step.source);
        let says = format!("{name}: {}: {}", step.call, tried(step).unwrap_or_default());
        command("warning", &[("file", &*file), ("line", &*line), ("title", "Flaky step")], &[says])
    }));
    lines.extend(known(report).take(SHOWN).map(|(name, step)| {
        let (file, line) = located(place, &step.source);
        let properties = [("file", &*file), ("line", &*line), ("title", "Known failure")];
        command("notice", &properties, &[vec![name], step.because.clone()].concat())
    }));
    lines.concat()
}

fn named(report: &Report) -> impl Iterator<Item = (String, &StepReport)> {
    report
        .scenarios
        .iter()
        .flat_map(|scenario| scenario.steps.iter().map(move |step| (format!("{}/{}", scenario.id, step.id), step)))
}

fn flaky(report: &Report) -> impl Iterator<Item = (String, &StepReport)> {
    named(report).filter(|(_, step)| step.flaky)
}

fn known(report: &Report) -> impl Iterator<Item = (String, &StepReport)> {
    named(report).filter(|(_, step)| step.outcome == StepOutcome::Known)
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (name, step) in named(report).filter(|(_, step)| step.outcome == StepOutcome::Failed) {
        let cause = report.causes.iter().find(|cause| cause.explains.contains(&name));
        let fault = cause.map(|cause| &cause.fault);
        let old = is_old(report, step, cause);
        let same = |group: &&mut Group<'_>| {
            (group.source, group.old) == (&step.source, old) && group.cause.map(|cause| &cause.fault) == fault
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.steps.push((name, step)),
            None => groups.push(Group { cause, source: &step.source, old, steps: vec![(name, step)] }),
        }
    }
    groups
}

/// Reports whether a failure does not fail the run: the step failed in the baseline for the same cause, and only new failures count.
fn is_old(report: &Report, step: &StepReport, cause: Option<&Cause>) -> bool {
    let Some(baseline) = report.baseline.as_ref().filter(|baseline| baseline.new_only) else { return false };
    step.already && cause.is_none_or(|cause| baseline.known_causes.contains(&cause.fault))
}

fn failure(kind: &str, group: &Group<'_>, place: &dyn Fn(&str) -> Option<Place>) -> String {
    let (file, line) = located(place, group.source);
    let title = group.cause.map_or_else(|| "A step failed and no cause explains it".to_owned(), claim);
    let mut says = Vec::new();
    for (name, step) in group.steps.iter().take(NAMED) {
        let already = if step.already { format!(" ({ALREADY})") } else { String::new() };
        says.push(format!("{name}: {}: {}{already}", step.call, step.because.join("; ")));
    }
    if let Some(more) = group.steps.len().checked_sub(NAMED).filter(|more| *more > 0) {
        says.push(format!("… and {more} more at this line"));
    }
    if file.is_empty() {
        says.push(format!("at {}", group.source));
    }
    if let Some(cause) = group.cause {
        says.extend(cause.whys.iter().map(|why| format!("why: {}", why.claim)));
        says.extend(responsible(cause));
        says.extend(cause.fix.iter().map(|fix| format!("fix: {fix}")));
        let settling = cause.settled_by.iter().filter_map(|by| by.command.as_ref());
        says.extend(settling.map(|command| format!("next: {command}")));
    }
    command(kind, &[("file", &file), ("line", &line), ("title", &title)], &says)
}

fn located(place: &dyn Fn(&str) -> Option<Place>, source: &str) -> (String, String) {
    place(source).map_or_else(Default::default, |place| (place.file, place.line.to_string()))
}

fn finding(finding: &Finding, fails: bool) -> String {
    let kind = if finding.fails && fails { "error" } else { "warning" };
    let evidence: Vec<String> = finding.evidence.iter().map(|proof| proof.says.clone()).collect();
    command(kind, &[("title", &finding.title)], &evidence)
}
