//! The type that registers secrets and removes them from texts.

mod plain;
mod sieve;

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

use self::plain::Plain;
use self::sieve::{LONGEST, MOST};
use super::dictionary::Found;
use super::known::{Known, Parts};
use super::pieces::Group;
use super::replacing::replace;
use super::unescape::normal;
use super::view::View;
use super::{pieces, rules, shapes};
use crate::terms::TokenKind;

/// Replaces every registered secret by `<secret:LABEL>` and every registered token by `<token:KIND>`. Replaces other
/// text that looks like a credential by `<jwt>` or `Bearer <redacted>`. A clone shares the registered values.
///
/// Finds a value in these encodings: raw, in any case of its letters; base64 in both alphabets, with or without padding, at
/// any offset; base32; hex in either case, with separators or without; UTF-16; with any characters percent-encoded, escaped
/// as in JSON, or written as character references of HTML. Up to three encodings may lie within one another.
///
/// Also finds a part of a value of at least 12 characters: 16 consecutive characters, or 12 of a secret of at least 24
/// characters. White space, quotes, commas, backslashes or tags may interrupt the part, and it may be reversed.
///
/// Also replaces credentials that are not registered by `<redacted:RULE>`: see `rules`.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
    plain: Plain,
}

impl Redactor {
    /// Returns a redactor without registered values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a secret. It is replaced by `<secret:LABEL>` from now on.
    pub fn register_secret(&self, label: &str, secret: &SecretString) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_secret(secret.expose_secret(), &format!("<secret:{label}>").into());
        self.plain.forget();
    }

    /// Registers a token. It is replaced by `<token:KIND>` from now on, and so are the payload and signature of a JWT.
    /// The header of a JWT, which many tokens share, becomes `<jwt-header>` when it stands alone.
    pub fn register_token(&self, kind: TokenKind, token: &str) {
        let mark: Arc<str> = format!("<token:{kind}>").into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_token(token, &mark);
        self.plain.forget_for(token);
    }

    /// Registers a token that this program has just made: it has random parts, and no text that came before holds them.
    pub(crate) fn register_new_token(&self, kind: TokenKind, token: &str) {
        let mark: Arc<str> = format!("<token:{kind}>").into();
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert_token(token, &mark);
    }

    /// Returns the text without credentials.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.clean_bytes_lossy(text.as_bytes())
    }

    /// Returns the bytes without credentials, as text. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn clean_bytes_lossy(&self, bytes: &[u8]) -> String {
        if self.plain.holds(bytes) {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        let lines = pieces::lines(bytes);
        let groups = if lines.len() > 1 { pieces::groups(bytes, &lines) } else { Vec::new() };
        // Held, so that no value is registered until the text is remembered.
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let clean = finished(&replace(bytes, found(&known, bytes, Parts::Too, &groups)));
        if clean.as_bytes() == bytes {
            self.plain.add(bytes);
        }
        clean
    }

    /// Returns the pieces of a stream without credentials. A credential that lies in several pieces is taken out of each of
    /// them: the first one shows its mark. The pieces may be JSON, in which a string of each piece is a part of one text.
    #[must_use]
    pub fn clean_pieces(&self, pieces: &[&str]) -> Vec<String> {
        let joined = pieces.join("\n");
        let mut at = 0;
        let ranges = pieces.iter().map(|piece| {
            let range = at..at + piece.len();
            at = range.end + 1;
            range
        });
        let ranges: Vec<Range<usize>> = ranges.collect();
        let found = split(
            self.found(joined.as_bytes(), Parts::Too, &pieces::groups(joined.as_bytes(), &narrow(&ranges))),
            &ranges,
        );
        let mut found = found.into_iter().peekable();
        let clean = ranges.iter().map(|range| {
            let own = std::iter::from_fn(|| found.next_if(|hit| hit.at.start < range.end || hit.at.is_empty()));
            let own = own.map(|hit| Found { at: hit.at.start - range.start..hit.at.end - range.start, ..hit });
            finished(&replace(&joined.as_bytes()[range.clone()], own.collect()))
        });
        clean.collect()
    }

    /// Returns our own text, such as a report, without whole credentials. Keeps parts, because a secret may consist of
    /// words that the report uses. Text from outside must be cleaned with [`Redactor::clean`] when it is stored.
    #[must_use]
    pub fn clean_own(&self, text: &str) -> String {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let mut found = known.find(text.as_bytes(), Parts::No);
        found.extend(shapes::find(text.as_bytes()));
        finished(&replace(text.as_bytes(), found))
    }

    /// Cleans every string of a report: whole registered credentials, and credentials that are not registered. A report is
    /// cleaned field by field, since its text as a whole takes many times its size.
    pub fn clean_json(&self, json: &mut serde_json::Value) {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        clean_strings(&known, json, &mut HashSet::new());
    }

    /// Reports whether no string of a value holds a whole registered credential, or one that is not registered.
    pub(crate) fn finds_nothing_in(&self, value: &impl serde::Serialize) -> bool {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        sieve::each_is_clean(value, |text| self.plain.holds(text) || found(&known, text, Parts::No, &[]).is_empty())
    }

    fn found(&self, text: &[u8], parts: Parts, groups: &[Group]) -> Vec<Found> {
        found(&self.known.read().unwrap_or_else(PoisonError::into_inner), text, parts, groups)
    }
}

fn found(known: &Known, text: &[u8], parts: Parts, groups: &[Group]) -> Vec<Found> {
    let mut found = known.find(text, parts);
    // A part may lie in an unregistered credential, whose rest must not be left.
    found.extend(unregistered(text));
    for group in groups {
        let view = View::joined(text, group);
        let hits = known.find(&view.bytes, parts).into_iter().chain(unregistered(&view.bytes));
        found.extend(hits.flat_map(|hit| in_pieces(&view, hit)));
    }
    found
}

/// Cleans every string. A string that occurs again, as most do in the report of many steps, is examined once.
fn clean_strings(known: &Known, json: &mut serde_json::Value, plain: &mut HashSet<String>) {
    match json {
        serde_json::Value::String(text) if plain.contains(text.as_str()) => {}
        serde_json::Value::String(text) => {
            let found = found(known, text.as_bytes(), Parts::No, &[]);
            if !found.is_empty() {
                *text = finished(&replace(text.as_bytes(), found));
            } else if text.len() <= LONGEST && plain.len() < MOST {
                plain.insert(text.clone());
            }
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| clean_strings(known, item, plain)),
        serde_json::Value::Object(fields) => fields.values_mut().for_each(|field| clean_strings(known, field, plain)),
        _ => {}
    }
}

/// Returns where a text of our own holds credentials that are not registered.
pub(crate) fn unregistered_in(text: &str) -> Vec<Range<usize>> {
    unregistered(text.as_bytes()).into_iter().map(|hit| hit.at).collect()
}

/// Finds credentials that are not registered, in the text and in its normal form.
fn unregistered(text: &[u8]) -> Vec<Found> {
    let mut found = by_form(text);
    if let Some(plain) = normal(text) {
        found.extend(by_form(&plain.bytes).into_iter().map(|hit| Found { at: plain.original(&hit.at), ..hit }));
    }
    found
}

/// Finds tokens and other credentials that are not registered.
fn by_form(text: &[u8]) -> Vec<Found> {
    let mut found = shapes::find(text);
    found.extend(rules::find(text).into_iter().map(|(at, mark)| Found { at, mark }));
    found
}

/// Returns a finding in joined pieces as one finding for each piece. The first one has the mark.
fn in_pieces(view: &View, hit: Found) -> impl Iterator<Item = Found> {
    let pieces = view.originals(hit.at).into_iter().enumerate();
    pieces.map(move |(n, at)| Found { at, mark: if n == 0 { Arc::clone(&hit.mark) } else { Arc::default() } })
}

/// Cuts findings at the ends of the pieces, and sorts them. Both are ranges of the joined text.
fn split(found: Vec<Found>, pieces: &[Range<usize>]) -> Vec<Found> {
    let mut cut: Vec<Found> = Vec::with_capacity(found.len());
    for hit in found {
        let first = pieces.partition_point(|piece| piece.end <= hit.at.start);
        let touched = pieces[first..].iter().take_while(|piece| piece.start < hit.at.end);
        let parts = touched.map(|piece| piece.start.max(hit.at.start)..piece.end.min(hit.at.end));
        for (n, at) in parts.filter(|at| !at.is_empty()).enumerate() {
            cut.push(Found { at, mark: if n == 0 { Arc::clone(&hit.mark) } else { Arc::default() } });
        }
    }
    cut.sort_by_key(|hit| hit.at.start);
    cut
}

fn narrow(ranges: &[Range<usize>]) -> Group {
    let narrow = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    ranges.iter().map(|range| narrow(range.start)..narrow(range.end)).collect()
}

fn finished(text: &[u8]) -> String {
    String::from_utf8_lossy(&shapes::clean(text)).into_owned()
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Redactor").field("secrets", &known.secrets).field("tokens", &known.tokens).finish()
    }
}

#[cfg(test)]
mod encoding_tests;
#[cfg(test)]
mod fragment_tests;
#[cfg(test)]
mod rule_tests;
#[cfg(test)]
mod tests;
