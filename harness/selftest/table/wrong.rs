//! The cases that went wrong, the worst first. Sets of evidence with the same result share a line.

use crate::selftest::mark::wrong::Wrong;
use std::collections::BTreeMap;

use crate::selftest::mark::Mark;
use crate::selftest::table::table;

/// Cases that are listed. The JSON has all of them.
const LISTED: usize = 300;
/// Candidates that are named in a line.
const CANDIDATES: usize = 4;

/// Returns the cases as a table.
pub(crate) fn listed(marks: &[Mark]) -> String {
    let mut evidence_sources: BTreeMap<(Wrong, String), Vec<&str>> = BTreeMap::new();
    for one in marks {
        if let Some(why) = one.wrong() {
            evidence_sources.entry((why, line(one))).or_default().push(&one.evidence_sources);
        }
    }
    let lines = evidence_sources.iter().map(|((why, line), evidence_sources)| {
        format!("| {} | {line} {} |", why.as_str(), evidence_sources.join(" · "))
    });
    let left = evidence_sources.len().saturating_sub(LISTED);
    let more = if left > 0 { format!("\nand {left} more\n") } else { String::new() };
    table(
        "| problem | fault | dialect | verdict | certainty | other candidates | inseparable faults | evidence |",
        lines.take(LISTED),
    ) + &more
}

fn line(one: &Mark) -> String {
    let judged = &one.judgement;
    let wrongly = judged.wrongly_certain.join(", ");
    let said = judged.said.as_deref().unwrap_or("nothing");
    let said = if wrongly.is_empty() { said } else { &wrongly };
    let certainty = judged.certainty.map_or("", |one| one.as_str());
    let certainty = if wrongly.is_empty() { certainty } else { "certain" };
    let others: Vec<&str> = judged.candidates.iter().skip(1).chain(&judged.also).map(String::as_str).collect();
    let class: Vec<&str> = one.class.iter().map(String::as_str).filter(|fault| *fault != one.fault()).collect();
    format!("{} | {} | {said} | {certainty} | {} | {} |", one.fault(), one.dialect, some(&others), some(&class))
}

/// Returns the first names, and how many more there are.
fn some(names: &[&str]) -> String {
    let shown = names[..names.len().min(CANDIDATES)].join(", ");
    match names.len().saturating_sub(CANDIDATES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
