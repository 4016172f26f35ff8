//! The registered values, and a scan that finds all of them in one pass.
//!
//! A run registers a token before each probe, and cleans after each. An automaton would have to be rebuilt every time.
//! Here, a value is indexed by one of its eight-byte words. Registering is cheap, and a scan looks up one word at each
//! position. Tokens share their first words, so the word that the fewest other values have is taken.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use super::heads::{HEAD, Index, folded, head_at};

/// A finding: its range, and the mark that replaces it.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) at: Range<usize>,
    pub(super) mark: Arc<str>,
}

struct Entry {
    bytes: Box<[u8]>,
    /// The position of the indexed word.
    word_at: u32,
    mark: Arc<str>,
}

/// Values and their marks. The case of ASCII letters does not matter. Values of fewer than eight bytes are searched one by
/// one, as they are written, between word boundaries.
#[derive(Default)]
pub(super) struct Dictionary {
    words: Index<u32>,
    long: Vec<Entry>,
    short: Vec<Entry>,
}

impl Dictionary {
    /// Adds one form of a value. Keeps the first mark of a form. Ignores an empty form.
    pub(super) fn insert(&mut self, form: &[u8], mark: &Arc<str>) {
        if form.len() < HEAD {
            if !form.is_empty() && self.short.iter().all(|known| *known.bytes != *form) {
                self.short.push(Entry { bytes: form.into(), word_at: 0, mark: Arc::clone(mark) });
            }
            return;
        }
        let bytes = folded(form).into_boxed_slice();
        let last = bytes.len() - HEAD;
        let places = [last, last * 3 / 4, last / 2, last / 4].map(|at| (at, head_at(&bytes, at).unwrap_or_default()));
        if places.iter().any(|(_, word)| self.words.at(*word).any(|at| self.long[at as usize].bytes == bytes)) {
            return;
        }
        let rarest = places.into_iter().min_by_key(|(_, word)| self.words.at(*word).count());
        let (Some((at, word)), Ok(entry)) = (rarest, u32::try_from(self.long.len())) else { return };
        let Ok(word_at) = u32::try_from(at) else { return };
        self.words.add(word, entry);
        self.long.push(Entry { bytes, word_at, mark: Arc::clone(mark) });
    }

    /// Reports whether nothing is registered.
    pub(super) fn is_empty(&self) -> bool {
        self.long.is_empty() && self.short.is_empty()
    }

    /// Finds every occurrence, overlapping ones too: first of long values, then of short ones.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found = Vec::new();
        if !self.long.is_empty() && text.len() >= HEAD {
            let text = folded(text);
            for at in 0..=text.len() - HEAD {
                let Some(word) = head_at(&text, at) else { continue };
                found.extend(self.around(word, &text, at));
            }
        }
        for entry in &self.short {
            found.extend(short_matches(entry, text));
        }
        found
    }

    /// Returns the values that hold this word where the text has it.
    fn around(&self, word: u64, text: &[u8], at: usize) -> impl Iterator<Item = Found> {
        let entries = self.words.at(word).map(|entry| &self.long[entry as usize]);
        entries.filter_map(move |entry| {
            let start = at.checked_sub(entry.word_at as usize)?;
            let is_there = text[start..].starts_with(&entry.bytes);
            is_there.then(|| Found { at: start..start + entry.bytes.len(), mark: Arc::clone(&entry.mark) })
        })
    }

    /// Returns the largest number of values that share an indexed word.
    #[cfg(test)]
    pub(super) fn most_alike(&self) -> usize {
        self.words.most_alike()
    }
}

fn short_matches(entry: &Entry, text: &[u8]) -> Vec<Found> {
    let length = entry.bytes.len();
    let inside_word = |at: usize| text.get(at).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = text.get(from..).and_then(|rest| memmem::find(rest, &entry.bytes)).map(|at| from + at) {
        if !(inside_word(at + length) || at > 0 && inside_word(at - 1)) {
            found.push(Found { at: at..at + length, mark: Arc::clone(&entry.mark) });
        }
        from = at + 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_that_share_their_beginning_and_their_end_are_found_with_little_work() {
        let mut dictionary = Dictionary::default();
        let value = |n: u32| {
            format!("eyJhbGciOiJIUzI1NiJ9.{:064x}.AAAAAAAAAAAA", u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15))
        };
        for n in 0..10_000 {
            dictionary.insert(value(n).as_bytes(), &"<t>".into());
        }
        assert!(dictionary.most_alike() < 10, "{}", dictionary.most_alike());
        assert_eq!(dictionary.find(value(9_999).as_bytes()).len(), 1);
    }
}
