//! The banner with the outcome, and the footer with the facts of the run.

use crate::report::html::markup::certainty;
use maud::{Markup, html};

use super::{baseline, gate, partial, steps};
use crate::diagnose::Cause;
use crate::report::html::markup::text::{instruction, shown};
use crate::report::words::{are_open, claim, headline, notes, outcome, percent, reach, responsible};
use crate::report::{Report, RunOutcome};

/// Returns the outcome, and for each cause who must do what.
pub(super) fn banner(report: &Report) -> Markup {
    let failed = report.outcome == RunOutcome::Failed;
    let (class, mark, word) = if failed {
        ("bad", "✗", if report.interrupted.is_some() { "Interrupted" } else { "Failed" })
    } else {
        ("good", "✓", "Passed")
    };
    html! {
        header #outcome .banner .(class) tabindex="-1" {
            p .eyebrow { "fivewhys · target " strong { (shown(&report.target)) } @for one in tested(report) { " · " (one) } }
            h1 { span .mark aria-hidden="true" { (mark) } " " (word) @if !report.causes.is_empty() { ": " (headline(report)) } }
            (partial::notice(report))
            @if !report.causes.is_empty() {
                ul .verdicts { @for (n, cause) in report.causes.iter().enumerate() { (verdict(n, cause)) } }
            }
            @for finding in report.findings.iter().filter(|finding| finding.fails) {
                p .verdict { strong { (shown(&finding.title)) } " " a href="#findings" { "evidence" } }
            }
            (steps::flaky(report))
            (gate::in_short(report))
            (baseline::in_short(report))
            p .counts { (shown(&[vec![outcome(report)], notes(report)].concat().join(" · "))) }
        }
    }
}

/// Returns what was tested: the address, the deployed revisions, and the date.
fn tested(report: &Report) -> Vec<Markup> {
    let address = report.system.iter().map(|system| html! { code { (shown(&system.backend)) } });
    let page = report.system.iter().filter_map(|system| system.browser.as_ref());
    let page = page.map(|page| html! { "for the page " code { (shown(&page.origin)) } });
    let revisions = report.deployed.iter().map(|one| html! { "revision " code { (shown(&one.revision)) } });
    let at = report.timing.started_at;
    let date = html! { time datetime=(at) { (at.strftime("%Y-%m-%d %H:%M UTC")) } };
    address.chain(page).chain(revisions).chain([date]).collect()
}

fn verdict(n: usize, cause: &Cause) -> Markup {
    html! {
        li {
            a href=(format!("#cause-{}", n + 1)) { strong { (shown(&claim(cause))) } }
            " " (certainty::certainty(cause.certainty))
            @if are_open(cause) { span .who { strong { "Most likely: " } (shown(&cause.title)) " (" (percent(cause.confidence)) ")" } }
            @if !responsible(cause).is_empty() { span .who { strong { "Responsible: " } (shown(&responsible(cause).join("; "))) } }
            @if let Some(fix) = &cause.fix { span .who { strong { "Fix: " } (instruction(fix)) } }
            @if let Some(settling) = &cause.settled_by { span .who { strong { "Next: " } "look at " (shown(&settling.asks)) " to narrow the cause down" } }
        }
    }
}

/// Returns when the run took place, how long it took, with which evidence, and its exit code.
pub(super) fn footer(report: &Report) -> Markup {
    let timing = &report.timing;
    let seconds = |ms: f64| format!("{:.1} s", ms / 1000.0);
    html! {
        footer {
            dl .facts {
                dt { "Run" } dd { time datetime=(timing.started_at) { (timing.started_at.strftime("%Y-%m-%d %H:%M:%S UTC")) } ", " (seconds(timing.total_ms)) }
                dt { "Scenarios" } dd { (timing.scenario_probes) " probes, " (seconds(timing.scenarios_ms)) }
                dt { "Diagnosis" } dd { (timing.diagnosis_probes) " probes, " (seconds(timing.diagnosis_ms)) }
                dt { "Granted evidence" } dd { (shown(&report.evidence.join(", "))) }
                @if let Some(proxy) = &report.proxy { dt { "Proxy" } dd { (shown(proxy)) } }
                @for line in reach(&report.reach) { dt { "Reached" } dd { (shown(&line)) } }
                dt { "Exit code" } dd { (report.exit.code) ": " (instruction(&report.exit.meaning)) }
                dt { "Made by" } dd { "fivewhys " (shown(&report.version)) ", " (shown(&report.schema)) }
            }
        }
    }
}
