//! What is still open: the candidates that remain, and what would settle which one it is.

use maud::{Markup, html};

use crate::diagnose::{Alternative, Cause, Settling};
use crate::report::html::markup::text::{capitalized, instruction, lines, shown};
use crate::report::words::{are_open, percent, would_leave};

/// Returns the question to ask next, and the command that asks it.
pub(crate) fn settle(cause: &Cause) -> Markup {
    html! {
        @if are_open(cause) && cause.settled_by.is_none() {
            p { "No evidence that is available here distinguishes the candidates." }
        }
        @if let Some(settling) = &cause.settled_by {
            h3 { "What would settle it" }
            div .settle {
                p { (capitalized(&would_leave(settling))) "." }
                @if let Some(command) = full(settling) { pre { code { (lines(&command)) } } p .quiet { "Read-only: it changes nothing." } }
                @if let Some(note) = &settling.note { p { (instruction(note)) } }
            }
        }
    }
}

fn full(settling: &Settling) -> Option<String> {
    let feed = settling.feed.as_ref().map_or_else(String::new, |feed| format!(" \\\n  | {feed}"));
    settling.command.as_ref().map(|command| format!("{command}{feed}"))
}

/// Returns every candidate, best first, if more than one remains.
pub(crate) fn candidates(cause: &Cause) -> Markup {
    let open = are_open(cause);
    html! {
        @if !cause.alternatives.is_empty() {
            h3 { @if open { "Candidates" } @else { "Other candidates" } }
            table {
                thead { tr { th scope="col" { "Candidate" } th scope="col" { "Confidence" } th scope="col" { "Distinguished from the first by" } } }
                tbody {
                    @if open { (row(&cause.fault, &cause.title, cause.confidence, "", false)) }
                    @for other in &cause.alternatives { (alternative(other)) }
                }
            }
            p .quiet { "Confidence orders the candidates by how well they fit. It rules none of them out." }
        }
    }
}

fn alternative(other: &Alternative) -> Markup {
    let by = other.settled_by.as_ref().map_or("no evidence available here", |by| &by.asks);
    row(&other.fault, &other.title, other.confidence, by, other.unlikely)
}

fn row(fault: &str, title: &str, confidence: f64, by: &str, unlikely: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (shown(title)) @if unlikely { " (unlikely: a hint is against it)" } br; code { (shown(fault)) } }
            td .number { (percent(confidence)) }
            td { @if by.is_empty() { "–" } @else { (shown(by)) } }
        }
    }
}
