//! What many users at the same time saw.

use super::page::Page;
use crate::report::human::page::text::Paint;
use crate::report::words::{load_failed, load_in_short, load_latency, load_notes};
use crate::report::{LoadReport, Report};

/// Kinds of failure that are listed.
const LISTED: usize = 5;

/// Writes the numbers, the latencies, the failures and what they have in common, if there was a load.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(load) = &report.load else { return };
    page.section();
    let ink = page.ink();
    page.row(0, [ink.text(Paint::Strong, "load")], &[ink.text(Paint::Plain, &load_in_short(load))]);
    for one in &load.latency {
        let kind = ink.text(Paint::Plain, &one.kind).padded("websocket-open".len());
        page.row(2, [kind], &[ink.text(Paint::Plain, &load_latency(one))]);
    }
    failures(page, load);
    for one in &load.common {
        page.row(0, [ink.text(Paint::Bad, "in common")], &[ink.text(Paint::Plain, &one.says)]);
    }
    for note in load_notes(load) {
        page.paragraph(2, &ink.text(Paint::Faint, &note));
    }
}

fn failures(page: &mut Page, load: &LoadReport) {
    let ink = page.ink();
    for failure in load.failures.iter().take(LISTED) {
        let segments = [
            ink.text(Paint::Strong, &failure.step),
            ink.text(Paint::Plain, &failure.says),
            ink.text(Paint::Faint, &load_failed(failure)),
        ];
        page.row(0, [ink.text(Paint::Bad, "failed")], &segments);
    }
    let more = load.failures.len().saturating_sub(LISTED);
    if more > 0 {
        page.paragraph(0, &ink.text(Paint::Plain, &format!("… and {more} more kinds of failure")));
    }
}
