//! What the auth service received and what it decided, oldest first: proof of what the backend sent.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde::Serialize;

/// Entries kept; older ones are dropped first.
const CAPACITY: usize = 10_000;

/// One request as the auth service saw it. Holds no secret and no token.
#[derive(Clone, Debug, Serialize)]
pub struct JournalEntry {
    /// When the request was answered.
    pub at: Timestamp,
    /// True when the backend's HTTP client sent it (told by its `User-Agent`, as recorded).
    pub from_backend: bool,
    /// The request method.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The status answered.
    pub status: u16,
    /// For validate, verify and login: whether the answer was yes.
    pub accepted: Option<bool>,
    /// Why, as a machine word: `ok`, `invalid_service_secret`, `missing_service_credentials`, `invalid_token`, ...
    pub reason: Option<String>,
    /// The `X-Service-ID` sent, if any.
    pub caller: Option<String>,
}

/// The bounded list of entries, shared by the auth service and the control listener.
#[derive(Default)]
pub(crate) struct Journal {
    entries: Mutex<VecDeque<JournalEntry>>,
}

impl Journal {
    pub(crate) fn record(&self, entry: JournalEntry) {
        let mut entries = self.entries.lock().expect("no holder panics");
        if entries.len() == CAPACITY {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(crate) fn entries(&self) -> Vec<JournalEntry> {
        self.entries.lock().expect("no holder panics").iter().cloned().collect()
    }
}
