//! When it began, and what the verdict assumes.

use super::page::Page;
use crate::report::Report;
use crate::report::human::page::text::Paint;

/// Writes the section if `fivewhys explain` made the report.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(explained) = &report.explained else { return };
    let ink = page.ink();
    if !explained.timeline.is_empty() {
        page.section();
        page.paragraph(0, &ink.text(Paint::Faint, "timeline"));
        for moment in &explained.timeline {
            let at = moment.at.strftime("%Y-%m-%d %H:%M:%SZ").to_string();
            page.row(2, [ink.text(Paint::Faint, &at)], &[ink.text(Paint::Plain, &moment.says)]);
        }
    }
    if !explained.assumptions.is_empty() {
        page.section();
        explained
            .assumptions
            .iter()
            .for_each(|one| page.row(0, [ink.text(Paint::Warning, "assumed")], &[ink.text(Paint::Plain, one)]));
    }
}
