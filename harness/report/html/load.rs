//! What many users at the same time saw.

use maud::{Markup, html};

use crate::report::html::markup::text::shown;
use crate::report::words::{duration, load_failed, load_in_short, load_notes};
use crate::report::{LoadReport, Report};

pub(super) fn section(report: &Report) -> Markup {
    let Some(load) = &report.load else { return html! {} };
    html! {
        section .card #load aria-labelledby="load-title" {
            h2 #load-title { "Many users" }
            p { (shown(&load_in_short(load))) }
            (latency(load))
            @if !load.common.is_empty() {
                h3 { "What the failed calls have in common" }
                ul { @for one in &load.common { li { (shown(&one.says)) " (p = " (format!("{:.1e}", one.p_value)) ")" } } }
            }
            @if !load.failures.is_empty() { (failures(load)) }
            @for note in load_notes(load) { p .quiet { (shown(&note)) } }
        }
    }
}

fn latency(load: &LoadReport) -> Markup {
    html! {
        p .quiet { "Latency counts from the time at which a call was due." }
        table .steps {
            thead { tr {
                th scope="col" { "Kind of call" } th scope="col" { "Calls" } th scope="col" { "Served" }
                th scope="col" { "p50" } th scope="col" { "p95" } th scope="col" { "p99" } th scope="col" { "Longest" }
            } }
            tbody {
                @for one in &load.latency {
                    tr {
                        th scope="row" { (shown(&one.kind)) }
                        td { (one.calls) } td { (one.served) }
                        td { (duration(one.p50_ms)) } td { (duration(one.p95_ms)) }
                        td { (duration(one.p99_ms)) } td { (duration(one.max_ms)) }
                    }
                }
            }
        }
    }
}

fn failures(load: &LoadReport) -> Markup {
    html! {
        h3 { "How calls failed" }
        ul {
            @for failure in &load.failures {
                li { code { (shown(&failure.step)) } ": " (shown(&failure.says)) ", " (load_failed(failure)) }
            }
        }
    }
}
