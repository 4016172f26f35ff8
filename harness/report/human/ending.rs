//! The last line: the outcome, in numbers.

use super::page::Page;
use crate::report::human::page::text::Paint;
use crate::report::words::{notes, outcome};
use crate::report::{Report, RunOutcome};

/// Writes the outcome as the last line. Notes follow it in brackets as long as they fit, and the others stand above it.
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
