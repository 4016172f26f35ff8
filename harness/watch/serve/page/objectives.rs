//! The objectives of a target: what the last run measured, and how fast each error budget is used up.

use maud::{Markup, html};

use crate::objectives::{Alert, Burn};
use crate::report::html::markup::text::shown;
use crate::report::words::{objective, outcome_of};
use crate::report::{ObjectiveOutcome, ObjectiveReport};
use crate::watch::state::Watched;

pub(super) fn section(target: &Watched) -> Markup {
    html! {
        @if !target.measured.is_empty() {
            h3 { "Objectives" }
            table .objectives {
                thead { tr { th scope="col" { "Outcome" } th scope="col" { "Objective" } th scope="col" { "Limit and value of the last run" } th scope="col" { "Error budget" } } }
                tbody { @for one in &target.measured { (row(target, one)) } }
            }
        }
    }
}

fn row(target: &Watched, one: &ObjectiveReport) -> Markup {
    let (class, mark) = match one.outcome {
        ObjectiveOutcome::Met => ("ok", "✓"),
        ObjectiveOutcome::Missed => ("failed", "✗"),
        ObjectiveOutcome::NotMeasured => ("skipped", "–"),
    };
    let burning = target.objectives.iter().find(|burning| burning.name == one.name);
    html! {
        tr {
            td { span .outcome .(class) { (mark) " " (outcome_of(one)) } }
            th scope="row" { (shown(&one.name)) }
            td { (shown(&objective(one))) @if let Some(why) = &one.why { div .quiet { (shown(why)) } } }
            td { @match burning.and_then(|burning| burning.burn.as_ref()) { Some(burn) => (budget(burn)), None => span .quiet { "no budget" } } }
        }
    }
}

fn budget(burn: &Burn) -> Markup {
    html! {
        @if burn.fires() { div .fires { "✗ used up too fast" } }
        div { @match burn.used { Some(used) => { (format!("{:.0} %", used * 100.0)) " is used" }, None => "no call yet" } }
        div .quiet { "Rate " @for (n, alert) in burn.alerts.iter().enumerate() { @if n > 0 { ", " } (rate(alert)) } }
    }
}

/// Returns `14.4 in 1 h`.
fn rate(alert: &Alert) -> String {
    let hours = alert.long_s / 3600;
    let window = if hours > 24 { format!("{} d", hours / 24) } else { format!("{hours} h") };
    alert.long.map_or_else(|| format!("– in {window}"), |rate| format!("{rate:.1} in {window}"))
}
