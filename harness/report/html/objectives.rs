//! The objectives of the target, with the measured values.

use maud::{Markup, html};

use crate::report::html::markup::text::shown;
use crate::report::words::{objective, outcome_of};
use crate::report::{ObjectiveOutcome, ObjectiveReport, Report};

pub(super) fn section(report: &Report) -> Markup {
    html! {
        @if !report.objectives.is_empty() {
            section .card #objectives aria-labelledby="objectives-title" {
                h2 #objectives-title { "Objectives" }
                table .steps {
                    thead { tr { th scope="col" { "Outcome" } th scope="col" { "Objective" } th scope="col" { "Limit and measured value" } } }
                    tbody { @for one in &report.objectives { (row(report, one)) } }
                }
            }
        }
    }
}

fn row(report: &Report, one: &ObjectiveReport) -> Markup {
    let cause = one.cause.filter(|cause| *cause < report.causes.len());
    html! {
        tr {
            td { (outcome(one)) }
            th scope="row" { (shown(&one.name)) }
            td {
                (shown(&objective(one)))
                @if let Some(why) = &one.why { div .quiet { (shown(why)) } }
                @if let Some(cause) = cause { div { a href=(format!("#cause-{}", cause + 1)) { "cause " (cause + 1) } } }
            }
        }
    }
}

fn outcome(one: &ObjectiveReport) -> Markup {
    let (class, mark) = match one.outcome {
        ObjectiveOutcome::Met => ("ok", "✓"),
        ObjectiveOutcome::Missed => ("failed", "✗"),
        ObjectiveOutcome::NotMeasured => ("skipped", "–"),
    };
    html! { span .outcome .(class) { (mark) " " (outcome_of(one)) } }
}
