//! Which failing requests reached the backend, by the backend's own log.

use std::collections::BTreeSet;

use crate::diagnose::logs::attribution::Logbook;
use crate::diagnose::logs::window::Window;
use crate::evidence::LogEntry;
use crate::observe::without_ids;
use crate::terms::Hop;

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
