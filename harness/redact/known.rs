//! The registered values of one redactor, and their search in a text and in every text that it encodes.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::decode;
use super::dictionary::{Dictionary, Found};
use super::encodings;
use super::fragments::{Fragments, OF_TOKEN, of_secret};
use super::heads::folded;
use super::squeeze::squeezed;
use super::unescape::{self, normal};
use super::view::View;

/// A value of fewer bytes is replaced only between word boundaries: raw, in hex or in base64.
const WORD: usize = 8;
/// The start of a JWT's header: the base64url of `{"`.
const HEADER: &str = "eyJ";
const HEADER_MARK: &str = "<jwt-header>";
/// How many encodings may lie within one another.
const DEPTH: usize = 3;

/// The registered values, for the search of whole values and of parts.
#[derive(Default)]
pub(super) struct Known {
    dictionary: Dictionary,
    fragments: Fragments,
    /// The headers of the tokens.
    headers: HashSet<String>,
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

/// Returns the range of the original text behind a range of a text that was derived from it.
type Back<'b> = &'b dyn Fn(&Range<usize>) -> Range<usize>;

impl Known {
    pub(super) fn insert_secret(&mut self, secret: &str, mark: &Arc<str>) {
        self.secrets += 1;
        for form in encodings::forms(secret) {
            self.insert(&form, mark);
        }
        if secret.len() >= WORD {
            let cores = [encodings::base64_cores(secret.as_bytes()), encodings::base32_cores(secret.as_bytes())];
            cores
                .iter()
                .flatten()
                .filter(|core| core.len() >= WORD)
                .for_each(|core| self.dictionary.insert(core, mark));
        }
        self.fragments.insert_secret(secret.as_bytes(), of_secret(secret), mark);
    }

    pub(super) fn insert_token(&mut self, token: &str, mark: &Arc<str>) {
        self.tokens += 1;
        self.insert(token.as_bytes(), mark);
        let parts: Vec<&str> = token.split('.').collect();
        if let [header, payload, signature] = parts.as_slice() {
            self.insert_header(header);
            self.insert(payload.as_bytes(), mark);
            self.insert(signature.as_bytes(), mark);
        }
        let mut own = token;
        if let Some((header, rest)) = token.split_once('.').filter(|(header, _)| header.starts_with(HEADER)) {
            self.insert_header(header);
            own = rest;
        }
        self.fragments.insert(own.as_bytes(), OF_TOKEN, mark);
    }

    /// Adds the header of a JWT, unless an earlier token had it too.
    fn insert_header(&mut self, header: &str) {
        if !self.headers.contains(header) {
            let mark = HEADER_MARK.into();
            self.headers.insert(header.to_owned());
            self.insert(header.as_bytes(), &mark);
            if header.starts_with(HEADER) {
                self.fragments.insert(header.as_bytes(), OF_TOKEN, &mark);
            }
        }
    }

    /// Finds values, and parts of them if asked for, in the text and in each text that it encodes. Returns ranges of the
    /// text.
    pub(super) fn find(&self, text: &[u8], parts: Parts) -> Vec<Found> {
        let mut found = Vec::new();
        if !self.dictionary.is_empty() {
            self.examine(text, parts, DEPTH, &Range::clone, &mut found);
        }
        found
    }

    fn examine(&self, text: &[u8], parts: Parts, depth: usize, back: Back<'_>, found: &mut Vec<Found>) {
        found.extend(self.dictionary.find(text).into_iter().map(|hit| Found { at: back(&hit.at), ..hit }));
        let mut has_escapes = false;
        unescape::each(text, &mut |plain, is_normal| {
            has_escapes = true;
            let back = |range: &Range<usize>| back(&plain.original(range));
            found.extend(self.dictionary.find(&plain.bytes).into_iter().map(|hit| Found { at: back(&hit.at), ..hit }));
            if is_normal {
                self.examine_squeezed(&plain.bytes, parts, depth, &back, found);
            }
        });
        match has_escapes {
            true if parts == Parts::No => {}
            true => self.find_parts(&squeezed(text), text, parts, back, found),
            false => self.examine_squeezed(text, parts, depth, back, found),
        }
    }

    /// Examines the text without what may interrupt a value, and the texts that it encodes.
    fn examine_squeezed(&self, text: &[u8], parts: Parts, depth: usize, back: Back<'_>, found: &mut Vec<Found>) {
        let squeezed = squeezed(text);
        if depth > 0 {
            decode::texts_in(&squeezed.bytes, &mut |decoded, origin| {
                let back = |range: &Range<usize>| back(&squeezed.original(&origin(range)));
                self.examine(decoded, parts, depth - 1, &back, found);
            });
        }
        self.find_parts(&squeezed, text, parts, back, found);
    }

    fn find_parts(&self, squeezed: &View, text: &[u8], parts: Parts, back: Back<'_>, found: &mut Vec<Found>) {
        if parts == Parts::No || self.fragments.is_empty() {
            return;
        }
        self.find_parts_in(squeezed, text, back, found);
        if self.fragments.has_spaces && squeezed.bytes.contains(&b'+') {
            self.find_parts_in(&squeezed.without_plus(), text, back, found);
        }
    }

    fn find_parts_in(&self, squeezed: &View, text: &[u8], back: Back<'_>, found: &mut Vec<Found>) {
        for run in self.fragments.find(&folded(&squeezed.bytes)) {
            let mut at = squeezed.original(&run.at);
            // Half an escape must not be left.
            at.start -= text[..at.start].iter().rev().take_while(|byte| **byte == b'\\').count();
            found.push(Found { at: back(&at), mark: run.mark });
        }
    }

    /// Adds a form of a value, and its normal form.
    fn insert(&mut self, form: &[u8], mark: &Arc<str>) {
        self.dictionary.insert(form, mark);
        if let Some(plain) = normal(form).filter(|plain| plain.bytes.len() >= WORD) {
            self.dictionary.insert(&plain.bytes, mark);
        }
    }
}
