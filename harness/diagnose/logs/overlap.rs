//! Which probes were under way when a line was written. Probes run beside each other.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use crate::diagnose::logs::attribution::{Logbook, SLACK_MS};
use crate::evidence::LogEntry;

/// A time without a fraction says only which second it was.
const COARSE: SignedDuration = SignedDuration::from_secs(1);

impl Logbook<'_> {
    /// Returns the exchanges during which an entry can have been written: by its id, or else by its time.
    pub(super) fn exchanges_of(&self, entry: &LogEntry) -> BTreeSet<u32> {
        if entry.trace.is_some() || entry.request_id.is_some() {
            let traced: BTreeSet<u32> =
                self.windows().iter().filter(|window| window.is_traced(entry)).map(|window| window.exchange).collect();
            if !traced.is_empty() {
                return traced;
            }
        }
        if !entry.timed {
            return BTreeSet::new();
        }
        let last = latest(entry);
        let is_open = |from: Timestamp, ended: Timestamp| {
            from <= last && entry.at.duration_since(ended) <= SignedDuration::from_millis(SLACK_MS)
        };
        self.windows().iter().filter(|one| is_open(one.from, one.ended)).map(|one| one.exchange).collect()
    }

    /// Returns the entries that were written while probes ran, or between two of them.
    pub(super) fn of_the_run(&self) -> impl Iterator<Item = &LogEntry> {
        let span = self.span();
        self.entries.iter().filter(move |entry| span.is_some_and(|span| is_within(entry, span)))
    }

    /// Reports whether an entry was written while probes ran, or between two of them.
    pub(super) fn is_of_the_run(&self, entry: &LogEntry) -> bool {
        self.span().is_some_and(|span| is_within(entry, span))
    }

    /// Returns the entries that can belong to a probe: by its id, or by its time.
    pub(super) fn near_probes(&self) -> impl Iterator<Item = &LogEntry> {
        let span = self.span();
        let is_near = move |entry: &LogEntry| span.is_some_and(|span| is_within(entry, span));
        self.entries.iter().filter(move |entry| self.window_of(entry).is_some() || is_near(entry))
    }

    /// Returns when the first probe began and the last one ended.
    fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let first = self.windows().iter().map(|window| window.from).min()?;
        Some((first, self.windows().iter().map(|window| window.ended).max()?))
    }
}

/// Reports whether an entry can have been written within this time.
fn is_within(entry: &LogEntry, (first, last): (Timestamp, Timestamp)) -> bool {
    let slack = SignedDuration::from_millis(SLACK_MS);
    entry.timed && first <= latest(entry) && entry.at.duration_since(last) <= slack
}

/// Reports whether the time of an entry says only which second it was.
pub(super) fn is_coarse(entry: &LogEntry) -> bool {
    entry.at.subsec_nanosecond() == 0
}

/// Returns the latest time at which the entry can have been written.
pub(super) fn latest(entry: &LogEntry) -> Timestamp {
    if is_coarse(entry) { entry.at.checked_add(COARSE).unwrap_or(entry.at) } else { entry.at }
}
