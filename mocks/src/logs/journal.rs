//! The journal: what the auth service received and decided. It proves what the backend sent.

use std::collections::VecDeque;
use std::sync::Mutex;

use jiff::Timestamp;
use serde::Serialize;

/// The number of entries kept; the oldest are dropped first.
const CAPACITY: usize = 10_000;

/// One request as the auth service saw it. It holds no secret and no token.
#[derive(Clone, Debug, Serialize)]
pub struct JournalEntry {
    /// When the auth service answered, by the machine's clock.
    pub at: Timestamp,
    /// Whether the backend's HTTP client sent the request, judged by its `User-Agent`.
    pub from_backend: bool,
    /// The request method.
    pub method: String,
    /// The path, without its query.
    pub path: String,
    /// The status of the response.
    pub status: u16,
    /// Whether the auth service accepted the credential; `None` for routes that judge no credential.
    pub accepted: Option<bool>,
    /// The reason as a machine word: `ok`, `invalid_service_secret`, `missing_service_credentials`, `invalid_token`,
    /// ...
    pub reason: Option<String>,
    /// The `X-Service-ID` header of the request, at most 80 characters of it.
    pub caller: Option<String>,
}

/// The bounded list of entries, oldest first.
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
