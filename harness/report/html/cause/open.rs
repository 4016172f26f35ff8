//! What is still open: the candidates that remain, and what would settle it. Sits in `report::html`.

use maud::{Markup, html};

use crate::diagnose::{Alternative, Cause, Settling};
use crate::report::html::markup::text::{instruction, lines, shown};
use crate::report::human::{are_open, percent, would_leave};

/// The one question to ask next, and the command that asks it.
pub(crate) fn settle(cause: &Cause) -> Markup {
    html! {
        @if are_open(cause) && cause.settled_by.is_none() {
            p { "Nothing that can be asked from here tells them apart." }
        }
        @if let Some(settling) = &cause.settled_by {
            h3 { "What would settle it" }
            div .settle {
                p { (sentence(&would_leave(settling))) }
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

fn sentence(words: &str) -> String {
    let mut words = shown(words);
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words + "."
}

/// Every cause that remains, best first, when more than one does.
pub(crate) fn candidates(cause: &Cause) -> Markup {
    let open = are_open(cause);
    html! {
        @if !cause.alternatives.is_empty() {
            h3 { @if open { "What it can be" } @else { "What it can be besides" } }
            table {
                thead { tr { th scope="col" { "Cause" } th scope="col" { "Weight" } th scope="col" { "Told from the first by" } } }
                tbody {
                    @if open { (row(&cause.fault, &cause.title, cause.confidence, "", false)) }
                    @for other in &cause.alternatives { (alternative(other)) }
                }
            }
            p .quiet { "Weights order the causes by how well they fit. They decide nothing." }
        }
    }
}

fn alternative(other: &Alternative) -> Markup {
    let by = other.settled_by.as_ref().map_or("nothing that can be asked", |by| &by.asks);
    row(&other.fault, &other.title, other.confidence, by, other.unlikely)
}

fn row(fault: &str, title: &str, confidence: f64, by: &str, unlikely: bool) -> Markup {
    html! {
        tr {
            th scope="row" { (shown(title)) @if unlikely { " (a hint speaks against it)" } br; code { (shown(fault)) } }
            td .number { (percent(confidence)) }
            td { @if by.is_empty() { "–" } @else { (shown(by)) } }
        }
    }
}
