//! Which failing requests reached the backend, by the backend's own log.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::evidence::LogEntry;
use crate::observe::without_ids;
use crate::terms::Hop;

impl Logbook<'_> {
    /// Returns the failing exchanges through the edge during which the backend wrote the same line. A line that other
    /// traffic explains shows nothing.
    pub(crate) fn arrived(&self) -> BTreeSet<u32> {
        let own = || self.entries.iter().filter(|entry| entry.is_own_line_of(Hop::Backend));
        let Some(first) = self.failing().next() else { return BTreeSet::new() };
        // Every kind of line that counts occurs in the first failing call: of a long log, only these are kept.
        let of_first = own().filter(|entry| self.is_in(entry, first));
        let mut alike: BTreeMap<String, Vec<&LogEntry>> =
            of_first.map(|entry| (without_ids(&entry.text), Vec::new())).collect();
        if alike.is_empty() {
            return BTreeSet::new();
        }
        for entry in own() {
            if let Some(lines) = alike.get_mut(&without_ids(&entry.text)) {
                lines.push(entry);
            }
        }
        alike.retain(|_, lines| self.are_of_failures_through_the_edge(lines));
        let lines = alike.values().flatten();
        lines.filter_map(|entry| self.window_of(entry).map(Window::exchange)).collect()
    }
}
