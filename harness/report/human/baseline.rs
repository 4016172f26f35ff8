//! What is new since the baseline. Sits in `report::human`, before the gate.

use super::super::Report;
use super::page::Page;
use super::text::{Paint, Separator};

/// Steps that are named of each kind before `and N more`.
const NAMED: usize = 10;

/// The block, where the run was held against an earlier one.
pub(super) fn write(page: &mut Page, report: &Report) {
    let Some(baseline) = &report.baseline else { return };
    page.section();
    let ink = page.ink();
    let day = baseline.started_at.strftime("%Y-%m-%d %H:%M UTC").to_string();
    let (paint, says) = match (baseline.anything_new, baseline.new.len()) {
        (false, _) => (Paint::Good, "nothing new".to_owned()),
        (true, 0) => (Paint::Bad, "a new cause or finding".to_owned()),
        (true, new) => (Paint::Bad, format!("{new} new")),
    };
    page.row(
        0,
        [ink.text(Paint::Faint, "baseline")],
        &[ink.text(paint, &says), ink.text(Paint::Faint, &format!("since {day}"))],
    );
    let kinds = [
        ("new", &baseline.new),
        ("already", &baseline.already),
        ("gone", &baseline.gone),
        ("known", &baseline.known_causes),
    ];
    for (label, all) in kinds.into_iter().filter(|(_, all)| !all.is_empty()) {
        let mut segments = vec![ink.list(Paint::Plain, all.iter().take(NAMED), Separator::Comma)];
        let more = all.len().saturating_sub(NAMED);
        segments.extend((more > 0).then(|| ink.text(Paint::Plain, &format!("and {more} more"))));
        page.row(2, [ink.text(Paint::Faint, label).padded("already".len())], &segments);
    }
}
