//! Findings, and evidence that could not be read.

use crate::report::html::markup::shown;
use maud::{Markup, html};

use crate::report::Report;
use crate::report::html::markup::text::{proof, shown};

pub(super) fn section(report: &Report) -> Markup {
    let is_shown = |exchange: u32| shown::is_shown(report, exchange);
    html! {
        @if !report.findings.is_empty() || !report.unread.is_empty() {
            section .card #findings aria-labelledby="findings-title" {
                h2 #findings-title { "Findings" }
                p .quiet { "Problems that were seen whether or not a step failed. A finding fails the run only if it is marked so." }
                @for finding in &report.findings {
                    div .finding .fails[finding.fails] {
                        h3 { (shown(&finding.title)) " " @if finding.fails { span .chip .certain { "fails the run" } } }
                        p { code { (shown(&finding.id)) } }
                        ul { @for one in &finding.evidence { li { (proof(one, is_shown)) } } }
                    }
                }
                @for unread in &report.unread {
                    p { strong { "Evidence that could not be read: " } (shown(&unread.evidence)) ": " (shown(&unread.why)) }
                }
            }
        }
    }
}
