//! Cloud Logging of the twin: every service writes here, `/logs` and `Twin::log_entries` read it.

mod request;
mod service;
mod severity;

pub(crate) use request::{RequestRecord, redacted_target};
pub(crate) use service::ServiceLog;
pub(crate) use severity::Severity;

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::Value;

/// Entries kept; older ones are dropped first.
const CAPACITY: usize = 10_000;

/// A bounded ring of log entries.
#[derive(Default)]
pub(crate) struct LogBook {
    entries: Mutex<VecDeque<(Timestamp, Value)>>,
}

impl LogBook {
    fn write(&self, at: Timestamp, entry: Value) {
        let mut entries = self.entries.lock().expect("no holder panics");
        if entries.len() == CAPACITY {
            entries.pop_front();
        }
        entries.push_back((at, entry));
    }

    /// Entries at or after `since`, newest first as `gcloud logging read` prints them.
    pub(crate) fn newest_first(&self, since: Option<Timestamp>) -> Vec<Value> {
        let entries = self.entries.lock().expect("no holder panics");
        let wanted = entries.iter().rev().filter(|(at, _)| since.is_none_or(|since| *at >= since));
        wanted.map(|(_, entry)| entry.clone()).collect()
    }
}
