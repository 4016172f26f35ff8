//! The latency of each scenario, run by run.

use maud::{Markup, html};

use super::sparkline::{Point, sparkline};
use crate::report::StepOutcome;
use crate::report::html::markup::text::shown;
use crate::report::words::duration;
use crate::watch::state::{ScenarioRan, Watched};

/// How a row is read.
pub(super) const LEGEND: &str = "Latency: the duration of all steps of a scenario. The line rises from 0. A tick below it marks a run in which the scenario failed.";

/// Runs in a sparkline.
const RUNS: usize = 60;

pub(super) fn section(target: &Watched) -> Markup {
    let scenarios = newest_scenarios(target);
    html! {
        @if !scenarios.is_empty() {
            h3 { "Latency of each scenario" }
            table .latencies {
                thead { tr { th scope="col" { "Outcome" } th scope="col" { "Scenario" } th scope="col" { "Median" } th scope="col" { "Last run" } th scope="col" .drawn { "Last " (RUNS) " runs" } } }
                tbody { @for scenario in scenarios { (row(target, scenario)) } }
            }
        }
    }
}

/// Returns the scenarios of the newest run that tested anything.
fn newest_scenarios(target: &Watched) -> &[ScenarioRan] {
    target
        .runs
        .iter()
        .rev()
        .map(|run| run.scenarios.as_slice())
        .find(|scenarios| !scenarios.is_empty())
        .unwrap_or_default()
}

fn row(target: &Watched, scenario: &ScenarioRan) -> Markup {
    let points = points(target, &scenario.id);
    let number = |ms: Option<f64>| ms.map_or_else(|| "–".to_owned(), duration);
    html! {
        tr {
            td { (outcome(scenario.outcome)) }
            th scope="row" { code { (shown(&scenario.id)) } }
            td .number { span .label { "median " } (number(median(&points))) }
            td .number { span .label { "last " } (number(points.last().map(|point| point.ms))) }
            td .drawn { (sparkline(&points, RUNS)) }
        }
    }
}

/// Returns the last runs of a scenario, oldest first. A run that sent none of its steps gives no point.
fn points(target: &Watched, id: &str) -> Vec<Point> {
    let runs = target.runs.iter().rev().filter_map(|run| run.scenarios.iter().find(|scenario| scenario.id == id));
    let mut points: Vec<Point> = runs.filter_map(point).take(RUNS).collect();
    points.reverse();
    points
}

fn point(scenario: &ScenarioRan) -> Option<Point> {
    let ms = scenario.steps.iter().filter_map(|step| step.took_ms).reduce(|all, one| all + one)?;
    let failed = scenario.outcome == StepOutcome::Failed;
    (ms.is_finite() && ms >= 0.0).then_some(Point { ms, failed })
}

fn median(points: &[Point]) -> Option<f64> {
    let mut sorted: Vec<f64> = points.iter().map(|point| point.ms).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

fn outcome(outcome: StepOutcome) -> Markup {
    let (class, says) = match outcome {
        StepOutcome::Passed => ("ok", "✓ passed"),
        StepOutcome::Failed => ("failed", "✗ failed"),
        StepOutcome::Known => ("known", "! known"),
        StepOutcome::Skipped => ("skipped", "– skipped"),
    };
    html! { span .outcome .(class) { (says) } }
}
