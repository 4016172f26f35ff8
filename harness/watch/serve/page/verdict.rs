//! What a target does now, in one line.

use jiff::Timestamp;

use super::times;
use crate::watch::state::{End, Incident, State, Watched};

/// Periods without a new run after which a target counts as no longer watched.
const LATE: f64 = 3.0;

/// What is known about a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Now {
    /// No run has finished.
    Waiting,
    /// The last run passed.
    Passes,
    /// The last run tested nothing.
    Untested,
    /// No run has finished for several periods.
    Late,
    /// The last run that tested anything failed.
    Fails,
}

impl Now {
    /// Returns what is known about a target at this time.
    pub(super) fn of(state: &State, target: &Watched, now: Timestamp) -> Self {
        let Some(last) = target.runs.back() else { return Self::Waiting };
        let waited = now.as_second().saturating_sub(last.at.as_second()) as f64;
        let late = waited - last.took_ms / 1000.0 > LATE * state.every.as_secs_f64();
        match last.end {
            End::Failed => Self::Fails,
            _ if open(target).is_some() => Self::Fails,
            _ if late => Self::Late,
            End::Passed => Self::Passes,
            End::Untested => Self::Untested,
        }
    }

    /// Returns the class that colours it, a mark that does not need colour, and a word.
    pub(super) const fn look(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Waiting => ("idle", "…", "Waits for its first run"),
            Self::Passes => ("good", "✓", "Passes"),
            Self::Untested => ("warn", "?", "Not tested"),
            Self::Late => ("warn", "?", "No recent run"),
            Self::Fails => ("bad", "✗", "Fails"),
        }
    }

    /// Returns the verb after the name of one target, and after a number of targets.
    pub(super) const fn verbs(self) -> [&'static str; 2] {
        match self {
            Self::Waiting => ["waits for its first run", "wait for their first run"],
            Self::Passes => ["passes", "pass"],
            Self::Untested => ["was not tested", "were not tested"],
            Self::Late => ["has no recent run", "have no recent run"],
            Self::Fails => ["fails", "fail"],
        }
    }
}

/// Returns the incident that is open.
pub(super) fn open(target: &Watched) -> Option<&Incident> {
    target.incidents.back().filter(|incident| incident.cured.is_none())
}

/// Returns when the last run began, and how often one does.
pub(super) fn remark(state: &State, target: &Watched, now: Timestamp) -> String {
    let every = times::length(i64::try_from(state.every.as_secs()).unwrap_or(i64::MAX));
    match target.runs.back() {
        None => format!("A run starts every {every}."),
        Some(last) => format!("The last run began {} ago. A run starts every {every}.", times::span(last.at, now)),
    }
}
