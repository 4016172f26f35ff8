//! Compiled expressions. Only those that were needed last are kept: each takes memory while it searches.

use std::sync::{Arc, Mutex, PoisonError};

use regex::bytes::{Regex, RegexBuilder};

/// How many expressions are kept.
const KEPT: usize = 16;
/// The memory that the search of one expression may take, in bytes.
const MEMORY: usize = 256 << 10;

/// The expressions that were needed last, with the latest one at the end.
#[derive(Default)]
pub(super) struct Compiled(Mutex<Vec<(String, Arc<Regex>)>>);

impl Compiled {
    /// Returns a shipped expression, compiled. It matches bytes, and classes such as `\w` mean ASCII.
    pub(super) fn regex(&self, source: &str) -> Arc<Regex> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = kept.iter().position(|(known, _)| known == source) {
            let one = kept.remove(at);
            let regex = Arc::clone(&one.1);
            kept.push(one);
            return regex;
        }
        let regex =
            RegexBuilder::new(source).unicode(false).dfa_size_limit(MEMORY).build().expect("a shipped expression");
        let regex = Arc::new(regex);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((source.to_owned(), Arc::clone(&regex)));
        regex
    }
}
