//! What is new since the baseline. Sits in `report::human`, before the gate.

use super::super::{BaselineReport, Report};
use super::page::Page;
use crate::report::human::page::text::{Paint, Separator};

/// Steps that are named of each kind before `and N more`.
const NAMED: usize = 10;

/// The block, where the run was held against an earlier one.
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
    for (label, all) in lists(baseline) {
        let mut segments = vec![ink.list(Paint::Plain, all.iter().take(NAMED), Separator::Comma)];
        let more = all.len().saturating_sub(NAMED);
        segments.extend((more > 0).then(|| ink.text(Paint::Plain, &format!("and {more} more"))));
        page.row(2, [ink.text(Paint::Faint, label).padded("already".len())], &segments);
    }
}

/// `1 new`, in short. Every format says it so.
pub(in super::super) fn whats_new(baseline: &BaselineReport) -> String {
    match (baseline.anything_new, baseline.new.len()) {
        (false, _) => "nothing new".to_owned(),
        (true, 0) => "a new cause or finding".to_owned(),
        (true, new) => format!("{new} new"),
    }
}

/// `since 2026-01-31 12:00 UTC`.
pub(in super::super) fn since(baseline: &BaselineReport) -> String {
    format!("since {}", baseline.started_at.strftime("%Y-%m-%d %H:%M UTC"))
}

/// What it lists, of each kind of which there is something.
pub(in super::super) fn lists(baseline: &BaselineReport) -> impl Iterator<Item = (&'static str, &[String])> {
    let kinds = [
        ("new", &*baseline.new),
        ("already", &*baseline.already),
        ("gone", &*baseline.gone),
        ("known", &*baseline.known_causes),
    ];
    kinds.into_iter().filter(|(_, all)| !all.is_empty())
}
