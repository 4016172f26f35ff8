//! What was driven: a fold a scenario, a row a step, how long it took as a bar. Sits in `report::html`.

use maud::{Markup, html};

use super::super::human::{counted, duration};
use super::super::{Report, ScenarioReport, StepOutcome, StepReport};
use super::exchanges;
use super::text::shown;
use crate::probe::Phases;

/// The width of the longest bar.
const BAR: f64 = 160.0;

pub(super) fn section(report: &Report) -> Markup {
    let steps = report.scenarios.iter().flat_map(|scenario| &scenario.steps);
    let longest = steps.filter_map(|step| step.took_ms).fold(1.0, f64::max);
    html! {
        section .card aria-labelledby="steps-title" {
            h2 #steps-title { "What was driven" }
            p .quiet { "Each scenario was driven from outside, as a known test user of " (shown(&report.target)) "." }
            p .legend {
                "Bars: " (legend("connect", "name and connection")) (legend("wait", "waiting for the answer")) (legend("read", "reading it"))
            }
            @for scenario in &report.scenarios { (fold(report, scenario, longest)) }
        }
    }
}

fn legend(class: &str, says: &str) -> Markup {
    html! { span .key { svg .bar width="14" height="12" aria-hidden="true" { rect .(class) y="1" width="14" height="10" {} } " " (says) } " " }
}

fn fold(report: &Report, scenario: &ScenarioReport, longest: f64) -> Markup {
    let open = scenario.outcome == StepOutcome::Failed && scenario.steps.len() <= 20;
    let took: f64 = scenario.steps.iter().filter_map(|step| step.took_ms).sum();
    html! {
        details open[open] {
            summary {
                (outcome(scenario.outcome)) " " strong { (shown(&scenario.id)) } " " span { (shown(&scenario.title)) } " "
                span .quiet { (counted(scenario.steps.len(), "step", "steps")) ", " (duration(took)) }
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
            td { (outcome(step.outcome)) }
            th scope="row" {
                (shown(&step.id)) " " code { (shown(&step.call)) }
                @if let Some(id) = step.exchange.filter(|id| exchanges::is_shown(report, *id)) { " " a .ref href=(format!("#probe-{id}")) { "probe " (id) } }
                @for because in &step.because { div .because[step.outcome == StepOutcome::Failed] { (shown(because)) } }
                @if step.outcome == StepOutcome::Failed { div .quiet { (shown(&step.source)) } }
            }
            td .number { @if let Some(took) = step.took_ms { (bar(phases(report, step), took, longest)) " " (duration(took)) } @else { "–" } }
        }
    }
}

fn phases<'a>(report: &'a Report, step: &StepReport) -> Option<&'a Phases> {
    report.probes.iter().find(|probe| Some(probe.exchange.id) == step.exchange).map(|probe| &probe.exchange.phases)
}

/// The phases one after the other. The number beside it says the same.
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

/// The word, with a mark that is seen without colour.
fn outcome(outcome: StepOutcome) -> Markup {
    let (class, says) = match outcome {
        StepOutcome::Passed => ("ok", "✓ passed"),
        StepOutcome::Failed => ("failed", "✗ failed"),
        StepOutcome::Known => ("known", "! known"),
        StepOutcome::Skipped => ("skipped", "– skipped"),
    };
    html! { span .outcome .(class) { (says) } }
}
