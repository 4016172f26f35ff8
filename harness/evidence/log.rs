//! The log of a run, and which of its entries pass a test. A diagnosis asks the same of the same entries many times, so
//! each entry is tested once.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::logs::LogEntry;

/// Log entries, oldest first.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Log {
    entries: Vec<LogEntry>,
    /// The places of the entries that passed each test. A change of the entries empties it.
    #[serde(skip)]
    passed: Passed,
}

/// Places of entries, by the name of a test.
#[derive(Default)]
struct Passed(Mutex<HashMap<String, Arc<[usize]>>>);

impl Log {
    /// Returns the places of the entries that pass a test. `name` must stand for this test alone.
    pub(crate) fn passing(&self, name: &str, test: impl Fn(&LogEntry) -> bool) -> Arc<[usize]> {
        let mut passed = self.passed.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = passed.get(name) {
            return Arc::clone(places);
        }
        let places: Arc<[usize]> = (0..self.entries.len()).filter(|at| test(&self.entries[*at])).collect();
        passed.insert(name.to_owned(), Arc::clone(&places));
        places
    }
}

impl From<Vec<LogEntry>> for Log {
    fn from(entries: Vec<LogEntry>) -> Self {
        Self { entries, passed: Passed::default() }
    }
}

impl From<Log> for Vec<LogEntry> {
    fn from(log: Log) -> Self {
        log.entries
    }
}

impl FromIterator<LogEntry> for Log {
    fn from_iter<I: IntoIterator<Item = LogEntry>>(entries: I) -> Self {
        Vec::from_iter(entries).into()
    }
}

impl Deref for Log {
    type Target = Vec<LogEntry>;

    fn deref(&self) -> &Self::Target {
        &self.entries
    }
}

impl DerefMut for Log {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.passed = Passed::default();
        &mut self.entries
    }
}

impl<'a> IntoIterator for &'a Log {
    type Item = &'a LogEntry;
    type IntoIter = std::slice::Iter<'a, LogEntry>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter()
    }
}

impl Clone for Log {
    fn clone(&self) -> Self {
        self.entries.clone().into()
    }
}

impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entries.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use jiff::Timestamp;

    use super::*;
    use crate::terms::Hop;

    fn entry(text: &str) -> LogEntry {
        LogEntry::new(Timestamp::UNIX_EPOCH, Hop::Backend, text)
    }

    #[test]
    fn each_entry_is_tested_once_until_the_log_changes() {
        let (mut log, tested) = (Log::from(vec![entry("a"), entry("b"), entry("a")]), Cell::new(0));
        let is_a = |entry: &LogEntry| {
            tested.set(tested.get() + 1);
            entry.text == "a"
        };
        for _ in 0..3 {
            assert_eq!(*log.passing("is a", is_a), [0, 2]);
        }
        assert_eq!(tested.get(), 3);
        log.push(entry("a"));
        assert_eq!(*log.passing("is a", is_a), [0, 2, 3]);
    }
}
