//! What ran: a fold for each scenario, a row for each step, and its duration as a bar.

use crate::report::html::markup::shown;
use maud::{Markup, html};

use crate::probe::Phases;
use crate::report::html::markup::text::shown;
use crate::report::words::{ALREADY, counted, duration, tried};
use crate::report::{Report, ScenarioReport, StepOutcome, StepReport};

/// Flaky steps that are named in the banner.
const NAMED: usize = 3;
/// The width of the longest bar.
const BAR: f64 = 160.0;

pub(super) fn section(report: &Report) -> Markup {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let longest = steps.filter_map(|step| step.took_ms).fold(1.0, f64::max);
    html! {
        section .card aria-labelledby="steps-title" {
            h2 #steps-title { "What ran" }
            p .quiet { "Each scenario called " (shown(&report.target)) " from outside, as a test user." }
            p .legend {
                "Bars: " (legend("connect", "DNS and connection")) (legend("wait", "waiting for the response")) (legend("read", "reading the response"))
            }
            @for scenario in &report.scenarios { (fold(report, scenario, longest)) }
        }
    }
}

/// Returns the flaky steps for the banner.
pub(super) fn flaky(report: &Report) -> Markup {
    let steps = report.scenarios.iter().flat_map(|scenario| scenario.steps.iter().map(move |step| (scenario, step)));
    let flaky: Vec<_> = steps.filter(|(_, step)| step.flaky).collect();
    html! {
        @for (scenario, step) in flaky.iter().take(NAMED) {
            p .verdict { strong { "Flaky: " } code { (shown(&scenario.id)) "/" (shown(&step.id)) } " " (shown(&tried(step).unwrap_or_default())) }
        }
        @if flaky.len() > NAMED { p .verdict { "… and " (flaky.len() - NAMED) " more flaky steps" } }
    }
}

fn legend(class: &str, says: &str) -> Markup {
    html! { span .key { svg .bar width="14" height="12" aria-hidden="true" { rect .(class) y="1" width="14" height="10" {} } " " (says) } " " }
}

fn fold(report: &Report, scenario: &ScenarioReport, longest: f64) -> Markup {
    let flaky = scenario.steps.iter().any(|step| step.flaky);
    let open = (flaky || scenario.outcome == StepOutcome::Failed) && scenario.steps.len() <= 20;
    let took = scenario.steps.iter().filter_map(|step| step.took_ms).reduce(|all, one| all + one);
    html! {
        details open[open] {
            summary {
                (outcome(scenario.outcome, flaky)) " " strong { (shown(&scenario.id)) } " " span { (shown(&scenario.title)) } " "
                span .quiet { (counted(scenario.steps.len(), "step", "steps")) @if let Some(took) = took { ", " (duration(took)) } }
            }
            table .steps {
                thead { tr { th scope="col" { "Outcome" } th scope="col" { "Step" } th scope="col" { "Time" } } }
                tbody { @for step in &scenario.steps { (row(report, step, longest)) } }
            }
        }
    }
}

fn row(report: &Report, step: &StepReport, longest: f64) -> Markup {
    html! {
        tr {
            td { (outcome(step.outcome, step.flaky)) }
            th scope="row" {
                (shown(&step.id)) " " code { (shown(&step.call)) }
                @if let Some(id) = step.exchange.filter(|id| shown::is_shown(report, *id)) { " " a .ref href=(format!("#probe-{id}")) { "probe " (id) } }
                @if step.already { " " span .chip .unknown { (ALREADY) } }
                @for because in &step.because { div .because[step.outcome == StepOutcome::Failed] { (shown(because)) } }
                (tries(report, step))
                @if step.flaky || step.outcome == StepOutcome::Failed { div .quiet { (shown(&step.source)) } }
                @if let Some(url) = trace(step) { div { a href=(url) rel="noopener noreferrer" { "trace of this call" } } }
            }
            td .number { @if let Some(took) = step.took_ms { (bar(phases(report, step), took, longest)) " " (duration(took)) } @else { "–" } }
        }
    }
}

/// Returns the address of the trace. No other scheme becomes a link: a report may come from a file.
fn trace(step: &StepReport) -> Option<String> {
    let url = step.trace_url.as_ref()?;
    (url.starts_with("https://") || url.starts_with("http://")).then(|| shown(url))
}

/// Returns every failed try, with a link to its exchange.
fn tries(report: &Report, step: &StepReport) -> Markup {
    html! {
        @if let Some(says) = tried(step) {
            div .tried[step.flaky] { (shown(&says)) }
            ul .quiet {
                @for (n, one) in step.tries.iter().enumerate() {
                    li {
                        "try " (n + 1) ": " (shown(&one.after)) ", the next try " (one.waited_ms) " ms later"
                        @if shown::is_shown(report, one.exchange) { " " a .ref href=(format!("#probe-{}", one.exchange)) { "probe " (one.exchange) } }
                    }
                }
            }
        }
    }
}

fn phases<'a>(report: &'a Report, step: &StepReport) -> Option<&'a Phases> {
    report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange).map(|probe| &probe.exchange.phases)
}

/// Returns a bar with the phases of a request. The number next to it gives the duration in words.
pub(super) fn bar(phases: Option<&Phases>, took: f64, longest: f64) -> Markup {
    let scale = |ms: f64| (ms / longest * BAR).clamp(0.0, BAR);
    let connected = phases.map_or(0.0, |phases| phases.dns_ms.unwrap_or(0.0) + phases.connect_ms.unwrap_or(0.0));
    let begun = phases.and_then(|phases| phases.first_byte_ms).unwrap_or(took).max(connected);
    let parts = [("connect", 0.0, connected), ("wait", connected, begun), ("read", begun, took)];
    html! {
        svg .bar width=(BAR) height="12" aria-hidden="true" {
            @for (class, from, to) in parts.into_iter().filter(|(_, from, to)| to > from) {
                rect .(class) x=(format!("{:.1}", scale(from))) y="1" width=(format!("{:.1}", (scale(to) - scale(from)).max(1.0))) height="10" {}
            }
        }
    }
}

/// Returns the outcome with a mark that does not depend on colour.
fn outcome(outcome: StepOutcome, flaky: bool) -> Markup {
    let (class, says) = match outcome {
        StepOutcome::Passed if flaky => ("known", "~ flaky"),
        StepOutcome::Passed => ("ok", "✓ passed"),
        StepOutcome::Failed => ("failed", "✗ failed"),
        StepOutcome::Known => ("known", "! known"),
        StepOutcome::Skipped => ("skipped", "– skipped"),
    };
    html! { span .outcome .(class) { (says) } }
}
