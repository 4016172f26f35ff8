//! The run beside an earlier one. Sits in `report::html`.

use maud::{Markup, html};

use super::super::human::{lists, since, whats_new};
use super::super::{BaselineReport, Report};
use crate::report::html::markup::text::shown;

/// Steps named of a kind before the rest is folded.
const NAMED: usize = 12;

/// The comparison in the banner.
pub(super) fn in_short(report: &Report) -> Markup {
    html! {
        @if let Some(baseline) = &report.baseline {
            p .verdict {
                "Beside the baseline: " a href="#baseline" { strong { (whats_new(baseline)) } } " " (since(baseline))
                @if baseline.new_only { ". Only what is new decides the exit code" }
            }
        }
    }
}

pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if let Some(baseline) = &report.baseline {
            section .card #baseline aria-labelledby="baseline-title" {
                h2 #baseline-title { "Beside the baseline: " (whats_new(baseline)) }
                p .quiet { "The run of " (baseline.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")) " is taken for known." }
                @if lists(baseline).next().is_some() { (kinds(baseline)) }
            }
        }
    }
}

fn kinds(baseline: &BaselineReport) -> Markup {
    html! {
        dl .facts {
            @for (kind, all) in lists(baseline) {
                dt { (in_words(kind)) }
                dd { (names(&all[..all.len().min(NAMED)])) @if all.len() > NAMED { details { summary { (all.len() - NAMED) " more" } (names(&all[NAMED..])) } } }
            }
        }
    }
}

fn names(all: &[String]) -> Markup {
    html! { ul .inline { @for one in all { li { code { (shown(one)) } } } } }
}

fn in_words(kind: &str) -> &str {
    match kind {
        "new" => "Fails and did not",
        "already" => "Fails as it did",
        "gone" => "Passes again",
        "known" => "Causes known from it",
        other => other,
    }
}
