//! One incident with its causes, its whys and its notifications.

use jiff::Timestamp;
use maud::{Markup, html};

use super::times;
use crate::report::html::markup::certainty;
use crate::report::html::markup::text::shown;
use crate::report::words::counted;
use crate::watch::state::{Change, ChangeKind, Incident, Named};

/// Scenarios, and steps of a cause, that are named.
const NAMED: usize = 10;

/// Returns the incident that is open.
pub(super) fn now(incident: &Incident, now: Timestamp) -> Markup {
    html! {
        div .incident {
            h3 { "Incident " (incident.number) ", open for " (times::span(incident.opened, now)) }
            (details(incident))
        }
    }
}

/// Returns an incident that is cured, folded.
pub(super) fn past(incident: &Incident, now: Timestamp) -> Markup {
    let cured = incident.cured.unwrap_or(now);
    html! {
        details {
            summary {
                strong { "Incident " (incident.number) } ", " (times::moment(incident.opened)) ", lasted " (times::span(incident.opened, cured)) " "
                span .quiet { (in_short(incident)) }
            }
            (details(incident))
        }
    }
}

fn in_short(incident: &Incident) -> String {
    let more = incident.causes.len().saturating_sub(1);
    match incident.causes.first() {
        None => "no cause was named".to_owned(),
        Some(cause) if more > 0 => {
            format!("{}, and {}", shown(&cause.title), counted(more, "more cause", "more causes"))
        }
        Some(cause) => shown(&cause.title),
    }
}

fn details(incident: &Incident) -> Markup {
    html! {
        @for cause in &incident.causes { (named(cause)) }
        @if incident.causes.is_empty() { p { "No cause is named. " code { "fivewhys smoke" } " shows the failed steps." } }
        dl .facts {
            dt { "Opened" } dd { (times::moment(incident.opened)) }
            @if let Some(cured) = incident.cured { dt { "Cured" } dd { (times::moment(cured)) } }
            dt { "Failed scenarios" } dd { (listed(&incident.scenarios)) }
            dt { "Notified" } dd { ul .changes { @for change in &incident.changes { (notified(change)) } } @if incident.changes.is_empty() { "never" } }
        }
    }
}

fn named(cause: &Named) -> Markup {
    html! {
        div .named {
            p .claim { (shown(&cause.title)) " " (certainty::certainty(cause.certainty)) }
            p .quiet { "Hop: " strong { (shown(&cause.hop)) } " · " code { (shown(&cause.fault)) } }
            @if !cause.whys.is_empty() { ol .whys { @for why in &cause.whys { li { (shown(why)) } } } }
            @if !cause.explains.is_empty() { p .quiet { "It explains " (listed(&cause.explains)) } }
        }
    }
}

fn listed(ids: &[String]) -> Markup {
    html! {
        @for (n, id) in ids.iter().take(NAMED).enumerate() { @if n > 0 { ", " } code { (shown(id)) } }
        @if ids.len() > NAMED { ", and " (ids.len() - NAMED) " more" }
    }
}

fn notified(change: &Change) -> Markup {
    let what = match change.kind {
        ChangeKind::Opened => "opened",
        ChangeKind::CauseChanged => "cause changed",
        ChangeKind::Cured => "cured",
    };
    html! { li { (times::moment(change.at)) ": " (what) @if let Some(fault) = &change.fault { ", " code { (shown(fault)) } } } }
}
