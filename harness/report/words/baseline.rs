//! What is new since an earlier run.

use crate::report::BaselineReport;

/// Returns `1 new failure`, or what else is new.
pub(crate) fn whats_new(baseline: &BaselineReport) -> String {
    match (baseline.anything_new, baseline.new.len()) {
        (false, _) => "nothing new".to_owned(),
        (true, 0) => "a new cause or finding".to_owned(),
        (true, 1) => "1 new failure".to_owned(),
        (true, new) => format!("{new} new failures"),
    }
}

/// Returns `since 2026-01-31 12:00 UTC`.
pub(crate) fn since(baseline: &BaselineReport) -> String {
    format!("since {}", baseline.started_at.strftime("%Y-%m-%d %H:%M UTC"))
}

/// Returns every list of the comparison that is not empty, with its label.
pub(crate) fn lists(baseline: &BaselineReport) -> impl Iterator<Item = (&'static str, &[String])> {
    let kinds = [
        ("new failures", &*baseline.new),
        ("failed before", &*baseline.already),
        ("passes again", &*baseline.gone),
        ("known causes", &*baseline.known_causes),
    ];
    kinds.into_iter().filter(|(_, all)| !all.is_empty())
}
