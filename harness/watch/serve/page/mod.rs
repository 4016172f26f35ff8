//! The overview page: what each target does now, how it did before, and every incident with its whys.
//!
//! Start at [`render`]. One file writes one section:
//!
//! - `banner`: the state of all targets in one line
//! - `target`: one target; `verdict`: its last run in one line; `uptime`: shares and a strip of its runs
//! - `objectives`: each objective with its value and its error budget
//! - `scenarios`: the latency of each scenario; `sparkline`: its drawing
//! - `incident`: one incident with its causes, its whys and its notifications
//! - `times`: times and spans as a person reads them
//!
//! Invariant: the page runs no script and fetches nothing, and its content security policy allows neither. Colour carries no meaning alone.

mod banner;
mod incident;
mod objectives;
mod scenarios;
mod sparkline;
mod target;
#[cfg(test)]
mod tests;
mod times;
mod uptime;
mod verdict;

use std::sync::LazyLock;
use std::time::Duration;

use jiff::Timestamp;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::html::markup::sheet;
use crate::watch::state::State;

/// The query that gives the page without a refresh: a reader who needs time can stop it (WCAG 2.2.1).
pub(super) const STILL: &str = "still";
/// The shortest time between two refreshes.
const SHORTEST: Duration = Duration::from_secs(10);

/// The style sheet of the report, and what only this page has.
static STYLE: LazyLock<String> = LazyLock::new(|| [sheet::STYLE, include_str!("page.css")].concat());
static POLICY: LazyLock<String> = LazyLock::new(|| sheet::policy(&STYLE));

/// Returns the content security policy of the page.
pub(super) fn policy() -> &'static str {
    &POLICY
}

/// Returns the page as it is at `now`. It asks for itself again after each period, unless it is still. Text of a server is never markup.
pub(super) fn render(state: &State, now: Timestamp, still: bool) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            (head(state, now, (!still).then_some(state.every.max(SHORTEST))))
            body {
                a .skip href="#outcome" { "To the outcome" }
                (banner::banner(state, now))
                main { @for (n, watched) in state.targets.iter().enumerate() { (target::section(state, n, watched, now)) } }
                (footer(state, now, still))
            }
        }
    };
    page.into_string() + "\n"
}

fn head(state: &State, now: Timestamp, refresh: Option<Duration>) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(policy());
            @if let Some(after) = refresh { meta http-equiv="refresh" content=(after.as_secs()); }
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            title { (banner::headline(state, now).says) " · fivewhys watch" }
            style { (PreEscaped(STYLE.as_str())) }
        }
    }
}

fn footer(state: &State, now: Timestamp, still: bool) -> Markup {
    html! {
        footer {
            @if state.targets.iter().any(|target| !target.runs.is_empty()) { p .legend { (uptime::LEGEND) } p .legend { (scenarios::LEGEND) } }
            p {
                "Made at " (times::moment(now)) ". "
                @if still { "This page stays as it is. " a href="./" { "Refresh it by itself" } }
                @else { "This page refreshes by itself. " a href=(format!("?{STILL}")) { "Keep it as it is" } }
            }
            p { "This process watches since " (times::moment(state.since)) ". Numbers for programs: " a href="metrics" { "metrics" } ". fivewhys " (env!("CARGO_PKG_VERSION")) }
        }
    }
}
