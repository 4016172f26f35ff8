//! The log book: every service writes here; `/logs` and `Twin::log_entries` read it.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::Value;

/// The number of entries kept; the oldest are dropped first.
const CAPACITY: usize = 10_000;

/// A bounded ring of log entries in the format of `gcloud logging read --format=json`.
#[derive(Default)]
pub(crate) struct LogBook {
    entries: Mutex<VecDeque<(Timestamp, Value)>>,
}

impl LogBook {
    pub(super) fn write(&self, at: Timestamp, entry: Value) {
        let mut entries = self.entries.lock().expect("no holder panics");
        if entries.len() == CAPACITY {
            entries.pop_front();
        }
        entries.push_back((at, entry));
    }

    /// Returns the entries at or after `since`, newest first.
    pub(crate) fn newest_first(&self, since: Option<Timestamp>) -> Vec<Value> {
        let entries = self.entries.lock().expect("no holder panics");
        let wanted = entries.iter().rev().filter(|(at, _)| since.is_none_or(|since| *at >= since));
        wanted.map(|(_, entry)| entry.clone()).collect()
    }
}
