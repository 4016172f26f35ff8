//! One cause: what to do first, then what proves it.
//!
//! Start at [`section`].
//!
//! - `cure`: what to do; `open`: the candidates that remain, and what would settle which
//! - `whys`: the chain of whys; `log`: log lines to read; `ruled_out`: the faults that an observation excludes
//!
//! Invariant: a heading claims no more than is known.

pub(crate) mod cure;
pub(crate) mod log;
pub(crate) mod open;
pub(crate) mod ruled_out;
pub(crate) mod whys;

use crate::report::html::markup::{certainty, shown};
use maud::{Markup, html};

use crate::diagnose::{Cause, Certainty};
use crate::report::html::figure::{map, sequence};
use crate::report::html::markup::text::shown;
use crate::report::words::{are_open, claim, hops, responsible};
use crate::report::{Passage, Report};

/// Steps that are named before the rest is folded.
const NAMED: usize = 6;

pub(crate) fn section(report: &Report, n: usize, cause: &Cause) -> Markup {
    let number = n + 1;
    let id = format!("cause-{number}");
    let passage = report.passages.iter().find(|passage| passage.cause == n);
    let is_shown = |exchange: u32| shown::is_shown(report, exchange);
    html! {
        section .card #(id) aria-labelledby=(format!("{id}-title")) {
            @if report.causes.len() > 1 { p .eyebrow { "Cause " (number) " of " (report.causes.len()) } }
            h2 #(format!("{id}-title")) { (shown(&claim(cause))) " " (certainty::certainty(cause.certainty)) }
            (about(cause))
            (open::settle(cause))
            (cure::section(cause, report.gate.is_some()))
            (drawn(report, number, cause, passage))
            (whys::section(cause, is_shown))
            (log::section(cause, is_shown))
            (open::candidates(cause))
            (ruled_out::section(cause, is_shown))
            (explained(cause))
        }
    }
}

fn about(cause: &Cause) -> Markup {
    html! {
        @if cause.certainty == Certainty::Unknown { p { (shown(&cause.title)) "." } }
        p .quiet { (certainty::meaning(cause.certainty)) }
        dl .facts {
            dt { "Hop" } dd { (place(cause)) }
            @if !responsible(cause).is_empty() { dt { "Responsible" } dd { (shown(&responsible(cause).join("; "))) } }
            @if !are_open(cause) { dt { "Fault id" } dd { code { (shown(&cause.fault)) } } }
        }
    }
}

/// Returns the hop in words for a reader who does not know the system.
fn place(cause: &Cause) -> Markup {
    use crate::diagnose::Hops;
    html! {
        @match &cause.hop {
            Hops::One(hop) => { (map::in_words(*hop)) " (" code { (hops(&cause.hop)) } ")" }
            Hops::Several(all) => {
                @for (n, hop) in all.iter().enumerate() {
                    @if n > 0 { ", or " }
                    (map::in_words(*hop)) " (" code { (hop.as_str()) } ")"
                }
            }
        }
    }
}

fn drawn(report: &Report, number: usize, cause: &Cause, passage: Option<&Passage>) -> Markup {
    html! {
        @if let Some(passage) = passage {
            (map::figure(number, passage))
            (sequence::figure(report, number, passage, cause.certainty))
        }
    }
}

fn explained(cause: &Cause) -> Markup {
    let named = cause.explains.iter().take(NAMED);
    let rest = cause.explains.get(NAMED..).unwrap_or_default();
    html! {
        h3 { "Failures that it explains" }
        ul .inline { @for step in named { li { code { (shown(step)) } } } }
        @if !rest.is_empty() {
            details {
                summary { (rest.len()) " more" }
                ul .inline { @for step in rest { li { code { (shown(step)) } } } }
            }
        }
    }
}
