//! The one type that redacts. Sits in `redact`; `token` registers with it, `probe`, `evidence` and `cli` clean with it.

use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

use super::dictionary::{Dictionary, Found};
use super::view::{Escape, View};
use super::{encodings, shapes};
use crate::token::TokenKind;

/// Values under this many bytes are replaced only where they stand alone: between word boundaries, raw, in hex or in base64.
const WORD: usize = 8;

/// Replaces every registered secret and token, in any encoding it may come back in, by `<secret:LABEL>` or `<token:KIND>`, and
/// whatever else looks like a credential by `<jwt>` or `Bearer <redacted>`.
///
/// Encodings: raw; base64 (both alphabets, padded or not, at any offset in a longer encoded text); hex in either case; percent-encoding
/// and JSON string escapes of any of its characters, one within the other. A clone shares the registered values.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

#[derive(Default)]
struct Known {
    dictionary: Dictionary,
    secrets: usize,
    tokens: usize,
}

impl Redactor {
    /// A redactor that knows no value yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this secret is replaced by `<secret:LABEL>`.
    pub fn register_secret(&self, label: &str, secret: &SecretString) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.secrets += 1;
        known.insert(secret.expose_secret(), &format!("<secret:{label}>").into());
    }

    /// From now on this token, and each part of it if it is a JWT, is replaced by `<token:KIND>`. The header of a JWT, which many
    /// tokens share, becomes `<jwt-header>` where it stands without the rest.
    pub fn register_token(&self, kind: TokenKind, token: &str) {
        let mark: Arc<str> = format!("<token:{kind}>").into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.tokens += 1;
        known.insert(token, &mark);
        let parts: Vec<&str> = token.split('.').collect();
        if let [header, payload, signature] = parts.as_slice() {
            known.insert(header, &"<jwt-header>".into());
            known.insert(payload, &mark);
            known.insert(signature, &mark);
        }
    }

    /// The text without any credential.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.clean_bytes_lossy(text.as_bytes())
    }

    /// The bytes without any credential, as text; what is not UTF-8 becomes U+FFFD, after the replacing.
    #[must_use]
    pub fn clean_bytes_lossy(&self, bytes: &[u8]) -> String {
        let found = self.known.read().unwrap_or_else(PoisonError::into_inner).find(bytes);
        let replaced = replace(bytes, found);
        String::from_utf8_lossy(&shapes::clean(&replaced)).into_owned()
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Redactor").field("secrets", &known.secrets).field("tokens", &known.tokens).finish()
    }
}

impl Known {
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

    /// Occurrences in the text and in each view of it, as ranges of the text.
    fn find(&self, text: &[u8]) -> Vec<Found> {
        if self.dictionary.len() == 0 {
            return Vec::new();
        }
        let mut found = self.dictionary.find(text);
        if text.iter().any(|byte| matches!(byte, b'%' | b'+' | b'\\')) {
            for view in View::of(text).map(unescaped).unwrap_or_default() {
                let seen = self.dictionary.find(&view.bytes).into_iter();
                found.extend(seen.map(|hit| Found { at: view.original(&hit.at), mark: hit.mark }));
            }
        }
        found
    }
}

/// Every view after undoing one or two kinds of escapes: JSON within JSON, a URL within JSON, JSON within a URL.
fn unescaped(text: View) -> Vec<View> {
    let kinds = [Escape::Percent { plus_is_space: false }, Escape::Percent { plus_is_space: true }, Escape::Backslash];
    let once: Vec<View> = kinds.iter().filter_map(|kind| text.without(*kind)).collect();
    let twice: Vec<View> = once.iter().flat_map(|view| kinds.iter().filter_map(|kind| view.without(*kind))).collect();
    once.into_iter().chain(twice).collect()
}

/// Replaces what was found; where findings overlap, their union, by the mark of the longest.
fn replace(text: &[u8], mut found: Vec<Found>) -> Vec<u8> {
    found.sort_by_key(|hit| (hit.at.start, std::cmp::Reverse(hit.at.end)));
    let mut out = Vec::with_capacity(text.len());
    let mut done = 0;
    let mut hits = found.into_iter().peekable();
    while let Some(first) = hits.next() {
        let (mut union, mut longest) = (first.at.clone(), first);
        while let Some(next) = hits.next_if(|next| next.at.start < union.end) {
            union.end = union.end.max(next.at.end);
            if length(&next.at) > length(&longest.at) {
                longest = next;
            }
        }
        out.extend_from_slice(&text[done..union.start]);
        out.extend_from_slice(longest.mark.as_bytes());
        done = union.end;
    }
    out.extend_from_slice(&text[done..]);
    out
}

fn length(range: &Range<usize>) -> usize {
    range.end - range.start
}

#[cfg(test)]
mod tests;
