//! What is new since the baseline.

use super::page::Page;
use crate::report::Report;
use crate::report::human::page::text::{Paint, Separator};
use crate::report::words::{lists, since, whats_new};

/// Steps that are named of each kind before `and N more`.
const NAMED: usize = 10;

/// Writes the section if the run was compared with an earlier one.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(baseline) = &report.baseline else { return };
    page.section();
    let ink = page.ink();
    let paint = if baseline.anything_new { Paint::Bad } else { Paint::Good };
    page.row(
        0,
        [ink.text(Paint::Faint, "baseline")],
        &[ink.text(paint, &whats_new(baseline)), ink.text(Paint::Faint, &since(baseline))],
    );
    let widest = lists(baseline).map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, all) in lists(baseline) {
        let mut segments = vec![ink.list(Paint::Plain, all.iter().take(NAMED), Separator::Comma)];
        let more = all.len().saturating_sub(NAMED);
        segments.extend((more > 0).then(|| ink.text(Paint::Plain, &format!("and {more} more"))));
        page.row(2, [ink.text(Paint::Faint, label).padded(widest)], &segments);
    }
}
