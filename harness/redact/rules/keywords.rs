//! The search for the keywords of all rules.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Bytes that are searched with the automaton that is built fast. The one that searches fast takes ten times as long to build.
const FEW: usize = 256 << 10;

/// The keywords of all rules. Their case does not matter.
pub(super) struct Keywords {
    words: Vec<String>,
    built_fast: AhoCorasick,
    searches_fast: OnceLock<AhoCorasick>,
    searched: AtomicUsize,
}

impl Keywords {
    pub(super) fn new(words: Vec<String>) -> Self {
        let built_fast = automaton(&words, AhoCorasickKind::NoncontiguousNFA);
        Self { words, built_fast, searches_fast: OnceLock::new(), searched: AtomicUsize::new(0) }
    }

    /// Returns the automaton to search a text of this many bytes.
    pub(super) fn to_search(&self, bytes: usize) -> &AhoCorasick {
        if self.searched.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) < FEW {
            return &self.built_fast;
        }
        self.searches_fast.get_or_init(|| automaton(&self.words, AhoCorasickKind::DFA))
    }
}

fn automaton(words: &[String], kind: AhoCorasickKind) -> AhoCorasick {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::Standard)
        .kind(Some(kind))
        .build(words)
        .expect("few keywords")
}

#[cfg(test)]
mod tests {
    use super::{FEW, Keywords};

    #[test]
    fn both_automata_find_the_same() {
        let keywords = Keywords::new(vec!["key".to_owned(), "keyword".to_owned(), "token".to_owned()]);
        let all = |bytes| -> Vec<_> {
            let found = keywords.to_search(bytes).find_overlapping_iter("a KEYWORD, a token");
            found.map(|one| (one.pattern(), one.range())).collect()
        };
        let (few, many) = (all(1), all(FEW));
        assert_eq!((few.len(), keywords.searches_fast.get().is_some()), (3, true));
        assert_eq!(few, many);
    }
}
