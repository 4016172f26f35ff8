//! One target.

use jiff::Timestamp;
use maud::{Markup, html};

use super::verdict::{Now, open, remark};
use super::{incident, objectives, scenarios, uptime};
use crate::report::html::markup::text::shown;
use crate::report::words::{counted, percent, seconds};
use crate::watch::state::{Ran, State, Watched};

/// Incidents that are shown, newest first.
const INCIDENTS: usize = 20;

/// Returns the section of the `n`th target.
pub(super) fn section(state: &State, n: usize, target: &Watched, now: Timestamp) -> Markup {
    let (class, mark, word) = Now::of(state, target, now).look();
    let title = format!("target-{}-title", n + 1);
    html! {
        section .card .target .(class) id=(format!("target-{}", n + 1)) aria-labelledby=(title) {
            h2 id=(title) { (shown(&target.name)) " " span .outcome .(class) { span .mark aria-hidden="true" { (mark) } " " (word) } }
            p .quiet { (remark(state, target, now)) }
            @if let Some(last) = target.runs.back() { (facts(target, last)) }
            @if let Some(incident) = open(target) { (incident::now(incident, now)) }
            @if !target.runs.is_empty() {
                (uptime::section(target, now))
                (objectives::section(target))
                (scenarios::section(target))
            }
            (incidents(target, now))
        }
    }
}

fn facts(target: &Watched, last: &Ran) -> Markup {
    html! {
        dl .facts {
            @if let Some(error) = &last.error { dt { "Not tested" } dd { (shown(error)) } }
            dt { "Last run" }
            dd { (counted(last.scenarios.len(), "scenario", "scenarios")) ", " (last.requests) " requests, " (seconds(last.took_ms)) ", " (percent(last.budget_used)) " of its budget" }
            @if let Some(calls) = last.auth.filter(|calls| calls.sent > 0) {
                dt { "Auth service" }
                dd {
                    "accepted " (calls.accepted) " of " (calls.sent) " calls"
                    @if let Some(at) = target.auth_last_success.filter(|_| calls.accepted < calls.sent) { ", last success at " (super::times::moment(at)) }
                }
            }
            @if !last.findings.is_empty() {
                dt { "Findings" }
                dd { ul .inline { @for finding in &last.findings { li { code { (shown(finding)) } } } } }
            }
        }
    }
}

fn incidents(target: &Watched, now: Timestamp) -> Markup {
    let cured = || target.incidents.iter().rev().filter(|incident| incident.cured.is_some());
    let more = cured().count().saturating_sub(INCIDENTS);
    html! {
        @if open(target).is_none() || cured().next().is_some() { h3 { "Past incidents" } }
        @if target.incidents.is_empty() { p .quiet { "No incident since the watch began." } }
        @for incident in cured().take(INCIDENTS) { (incident::past(incident, now)) }
        @if more > 0 { p .quiet { (counted(more, "older incident is", "older incidents are")) " not shown." } }
    }
}
