//! The candidates that remain, and the question that would settle which one it is.

use crate::diagnose::{Alternative, Cause};
use crate::report::human::cause::INDENT;
use crate::report::human::page::Page;
use crate::report::human::page::text::{Paint, Text};
use crate::report::words::{are_open, percent, would_leave};

/// Writes every candidate if more than one remains. The first is left out if the title names it.
pub(crate) fn write(page: &mut Page, cause: &Cause) {
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
