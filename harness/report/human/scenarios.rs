//! What was driven: a line a scenario when the run passed, the failed steps first when it failed. Sits in `report::human`.

use super::super::{Report, ScenarioReport, StepOutcome, StepReport};
use super::page::Page;
use super::text::{Ink, Paint, Separator, Text};
use super::words::{counted, duration};

/// A failed run lists this many rows of a kind and says how many more there are.
const LISTED: usize = 20;
/// Ids longer than this are not aligned with the others. In columns.
const ALIGNED: usize = 24;

/// One line of the list.
struct Row {
    outcome: StepOutcome,
    segments: Vec<Text>,
}

/// Every scenario, as given.
pub(super) fn passed(page: &mut Page, report: &Report) {
    let ink = page.ink();
    let ids = report.scenarios.iter().map(|scenario| ink.text(Paint::Strong, &scenario.id).width());
    let aligned = ids.filter(|width| *width <= ALIGNED).max().unwrap_or(0);
    let rows = report.scenarios.iter().flat_map(|scenario| {
        let mut rows = vec![summary(ink, scenario, aligned)];
        rows.extend(asides(ink, scenario));
        rows
    });
    let rows: Vec<Row> = rows.collect();
    let label = rows.iter().map(|row| word(row.outcome).0.len()).max().unwrap_or(0);
    write(page, rows, label, usize::MAX);
}

/// The failed steps, the passed scenarios in one line, and what was not driven or was known.
pub(super) fn failed(page: &mut Page, report: &Report) {
    let ink = page.ink();
    let label = word(StepOutcome::Skipped).0.len();
    write(page, report.scenarios.iter().flat_map(|scenario| failures(ink, scenario)).collect(), label, LISTED);
    write(page, good(ink, report).into_iter().collect(), label, LISTED);
    let rest = report.scenarios.iter().flat_map(|scenario| match scenario.outcome {
        StepOutcome::Skipped => vec![summary(ink, scenario, 0)],
        _ => asides(ink, scenario),
    });
    write(page, rest.collect(), label, LISTED);
}

fn write(page: &mut Page, rows: Vec<Row>, label: usize, limit: usize) {
    let ink = page.ink();
    let more = rows.len().saturating_sub(limit);
    for row in rows.into_iter().take(limit) {
        let (word, paint) = word(row.outcome);
        page.row(0, ink.text(paint, word).padded(label), &row.segments);
    }
    if more > 0 {
        page.paragraph(0, &ink.text(Paint::Plain, &format!("… and {more} more")));
    }
}

fn summary(ink: Ink, scenario: &ScenarioReport, aligned: usize) -> Row {
    let mut segments =
        vec![ink.text(Paint::Strong, &scenario.id).padded(aligned), ink.text(Paint::Plain, &scenario.title)];
    if scenario.outcome == StepOutcome::Skipped {
        segments.extend(reasons(ink, &scenario.steps));
    } else {
        segments.push(ink.text(Paint::Faint, &effort(scenario)));
    }
    Row { outcome: scenario.outcome, segments }
}

fn effort(scenario: &ScenarioReport) -> String {
    let driven = scenario.steps.iter().filter(|step| step.outcome != StepOutcome::Skipped).count();
    let steps = counted(driven, "step", "steps");
    let times: Vec<f64> = scenario.steps.iter().filter_map(|step| step.took_ms).collect();
    if times.is_empty() { steps } else { format!("{steps}, {}", duration(times.iter().sum())) }
}

/// Why a whole scenario was skipped: each reason once.
fn reasons(ink: Ink, steps: &[StepReport]) -> Vec<Text> {
    let mut reasons: Vec<&str> = steps.iter().flat_map(|step| &step.because).map(String::as_str).collect();
    reasons.dedup();
    reasons.into_iter().map(|reason| ink.text(Paint::Plain, reason)).collect()
}

/// Skipped steps and known failures; neighbours with the same reason share a line.
fn asides(ink: Ink, scenario: &ScenarioReport) -> Vec<Row> {
    if scenario.outcome == StepOutcome::Skipped {
        return Vec::new();
    }
    let alike = |a: &StepReport, b: &StepReport| a.outcome == b.outcome && a.because == b.because;
    let groups = scenario.steps.chunk_by(alike);
    let aside = groups.filter(|steps| matches!(steps[0].outcome, StepOutcome::Skipped | StepOutcome::Known));
    aside
        .map(|steps| {
            let ids = steps.iter().map(|step| format!("{}/{}", scenario.id, step.id));
            let mut segments = vec![ink.list(Paint::Plain, ids, Separator::Comma)];
            segments.extend(steps[0].because.iter().map(|reason| ink.text(Paint::Plain, reason)));
            Row { outcome: steps[0].outcome, segments }
        })
        .collect()
}

fn failures(ink: Ink, scenario: &ScenarioReport) -> impl Iterator<Item = Row> {
    let failed = scenario.steps.iter().filter(|step| step.outcome == StepOutcome::Failed);
    failed.map(move |step| {
        let mut segments = vec![ink.text(Paint::Strong, &format!("{}/{}", scenario.id, step.id))];
        segments.push(ink.text(Paint::Plain, &step.call));
        segments.extend(step.because.iter().map(|because| ink.text(Paint::Plain, because)));
        segments.push(ink.text(Paint::Faint, &step.source));
        Row { outcome: StepOutcome::Failed, segments }
    })
}

fn good(ink: Ink, report: &Report) -> Option<Row> {
    let passed = report.scenarios.iter().filter(|scenario| scenario.outcome == StepOutcome::Passed);
    let mut ids: Vec<&str> = passed.map(|scenario| scenario.id.as_str()).collect();
    let more = ids.len().saturating_sub(LISTED);
    ids.truncate(LISTED);
    let rest = (more > 0).then(|| ink.text(Paint::Plain, &format!("… and {more} more")));
    let mut segments = vec![ink.list(Paint::Plain, &ids, Separator::Comma)];
    segments.extend(rest);
    (!ids.is_empty()).then_some(Row { outcome: StepOutcome::Passed, segments })
}

const fn word(outcome: StepOutcome) -> (&'static str, Paint) {
    match outcome {
        StepOutcome::Passed => ("ok", Paint::Good),
        StepOutcome::Failed => ("FAILED", Paint::Bad),
        StepOutcome::Known => ("known", Paint::Warning),
        StepOutcome::Skipped => ("skipped", Paint::Warning),
    }
}
