//! Which failing requests reached the backend, and which did not, by the backend's own log.

use std::collections::BTreeSet;

use crate::config::Target;
use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::evidence::LogEntry;
use crate::observe::{Observation, Outcome, without_ids};
use crate::terms::{Hop, Service};

/// The fewest successes that show that the backend logs its calls.
const ENOUGH: usize = 5;

/// The share of the successes that the log must show.
const NEARLY_ALL: f64 = 0.95;

impl Logbook<'_> {
    /// Returns the failing exchanges through the edge during which the backend wrote the same line. A line that other
    /// traffic explains shows nothing.
    pub(crate) fn arrived(&self) -> BTreeSet<u32> {
        let Some(first) = self.failing().next() else { return BTreeSet::new() };
        // Every kind of line that counts occurs in the first failing call: of a long log, only these are kept.
        let of_first = self.of_probes().filter(|entry| entry.is_own_line_of(Hop::Backend) && self.is_in(entry, first));
        let kinds: BTreeSet<String> = of_first.map(|entry| without_ids(&entry.text)).collect();
        let mut alike: Vec<Vec<&LogEntry>> = kinds.iter().map(|kind| self.own_lines_like(kind)).collect();
        alike.retain(|lines| self.are_of_failures_through_the_edge(lines));
        let lines = alike.iter().flatten();
        lines.filter_map(|entry| self.window_of(entry).map(Window::exchange)).collect()
    }

    /// Returns the failed exchanges of which the backend's own log has nothing, although it has something of nearly every
    /// success. A call without an answer may be logged at its end.
    pub(crate) fn missed(&self, observations: &[&Observation], target: &Target) -> BTreeSet<u32> {
        let own = self.of_probes().filter(|entry| entry.is_own_line_of(Hop::Backend));
        let logged: BTreeSet<u32> = own.filter_map(|entry| self.window_of(entry).map(Window::exchange)).collect();
        let is_of_backend = |seen: &&&Observation| {
            let endpoint = target.endpoints.get(&seen.probe.endpoint);
            let is_its_own = endpoint.is_some_and(|one| one.service == Service::Backend && !one.past_edge);
            is_its_own && seen.status.is_some_and(|status| status != 101)
        };
        let served: Vec<u32> = observations
            .iter()
            .filter(is_of_backend)
            .filter(|seen| seen.result == Outcome::Ok)
            .map(|seen| seen.exchange)
            .collect();
        let found = served.iter().filter(|exchange| logged.contains(exchange)).count();
        if served.len() < ENOUGH || (found as f64) < NEARLY_ALL * served.len() as f64 {
            return BTreeSet::new();
        }
        let has_window: BTreeSet<u32> = self.failing().map(Window::exchange).collect();
        let failed = observations.iter().filter(is_of_backend).filter(|seen| {
            !matches!(seen.result, Outcome::Ok | Outcome::TimedOut) && has_window.contains(&seen.exchange)
        });
        failed.map(|seen| seen.exchange).filter(|exchange| !logged.contains(exchange)).collect()
    }

    /// Returns the backend's own lines that are this text after masking ids and numbers.
    fn own_lines_like(&self, kind: &str) -> Vec<&LogEntry> {
        // What stands before the first mask is the same in each line.
        let start = kind.split('#').next().unwrap_or_default();
        let is_like = |entry: &LogEntry| {
            entry.is_own_line_of(Hop::Backend) && entry.text.starts_with(start) && without_ids(&entry.text) == kind
        };
        self.passing(&format!("like\n{kind}"), is_like)
    }
}
