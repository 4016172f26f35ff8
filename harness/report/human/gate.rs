//! Whether the deployed revisions were tested, whether to roll back, why, and what the roll back came to.

use super::page::Page;
use crate::report::human::page::text::{Paint, Separator};
use crate::report::words::{done, is_tested, second_smoke, tested_by};
use crate::report::{Advice, CommandRun, GateReport, Report, Revision, RolledBack, RunOutcome, Tested, TestedRevision};

/// The label of the section.
const LABEL: &str = "gate";
/// Columns before the lines below the label.
const INDENT: usize = LABEL.len() + 2;
/// Lines of a command's output that are shown without `-v`: the last lines say how it ended.
const LAST_LINES: usize = 5;

/// Writes the section if a deploy is known.
pub(super) fn write(page: &mut Page, report: &Report, verbose: bool) {
    if report.gate.is_some() || !report.deployed.is_empty() {
        page.section();
    }
    report.deployed.iter().for_each(|one| tested(page, one));
    let Some(gate) = &report.gate else { return };
    let ink = page.ink();
    let paint = if gate.advice == Advice::Undecided { Paint::Warning } else { Paint::Strong };
    page.row(
        0,
        [ink.text(Paint::Faint, LABEL)],
        &[ink.text(paint, gate.advice.as_str()), ink.text(Paint::Faint, &deployed(gate))],
    );
    gate.reasons.iter().for_each(|reason| page.paragraph(INDENT, &ink.instruction(reason)));
    gate.commands.iter().for_each(|one| page.paragraph(INDENT, &ink.command(&one.command)));
    if let Some(done) = &gate.rolled_back {
        rolled_back(page, done, verbose);
    }
}

/// Writes `tested: backend b-2, by the request log (12 requests)`.
fn tested(page: &mut Page, one: &TestedRevision) {
    let ink = page.ink();
    let paint = match one.result {
        Tested::Proven => Paint::Good,
        Tested::Other => Paint::Bad,
        Tested::NotShown => Paint::Warning,
    };
    page.row(0, [ink.text(paint, &format!("{}:", is_tested(one)))], &[ink.text(Paint::Plain, &tested_by(one))]);
}

/// Returns `backend netra-backend-00639 (previous: netra-backend-00611)`.
fn deployed(gate: &GateReport) -> String {
    let named = |deployed: &Revision| {
        let before = gate.previous.iter().find(|before| before.service == deployed.service);
        let before = before.map(|before| format!(" (previous: {})", before.revision)).unwrap_or_default();
        format!("{} {}{before}", deployed.service, deployed.revision)
    };
    gate.deployed.iter().map(named).collect::<Vec<_>>().join("; ")
}

fn rolled_back(page: &mut Page, done: &RolledBack, verbose: bool) {
    done.runs.iter().for_each(|run| command(page, run, verbose));
    let ink = page.ink();
    let paint = match done.second.as_ref().map(|second| second.outcome) {
        Some(RunOutcome::Passed) => Paint::Good,
        Some(RunOutcome::Failed) => Paint::Bad,
        None => Paint::Warning,
    };
    page.row(INDENT, [ink.text(Paint::Faint, "second smoke")], &[ink.text(paint, &second_smoke(done))]);
}

fn command(page: &mut Page, run: &CommandRun, verbose: bool) {
    let ink = page.ink();
    let (word, paint) = (done(run), if run.succeeded { Paint::Good } else { Paint::Bad });
    let said = ink.list(Paint::Plain, [&run.service, &run.ended], Separator::Dot);
    page.row(INDENT, [ink.text(paint, word)], &[said, ink.text(Paint::Plain, &run.command)]);
    let lines: Vec<&str> = run.output.lines().filter(|line| !line.trim().is_empty()).collect();
    let skipped = if verbose { 0 } else { lines.len().saturating_sub(LAST_LINES) };
    lines[skipped..].iter().for_each(|line| page.paragraph(INDENT + 2, &ink.text(Paint::Faint, line)));
}
