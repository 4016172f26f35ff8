//! What is wrong although nothing failed for it, and evidence that could not be read. Sits in `report::html`.

use crate::report::html::markup::shown;
use maud::{Markup, html};

use super::super::Report;
use crate::report::html::markup::text::{proof, shown};

pub(super) fn section(report: &Report) -> Markup {
    let is_shown = |exchange: u32| shown::is_shown(report, exchange);
    html! {
        @if !report.findings.is_empty() || !report.unread.is_empty() {
            section .card #findings aria-labelledby="findings-title" {
                h2 #findings-title { "Findings" }
                p .quiet { "What is wrong whatever became of the scenarios. Only an accepted control fails the run." }
                @for finding in &report.findings {
                    div .finding .fails[finding.fails] {
                        h3 { (shown(&finding.title)) " " @if finding.fails { span .chip .certain { "fails the run" } } }
                        p { code { (shown(&finding.id)) } }
                        ul { @for one in &finding.evidence { li { (proof(one, is_shown)) } } }
                    }
                }
                @for unread in &report.unread {
                    p { strong { "Not read: " } (shown(&unread.evidence)) ": " (shown(&unread.why)) }
                }
            }
        }
    }
}
