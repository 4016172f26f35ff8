//! What one redactor has been told, and where it stands in a text. Sits in `redact`, behind `redactor`.

use std::sync::Arc;

use super::dictionary::{Dictionary, Found};
use super::fragments::{Fragments, OF_TOKEN, of_secret};
use super::view::{Escape, View};
use super::{encodings, shapes};

/// Values under this many bytes are replaced only where they stand alone: between word boundaries, raw, in hex or in base64.
const WORD: usize = 8;
/// How a JWT's header begins: the base64url of `{"`.
const HEADER: &str = "eyJ";
const HEADER_MARK: &str = "<jwt-header>";

/// Registered values: whole ones and parts of them.
#[derive(Default)]
pub(super) struct Known {
    dictionary: Dictionary,
    fragments: Fragments,
    pub(super) secrets: usize,
    pub(super) tokens: usize,
}

/// Whether a part of a value gives it away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// In what others wrote: they may have cut it.
    Too,
    /// In what we wrote ourselves: a secret may be made of our own words.
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

    /// Occurrences in the text and in each view of it, as ranges of the text: of whole values, and of parts of them if asked for.
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
        // a fragment may lie in a credential that nobody registered: no rest of that one may be left
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
            // half an escape must not be left
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

/// Every view after undoing one or two kinds of escapes: JSON within JSON, a URL within JSON, JSON within a URL.
fn unescaped(text: &View) -> Vec<View> {
    let kinds = [Escape::Percent { plus_is_space: false }, Escape::Percent { plus_is_space: true }, Escape::Backslash];
    let once: Vec<View> = kinds.iter().filter_map(|kind| text.without(*kind)).collect();
    let twice: Vec<View> = once.iter().flat_map(|view| kinds.iter().filter_map(|kind| view.without(*kind))).collect();
    once.into_iter().chain(twice).collect()
}
