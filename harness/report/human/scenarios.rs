//! What ran: one line for each scenario of a passed run; of a failed run, the failed steps first.

use super::page::Page;
use crate::config::OBJECTIVES;
use crate::report::human::page::text::{Ink, Paint, Separator, Text};
use crate::report::words::{ALREADY, counted, duration, tried};
use crate::report::{Report, ScenarioReport, StepOutcome, StepReport};

/// Rows of one kind that a failed run lists before `and N more`.
const LISTED: usize = 20;

/// One line of the list.
struct Row {
    mark: Mark,
    id: Option<Text>,
    segments: Vec<Text>,
}

/// The label of a line.
#[derive(Debug, Clone, Copy)]
enum Mark {
    Outcome(StepOutcome),
    /// Passed, but only on a later try.
    Flaky,
}

impl Mark {
    fn of(scenario: &ScenarioReport) -> Self {
        let flaky = scenario.steps.iter().any(|step| step.flaky);
        if flaky && scenario.outcome == StepOutcome::Passed { Self::Flaky } else { Self::Outcome(scenario.outcome) }
    }
}

/// Writes every scenario in the order of the report.
pub(super) fn passed(page: &mut Page, report: &Report) {
    let ink = page.ink();
    let mut rows = Vec::new();
    for scenario in &report.scenarios {
        rows.extend((!is_of_objectives(scenario)).then(|| summary(ink, scenario)));
        rows.extend(asides(ink, scenario));
    }
    align(&mut rows, page.width() / 3);
    let label = rows.iter().map(|row| word(row.mark).0.len()).max().unwrap_or(0);
    write(page, rows, label, usize::MAX);
}

/// Writes the failed steps, then the passed scenarios in one line, then skipped steps and known failures.
pub(super) fn failed(page: &mut Page, report: &Report) {
    let ink = page.ink();
    let label = word(Mark::Outcome(StepOutcome::Skipped)).0.len();
    let mut failed: Vec<Row> = report.scenarios.iter().flat_map(|scenario| failures(ink, scenario)).collect();
    align(&mut failed, page.width() / 3);
    write(page, failed, label, LISTED);
    write(page, good(ink, report).into_iter().collect(), label, LISTED);
    let rest = report.scenarios.iter().flat_map(|scenario| match scenario.outcome {
        StepOutcome::Skipped if !is_of_objectives(scenario) => vec![summary(ink, scenario)],
        _ => asides(ink, scenario),
    });
    let mut rest: Vec<Row> = rest.collect();
    align(&mut rest, page.width() / 3);
    write(page, rest, label, LISTED);
}

fn write(page: &mut Page, rows: Vec<Row>, label: usize, limit: usize) {
    let ink = page.ink();
    let more = rows.len().saturating_sub(limit);
    for row in rows.into_iter().take(limit) {
        let (word, paint) = word(row.mark);
        let labels = [ink.text(paint, word).padded(label)].into_iter().chain(row.id);
        page.row(0, labels, &row.segments);
    }
    if more > 0 {
        page.paragraph(0, &ink.text(Paint::Plain, &format!("… and {more} more")));
    }
}

/// Aligns the scenarios' ids in a column. An id that is longer than `longest` keeps its own width.
fn align(rows: &mut [Row], longest: usize) {
    let ids = rows.iter().filter_map(|row| row.id.as_ref()).map(Text::width);
    let column = ids.filter(|width| *width <= longest).max().unwrap_or(0);
    for row in rows {
        match row.id.take() {
            Some(id) if id.width() <= longest => row.id = Some(id.padded(column)),
            Some(id) => row.segments.insert(0, id),
            None => {}
        }
    }
}

fn summary(ink: Ink, scenario: &ScenarioReport) -> Row {
    let mut segments = vec![ink.text(Paint::Plain, &scenario.title)];
    if scenario.outcome == StepOutcome::Skipped {
        segments.extend(reasons(ink, &scenario.steps));
    } else {
        segments.push(ink.text(Paint::Faint, &effort(scenario)));
    }
    Row { mark: Mark::of(scenario), id: Some(ink.text(Paint::Strong, &scenario.id)), segments }
}

fn effort(scenario: &ScenarioReport) -> String {
    let driven = scenario.steps.iter().filter(|step| step.outcome != StepOutcome::Skipped).count();
    let steps = counted(driven, "step", "steps");
    let times: Vec<f64> = scenario.steps.iter().filter_map(|step| step.took_ms).collect();
    if times.is_empty() { steps } else { format!("{steps}, {}", duration(times.iter().sum())) }
}

/// Returns why a whole scenario was skipped, each reason once.
fn reasons(ink: Ink, steps: &[StepReport]) -> Vec<Text> {
    let mut reasons: Vec<&str> = steps.iter().flat_map(|step| &step.because).map(String::as_str).collect();
    reasons.dedup();
    reasons.into_iter().map(|reason| ink.text(Paint::Plain, reason)).collect()
}

/// Reports whether the steps are the objectives, which have a section of their own.
fn is_of_objectives(scenario: &ScenarioReport) -> bool {
    scenario.id == OBJECTIVES
}

/// Returns flaky steps, skipped steps and known failures. Neighbours with the same reason share a line.
fn asides(ink: Ink, scenario: &ScenarioReport) -> Vec<Row> {
    if scenario.outcome == StepOutcome::Skipped {
        return Vec::new();
    }
    let alike = |a: &StepReport, b: &StepReport| a.outcome == b.outcome && a.because == b.because;
    let groups = scenario.steps.chunk_by(alike);
    let skipped = !is_of_objectives(scenario);
    let aside = groups.filter(|steps| match steps[0].outcome {
        StepOutcome::Skipped => skipped,
        other => other == StepOutcome::Known,
    });
    let flaky = scenario.steps.iter().filter(|step| step.flaky).map(|step| repeated(ink, scenario, step));
    flaky
        .chain(aside.map(|steps| {
            let ids = steps.iter().map(|step| format!("{}/{}", scenario.id, step.id));
            let mut segments = vec![ink.list(Paint::Plain, ids, Separator::Comma)];
            segments.extend(steps[0].because.iter().map(|reason| ink.text(Paint::Plain, reason)));
            Row { mark: Mark::Outcome(steps[0].outcome), id: None, segments }
        }))
        .collect()
}

/// Returns the row of a step that passed only on a later try, with the failure of each earlier try.
fn repeated(ink: Ink, scenario: &ScenarioReport, step: &StepReport) -> Row {
    let name = ink.text(Paint::Plain, &format!("{}/{}", scenario.id, step.id));
    let says = tried(step).map(|says| ink.text(Paint::Plain, &says));
    Row { mark: Mark::Flaky, id: None, segments: [name].into_iter().chain(says).collect() }
}

/// Returns a row for each failed step, or one row for a scenario that failed although none of its steps did.
fn failures(ink: Ink, scenario: &ScenarioReport) -> Vec<Row> {
    let failed = scenario.steps.iter().filter(|step| step.outcome == StepOutcome::Failed);
    let rows: Vec<Row> = failed.map(|step| failure(ink, scenario, step)).collect();
    if rows.is_empty() && scenario.outcome == StepOutcome::Failed {
        return vec![summary(ink, scenario)];
    }
    rows
}

fn failure(ink: Ink, scenario: &ScenarioReport, step: &StepReport) -> Row {
    let mut segments = vec![ink.text(Paint::Strong, &format!("{}/{}", scenario.id, step.id))];
    segments.push(ink.text(Paint::Plain, &step.call));
    segments.extend(step.because.iter().map(|because| ink.text(Paint::Plain, because)));
    segments.extend(tried(step).map(|says| ink.text(Paint::Plain, &says)));
    if step.already {
        segments.push(ink.text(Paint::Warning, ALREADY));
    }
    segments.push(ink.text(Paint::Faint, &step.source));
    segments.extend(step.trace_url.iter().map(|url| ink.text(Paint::Faint, &format!("trace {url}"))));
    Row { mark: Mark::Outcome(StepOutcome::Failed), id: None, segments }
}

fn good(ink: Ink, report: &Report) -> Option<Row> {
    let passed = report.scenarios.iter().filter(|scenario| scenario.outcome == StepOutcome::Passed);
    let passed = passed.filter(|scenario| !is_of_objectives(scenario));
    let mut ids: Vec<&str> = passed.map(|scenario| scenario.id.as_str()).collect();
    let more = ids.len().saturating_sub(LISTED);
    ids.truncate(LISTED);
    let rest = (more > 0).then(|| ink.text(Paint::Plain, &format!("… and {more} more")));
    let mut segments = vec![ink.list(Paint::Plain, &ids, Separator::Comma)];
    segments.extend(rest);
    (!ids.is_empty()).then_some(Row { mark: Mark::Outcome(StepOutcome::Passed), id: None, segments })
}

const fn word(mark: Mark) -> (&'static str, Paint) {
    match mark {
        Mark::Outcome(StepOutcome::Passed) => ("ok", Paint::Good),
        Mark::Outcome(StepOutcome::Failed) => ("FAILED", Paint::Bad),
        Mark::Outcome(StepOutcome::Known) => ("known", Paint::Warning),
        Mark::Outcome(StepOutcome::Skipped) => ("skipped", Paint::Warning),
        Mark::Flaky => ("flaky", Paint::Warning),
    }
}
