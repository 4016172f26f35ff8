//! The registered values of one redactor, and their search in a text.

use std::sync::Arc;

use super::dictionary::{Dictionary, Found};
use super::fragments::{Fragments, OF_TOKEN, of_secret};
use super::view::{Escape, View};
use super::{encodings, shapes};

/// A value of fewer bytes is replaced only between word boundaries: raw, in hex or in base64.
const WORD: usize = 8;
/// The start of a JWT's header: the base64url of `{"`.
const HEADER: &str = "eyJ";
const HEADER_MARK: &str = "<jwt-header>";

/// The registered values, for the search of whole values and of parts.
#[derive(Default)]
pub(super) struct Known {
    dictionary: Dictionary,
    fragments: Fragments,
    pub(super) secrets: usize,
    pub(super) tokens: usize,
}

/// Whether parts of values are searched too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// Yes, for text from outside, which may hold a cut value.
    Too,
    /// No, for our own text, because a secret may consist of words that we use.
    No,
}

impl Known {
    pub(super) fn insert_secret(&mut self, secret: &str, mark: &Arc<str>) {
        self.secrets += 1;
        self.insert(secret, mark);
        self.fragments.insert(secret.as_bytes(), of_secret(secret), mark);
    }

    pub(super) fn insert_token(&mut self, token: &str, mark: &Arc<str>) {
        self.tokens += 1;
        self.insert(token, mark);
        let parts: Vec<&str> = token.split('.').collect();
        if let [header, payload, signature] = parts.as_slice() {
            self.insert(header, &HEADER_MARK.into());
            self.insert(payload, mark);
            self.insert(signature, mark);
        }
        let mut own = token;
        if let Some((header, rest)) = token.split_once('.').filter(|(header, _)| header.starts_with(HEADER)) {
            self.fragments.insert(header.as_bytes(), OF_TOKEN, &HEADER_MARK.into());
            own = rest;
        }
        self.fragments.insert(own.as_bytes(), OF_TOKEN, mark);
    }

    /// Finds values, and parts of them if asked for, in the text and in each view of it. Returns ranges of the text.
    pub(super) fn find(&self, text: &[u8], parts: Parts) -> Vec<Found> {
        if self.dictionary.len() == 0 {
            return Vec::new();
        }
        let mut found = self.dictionary.find(text);
        let Some(plain) = View::of(text) else { return found };
        for view in unescaped(&plain) {
            let seen = self.dictionary.find(&view.bytes).into_iter();
            found.extend(seen.map(|hit| Found { at: view.original(&hit.at), mark: hit.mark }));
            if parts == Parts::Too {
                found.extend(self.find_fragments(&view, text));
            }
        }
        if parts == Parts::Too {
            found.extend(self.find_fragments(&plain, text));
        }
        // A part may lie in an unregistered credential, whose rest must not be left.
        found.extend(shapes::find(text));
        found
    }

    fn find_fragments(&self, view: &View, text: &[u8]) -> Vec<Found> {
        if self.fragments.is_empty() {
            return Vec::new();
        }
        let squeezed = view.squeezed();
        let runs = self.fragments.find(&squeezed.bytes).into_iter();
        let found = runs.map(|run| {
            let mut at = squeezed.original(&run.at);
            // Half an escape must not be left.
            at.start -= text[..at.start].iter().rev().take_while(|byte| **byte == b'\\').count();
            Found { at, mark: run.mark }
        });
        found.collect()
    }

    fn insert(&mut self, value: &str, mark: &Arc<str>) {
        for form in encodings::forms(value.as_bytes()) {
            self.dictionary.insert(form, mark);
        }
        if value.len() >= WORD {
            for core in encodings::base64_cores(value.as_bytes()) {
                self.dictionary.insert(core, mark);
            }
        }
    }
}

/// Returns every view with one or two kinds of escapes undone: JSON in JSON, a URL in JSON, JSON in a URL.
fn unescaped(text: &View) -> Vec<View> {
    let kinds = [Escape::Percent { plus_is_space: false }, Escape::Percent { plus_is_space: true }, Escape::Backslash];
    let once: Vec<View> = kinds.iter().filter_map(|kind| text.without(*kind)).collect();
    let twice: Vec<View> = once.iter().flat_map(|view| kinds.iter().filter_map(|kind| view.without(*kind))).collect();
    once.into_iter().chain(twice).collect()
}
