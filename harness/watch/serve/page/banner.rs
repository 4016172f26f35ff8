//! The state of all targets in one line, with a link to each.

use jiff::Timestamp;
use maud::{Markup, html};

use super::times;
use super::verdict::{Now, open};
use crate::report::html::markup::certainty;
use crate::report::html::markup::text::shown;
use crate::watch::state::{State, Watched};

/// One line, with its mark and the class that colours it.
pub(super) struct Headline {
    class: &'static str,
    mark: &'static str,
    pub(super) says: String,
}

/// Returns the line for the state of all targets: the gravest of them decides.
pub(super) fn headline(state: &State, now: Timestamp) -> Headline {
    let all: Vec<Now> = state.targets.iter().map(|target| Now::of(state, target, now)).collect();
    let gravest = all.iter().copied().max().unwrap_or(Now::Waiting);
    let (class, mark, _) = gravest.look();
    let (count, total) = (all.iter().filter(|one| **one == gravest).count(), all.len());
    let [one, many] = gravest.verbs();
    let says = match state.targets.as_slice() {
        [] => "No target is watched".to_owned(),
        [target] => format!("{} {one}", shown(&target.name)),
        _ if count == total => format!("All {total} targets {many}"),
        _ => format!("{count} of {total} targets {}", if count == 1 { one } else { many }),
    };
    Headline { class, mark, says }
}

/// Returns the banner.
pub(super) fn banner(state: &State, now: Timestamp) -> Markup {
    let Headline { class, mark, says } = headline(state, now);
    html! {
        header #outcome .banner .(class) tabindex="-1" {
            p .eyebrow { "fivewhys watch · " (times::moment(now)) }
            h1 { span .mark aria-hidden="true" { (mark) } " " (says) }
            ul .verdicts { @for (n, target) in state.targets.iter().enumerate() { (line(state, n, target, now)) } }
        }
    }
}

fn line(state: &State, n: usize, target: &Watched, now: Timestamp) -> Markup {
    let what = Now::of(state, target, now);
    let (class, mark, _) = what.look();
    html! {
        li .(class) {
            span .mark aria-hidden="true" { (mark) } " "
            a href=(format!("#target-{}", n + 1)) { strong { (shown(&target.name)) } } " " @if open(target).is_none() { (what.verbs()[0]) }
            @if let Some(incident) = open(target) {
                "has failed for " (times::span(incident.opened, now))
                @for cause in incident.causes.iter().take(3) {
                    span .who { (shown(&cause.title)) " " (certainty::certainty(cause.certainty)) }
                }
                @if incident.causes.is_empty() { span .who { "No cause is named." } }
            } @else if let Some(error) = target.runs.back().and_then(|run| run.error.as_deref()).filter(|_| what == Now::Untested) {
                span .who { (shown(error)) }
            }
        }
    }
}
