//! The registered values, and a scan that finds all of them in one pass.
//!
//! A run registers hundreds of tokens, one before each probe, and cleans after each. An automaton would have to be
//! rebuilt every time. Here, a value is indexed by its first eight bytes. Registering is cheap, and a scan looks up one
//! word at each position.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::heads::{HEAD, Seen, head_at};

/// A finding: its range, and the mark that replaces it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) at: Range<usize>,
    pub(super) mark: Arc<str>,
}

struct Entry {
    bytes: Vec<u8>,
    mark: Arc<str>,
}

/// Values and their marks. Values of fewer than eight bytes are searched one by one, between word boundaries.
#[derive(Default)]
pub(super) struct Dictionary {
    long: HashMap<u64, Vec<Entry>>,
    short: Vec<Entry>,
    known: HashSet<Vec<u8>>,
    seen: Seen,
}

impl Dictionary {
    /// Adds one form of a value. Keeps the first mark of a form. Ignores an empty form.
    pub(super) fn insert(&mut self, form: Vec<u8>, mark: &Arc<str>) {
        if form.is_empty() || !self.known.insert(form.clone()) {
            return;
        }
        let entry = Entry { bytes: form, mark: Arc::clone(mark) };
        let Some(head) = head_at(&entry.bytes, 0) else {
            self.short.push(entry);
            return;
        };
        self.seen.insert(head);
        let bucket = self.long.entry(head).or_default();
        bucket.push(entry);
        bucket.sort_by_key(|entry| std::cmp::Reverse(entry.bytes.len()));
    }

    /// Returns the number of forms.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// Finds every occurrence, overlapping ones too: first of long values, then of short ones, each in the order of the
    /// text.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        for at in 0..text.len().saturating_sub(HEAD - 1) {
            let Some(head) = head_at(text, at) else { break };
            if self.seen.may_hold(head) {
                found.extend(self.longest_at(head, text, at));
            }
        }
        for entry in &self.short {
            found.extend(short_matches(entry, text));
        }
        found
    }

    fn longest_at(&self, head: u64, text: &[u8], at: usize) -> Option<Found> {
        let entry = self.long.get(&head)?.iter().find(|entry| text[at..].starts_with(&entry.bytes))?;
        Some(Found { at: at..at + entry.bytes.len(), mark: Arc::clone(&entry.mark) })
    }
}

fn short_matches(entry: &Entry, text: &[u8]) -> Vec<Found> {
    let length = entry.bytes.len();
    let inside_word = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let starts = (0..(text.len() + 1).saturating_sub(length)).filter(|&at| text[at..].starts_with(&entry.bytes));
    let alone = starts.filter(|&at| !(inside_word(at + length) || at > 0 && inside_word(at - 1)));
    alone.map(|at| Found { at: at..at + length, mark: Arc::clone(&entry.mark) }).collect()
}
