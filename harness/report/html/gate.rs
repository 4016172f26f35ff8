//! Whether to roll back, why, and what a roll back came to. It follows the outcome, as the reader decides by it.

use maud::{Markup, html};

use crate::report::html::markup::text::{instruction, lines, shown};
use crate::report::words::{counted, done, heading, is_tested, second_smoke, tested_by};
use crate::report::{Advice, CommandRun, GateReport, Report, RolledBack, RunOutcome};

/// Returns for the banner whether the deployed revisions were tested, and the advice with a link to its reasons.
pub(super) fn in_short(report: &Report) -> Markup {
    html! {
        @for one in &report.deployed { p .verdict { "After the deploy: " (is_tested(one)) ": " (shown(&tested_by(one))) } }
        @if let Some(gate) = &report.gate {
            p .verdict { "After the deploy: " a href="#gate" { strong { (gate.advice.as_str()) } } @if let Some(done) = &gate.rolled_back { ". Second smoke: " (shown(&second_smoke(done))) } }
        }
    }
}

pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if let Some(gate) = &report.gate {
            section .card .gate .(class(gate.advice)) #gate aria-labelledby="gate-title" {
                p .eyebrow { "After the deploy" }
                h2 #gate-title { (heading(gate.advice)) }
                ul { @for reason in &gate.reasons { li { (instruction(reason)) } } }
                (revisions(gate))
                @if !gate.commands.is_empty() {
                    h3 { @if gate.rolled_back.is_some() { "Commands of the roll back" } @else { "To roll back" } }
                    @for one in &gate.commands { pre { code { (lines(&one.command)) } } }
                }
                @if let Some(done) = &gate.rolled_back { (rolled_back(done)) }
            }
        }
    }
}

const fn class(advice: Advice) -> &'static str {
    match advice {
        Advice::RollBack => "back",
        Advice::DoNot => "stay",
        Advice::Undecided => "undecided",
    }
}

fn revisions(gate: &GateReport) -> Markup {
    html! {
        table {
            thead { tr { th scope="col" { "Service" } th scope="col" { "Deployed" } th scope="col" { "Previous" } } }
            tbody {
                @for one in &gate.deployed {
                    @let before = gate.previous.iter().find(|before| before.service == one.service);
                    tr {
                        th scope="row" { (shown(&one.service)) }
                        td { code { (shown(&one.revision)) } }
                        td { @if let Some(before) = before { code { (shown(&before.revision)) } } @else { "not given" } }
                    }
                }
            }
        }
    }
}

fn rolled_back(done: &RolledBack) -> Markup {
    let passed = done.second.as_ref().is_some_and(|second| second.outcome == RunOutcome::Passed);
    html! {
        h3 { "What was done" }
        @for run in &done.runs { (command(run)) }
        p { strong { "Second smoke: " } span .outcome .(if passed { "ok" } else { "failed" }) { (if passed { "✓ " } else { "✗ " }) } (shown(&second_smoke(done))) }
        @if let Some(second) = done.second.as_ref().filter(|second| !second.failed.is_empty()) {
            details {
                summary { (counted(second.failed.len(), "step", "steps")) " failed in the second smoke" }
                ul .inline { @for step in &second.failed { li { code { (shown(step)) } } } }
            }
        }
    }
}

fn command(run: &CommandRun) -> Markup {
    html! {
        details {
            summary {
                span .outcome .(if run.succeeded { "ok" } else { "failed" }) { (if run.succeeded { "✓ " } else { "✗ " }) (done(run)) } " "
                strong { (shown(&run.service)) } ", " (shown(&run.ended))
            }
            h3 { "Command" }
            pre { code { (lines(&run.command)) } }
            h3 { "Output" }
            @if run.output.trim().is_empty() { p { "None." } } @else { pre { code { (lines(&run.output)) } } }
        }
    }
}
