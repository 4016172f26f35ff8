//! What remains when it is not certain: the candidates, and the door that would settle it. Sits in `report::human`, inside a cause's block.

use super::causes::INDENT;
use super::page::Page;
use super::text::{Paint, Text};
use super::words::percent;
use crate::diagnose::{Alternative, Cause, Certainty, Settling};

/// Whether no candidate may stand as the title: none is ahead of the others.
pub(super) const fn are_open(cause: &Cause) -> bool {
    matches!(cause.certainty, Certainty::Ambiguous) && !cause.alternatives.is_empty()
}

/// Every cause that remains, when more than one does. The first one is listed only when the title does not name it.
pub(super) fn write(page: &mut Page, cause: &Cause) {
    if cause.alternatives.is_empty() {
        return;
    }
    page.section();
    let ink = page.ink();
    let others = cause.alternatives.iter().map(|other| &other.fault);
    let faults = others.chain([&cause.fault]).map(|fault| ink.text(Paint::Strong, fault).width());
    let aligned = faults.max().unwrap_or(0);
    let fault = |fault: &str| ink.text(Paint::Strong, fault).padded(aligned);
    if are_open(cause) {
        let title = ink.text(Paint::Plain, &cause.title);
        candidate(page, "either", cause.confidence, &[fault(&cause.fault), title]);
    }
    for other in &cause.alternatives {
        let title = ink.text(Paint::Plain, &other.title);
        candidate(page, "or", other.confidence, &[fault(&other.fault), title, ink.text(Paint::Faint, &settled(other))]);
    }
}

fn candidate(page: &mut Page, word: &str, confidence: f64, segments: &[Text]) {
    let ink = page.ink();
    let word = ink.text(Paint::Faint, word).padded("either".len());
    page.row(INDENT, [word, ink.text(Paint::Plain, &percent(confidence)).padded("99 %".len())], segments);
}

fn settled(other: &Alternative) -> String {
    other.settled_by.as_ref().map_or_else(String::new, |by| format!("settled by {}", by.door))
}

/// The door that splits the candidates best, and the command that opens it.
pub(super) fn settle(page: &mut Page, cause: &Cause) {
    if let Some(settling) = &cause.settled_by {
        page.section();
        door(page, settling, cause.alternatives.len() + 1);
    }
}

fn door(page: &mut Page, settling: &Settling, candidates: usize) {
    let ink = page.ink();
    let says = format!("the door {} would leave at most {} of {candidates}", settling.door, settling.leaves);
    page.row(INDENT, [ink.text(Paint::Warning, "settle")], &[ink.text(Paint::Plain, &says)]);
    if let Some(command) = &settling.command {
        page.paragraph(INDENT + "settle".len() + 2, &ink.command(command));
    }
}
