//! The candidates that remain, and the question that would settle which one it is.

use crate::diagnose::{Alternative, Cause};
use crate::report::human::cause::INDENT;
use crate::report::human::page::Page;
use crate::report::human::page::text::{Paint, Text};
use crate::report::words::{are_open, percent, would_leave};

/// The most alternatives that are listed. A reader cannot compare more; the others are counted.
const LISTED: usize = 8;

/// Writes the candidates if more than one remains: the likeliest, or with `verbose` every one. The first is left out if the
/// title names it.
pub(crate) fn write(page: &mut Page, cause: &Cause, verbose: bool) {
    if cause.alternatives.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    let listed = listed(&cause.alternatives, verbose);
    let others = listed.iter().map(|other| &other.fault);
    let faults = others.chain([&cause.fault]).map(|fault| ink.text(Paint::Strong, fault).width());
    let aligned = faults.max().unwrap_or(0);
    let fault = |fault: &str| ink.text(Paint::Strong, fault).padded(aligned);
    if are_open(cause) {
        let title = ink.text(Paint::Plain, &cause.title);
        candidate(page, "either", cause.confidence, &[fault(&cause.fault), title]);
    }
    for other in &listed {
        let title = ink.text(Paint::Plain, &other.title);
        candidate(page, "or", other.confidence, &[fault(&other.fault), title, ink.text(Paint::Faint, &settled(other))]);
    }
    let more = cause.alternatives.len() - listed.len();
    if more > 0 {
        let shown: f64 = listed.iter().map(|other| other.confidence).sum();
        let rest = cause.alternatives.iter().map(|other| other.confidence).sum::<f64>() - shown;
        let says = format!("{more} others, together {} ({})", percent(rest), page.lists_all());
        let ink = page.ink();
        page.row(INDENT, [ink.text(Paint::Faint, "or").padded("either".len())], &[ink.text(Paint::Faint, &says)]);
    }
}

/// Returns the likeliest alternatives, in their order.
fn listed(alternatives: &[Alternative], verbose: bool) -> Vec<&Alternative> {
    // One more takes no more room than the line that counts it.
    if verbose || alternatives.len() <= LISTED + 1 {
        return alternatives.iter().collect();
    }
    let mut likeliest: Vec<usize> = (0..alternatives.len()).collect();
    likeliest.sort_by(|a, b| alternatives[*b].confidence.total_cmp(&alternatives[*a].confidence));
    likeliest.truncate(LISTED);
    likeliest.sort_unstable();
    likeliest.into_iter().map(|at| &alternatives[at]).collect()
}

fn candidate(page: &mut Page, word: &str, confidence: f64, segments: &[Text]) {
    let ink = page.ink();
    let word = ink.text(Paint::Faint, word).padded("either".len());
    page.row(INDENT, [word, ink.text(Paint::Plain, &percent(confidence)).padded("99 %".len())], segments);
}

fn settled(other: &Alternative) -> String {
    other.settled_by.as_ref().map_or_else(String::new, |by| format!("distinguished by {}", by.asks))
}

/// Writes the question that divides the candidates best, and the command that asks it.
pub(crate) fn settle(page: &mut Page, cause: &Cause) {
    let Some(settling) = &cause.settled_by else { return };
    page.section();
    let ink = page.ink();
    let (label, says) = (ink.text(Paint::Warning, LABEL), ink.text(Paint::Plain, &would_leave(settling)));
    page.row(INDENT, [label], &[says]);
    let under = INDENT + LABEL.len() + 2;
    if let Some(command) = &settling.command {
        let feed = settling.feed.as_ref().map_or_else(String::new, |feed| format!(" | {feed}"));
        page.paragraph(under, &ink.command(&format!("{command}{feed}")));
    }
    if let Some(note) = &settling.note {
        page.paragraph(under, &ink.instruction(note));
    }
}

/// The label of the question.
const LABEL: &str = "next";

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{Alternative, listed};

    fn alternatives(count: usize) -> Vec<Alternative> {
        let one = |at: usize| {
            let (fault, confidence) = (format!("backend/f{at}"), if at == 11 { 0.3 } else { 0.1 - at as f64 / 1000.0 });
            serde_json::from_value(serde_json::json!({ "fault": fault, "title": "t", "confidence": confidence }))
        };
        (0..count).map(|at| one(at).expect("an alternative")).collect()
    }

    #[rstest]
    #[case::few(9, false, 9)]
    #[case::many(12, false, 8)]
    #[case::verbose(12, true, 12)]
    fn many_candidates_are_cut_to_the_likeliest(#[case] count: usize, #[case] verbose: bool, #[case] shown: usize) {
        let all = alternatives(count);
        let shown_ids: Vec<&str> = listed(&all, verbose).iter().map(|one| one.fault.as_str()).collect();
        assert_eq!(shown_ids.len(), shown);
        assert_eq!(shown_ids.contains(&"backend/f11"), count > 11);
    }
}
