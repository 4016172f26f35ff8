//! The comparison with an earlier run.

use maud::{Markup, html};

use crate::report::html::markup::text::{capitalized, shown};
use crate::report::words::{lists, since, whats_new};
use crate::report::{BaselineReport, Report};

/// Steps of one kind that are named before the rest is folded.
const NAMED: usize = 12;

/// Returns the comparison for the banner.
pub(super) fn in_short(report: &Report) -> Markup {
    html! {
        @if let Some(baseline) = &report.baseline {
            p .verdict {
                "Compared with the baseline: " a href="#baseline" { strong { (whats_new(baseline)) } } " " (since(baseline))
                @if baseline.new_only { ". Only new failures, causes and findings decide the exit code" }
            }
        }
    }
}

pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if let Some(baseline) = &report.baseline {
            section .card #baseline aria-labelledby="baseline-title" {
                h2 #baseline-title { "Compared with the baseline: " (whats_new(baseline)) }
                p .quiet { "The baseline is the run of " (baseline.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")) "." }
                @if lists(baseline).next().is_some() { (kinds(baseline)) }
            }
        }
    }
}

fn kinds(baseline: &BaselineReport) -> Markup {
    html! {
        dl .facts {
            @for (kind, all) in lists(baseline) {
                dt { (capitalized(kind)) }
                dd { (names(&all[..all.len().min(NAMED)])) @if all.len() > NAMED { details { summary { (all.len() - NAMED) " more" } (names(&all[NAMED..])) } } }
            }
        }
    }
}

fn names(all: &[String]) -> Markup {
    html! { ul .inline { @for one in all { li { code { (shown(one)) } } } } }
}
