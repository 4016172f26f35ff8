//! Finds parts of registered values: cut at either end, or reversed. `dictionary` finds whole values only.
//!
//! Every n-th eight-byte word of a form is indexed. n is small enough that the shortest run to find holds one of them
//! whole. A run is found by that word and followed in both directions for as long as it matches.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::ops::Range;
use std::sync::Arc;

use super::dictionary::Found;
use super::heads::{HEAD, Index, head_at};
use super::unescape::normal;
use super::{encodings, squeeze};

/// The number of consecutive characters that count as a part of a token.
pub(super) const OF_TOKEN: usize = 16;
/// The number for a secret of at least [`LONG_SECRET`] characters. A shorter secret has the number of a token.
const OF_LONG_SECRET: usize = 12;
const LONG_SECRET: usize = 24;
/// The minimum length of a part in characters. Shorter parts would match too much other text.
const LEAST: usize = 12;
/// The maximum number of bytes of a value that are indexed, so that a huge value from a server costs little.
const MOST: usize = 16 * 1024;
/// The maximum number of places of one word. Words that many tokens share need few places.
const ALIKE: usize = 8;
/// The number of bytes that a run may reach back into the run before it.
const OVERLAP: usize = 64;

/// The forms of values as they appear in a squeezed text, and their marks.
#[derive(Default)]
pub(super) struct Fragments {
    forms: Vec<Form>,
    words: Index<Place>,
    /// The hashes of the forms.
    known: HashSet<u64>,
    /// Whether a value has a space, which is a `+` in a form.
    pub(super) has_spaces: bool,
}

struct Form {
    bytes: Box<[u8]>,
    /// The length of the shortest run that counts, in bytes.
    least: usize,
    mark: Arc<str>,
}

/// The place of an indexed word: a byte of a form.
#[derive(Clone, Copy)]
struct Place {
    form: u32,
    at: u32,
}

/// Returns the number of consecutive characters that count as a part of this secret.
pub(super) fn of_secret(secret: &str) -> usize {
    if secret.chars().count() >= LONG_SECRET { OF_LONG_SECRET } else { OF_TOKEN }
}

impl Fragments {
    /// Adds a value. Runs of at least `least` characters count, or the whole value if it is shorter.
    pub(super) fn insert(&mut self, value: &[u8], least: usize, mark: &Arc<str>) {
        let value = &value[..value.len().min(MOST)];
        self.file(squeeze::value(value), least, mark);
        if value.iter().any(u8::is_ascii_whitespace) {
            self.has_spaces = true;
            let without_plus: Vec<u8> = value.iter().copied().filter(|byte| *byte != b'+').collect();
            self.file(squeeze::value(&without_plus), least, mark);
        }
        if let Some(plain) = normal(value) {
            self.file(squeeze::value(&plain.bytes), least, mark);
        }
    }

    /// Adds a secret: as a value, and in base64, base32 and hex.
    pub(super) fn insert_secret(&mut self, secret: &[u8], least: usize, mark: &Arc<str>) {
        let secret = &secret[..secret.len().min(MOST)];
        self.insert(secret, least, mark);
        let least = least.min(secret.len());
        if least < LEAST {
            return;
        }
        for core in encodings::base64_cores(secret) {
            self.file(squeeze::value(&core), (least * 4).div_ceil(3), mark);
        }
        for core in encodings::base32_cores(secret) {
            self.file(squeeze::value(&core), (least * 8).div_ceil(5), mark);
        }
        self.file(encodings::hex(secret), least * 2, mark);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Finds runs of the values in a squeezed text, forwards and backwards.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found = self.find_forwards(text);
        let turned: Vec<u8> = text.iter().rev().copied().collect();
        let place = |at: &Range<usize>| text.len() - at.end..text.len() - at.start;
        found.extend(self.find_forwards(&turned).into_iter().map(|run| Found { at: place(&run.at), ..run }));
        found
    }

    /// A run that overlaps an earlier one may lack its last eight characters.
    fn find_forwards(&self, text: &[u8]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let (mut at, mut floor) = (0, 0);
        while let Some(head) = head_at(text, at) {
            let run = self.farthest(head, text, at, floor);
            at += 1;
            if let Some(run) = run {
                floor = run.at.end.saturating_sub(OVERLAP);
                at = run.at.end - HEAD + 1;
                found.push(run);
            }
        }
        found
    }

    fn file(&mut self, bytes: Vec<u8>, least: usize, mark: &Arc<str>) {
        let least = least.min(bytes.len());
        if least < LEAST || !self.known.insert(hash(&bytes)) {
            return;
        }
        let Ok(form) = u32::try_from(self.forms.len()) else { return };
        for at in (0..=bytes.len() - HEAD).step_by(least - HEAD + 1) {
            self.file_word(&bytes, form, at);
        }
        self.forms.push(Form { bytes: bytes.into(), least, mark: Arc::clone(mark) });
    }

    fn file_word(&mut self, bytes: &[u8], form: u32, at: usize) {
        let (Some(head), Ok(place)) = (head_at(bytes, at), u32::try_from(at)) else { return };
        if self.words.at(head).take(ALIKE).count() < ALIKE {
            self.words.add(head, Place { form, at: place });
        }
    }

    /// Returns the run through this word that ends last.
    fn farthest(&self, head: u64, text: &[u8], at: usize, floor: usize) -> Option<Found> {
        let runs = self.words.at(head).filter_map(|place| {
            let form = &self.forms[place.form as usize];
            let run = follow(&form.bytes, place.at as usize, text, at, floor);
            (run.len() >= form.least).then_some((run, form))
        });
        let length = |run: &Range<usize>| (run.end, run.len());
        let (at, form) = runs.reduce(|best, next| if length(&next.0) > length(&best.0) { next } else { best })?;
        Some(Found { at, mark: Arc::clone(&form.mark) })
    }
}

fn hash(bytes: &[u8]) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(bytes)
}

/// Returns the range of the text, from `floor` on, in which form and text agree around a shared word.
fn follow(form: &[u8], in_form: usize, text: &[u8], in_text: usize, floor: usize) -> Range<usize> {
    let ahead = form[in_form..].iter().zip(&text[in_text..]).take_while(|(a, b)| a == b).count();
    let before = text.get(floor..in_text).unwrap_or_default();
    let behind = form[..in_form].iter().rev().zip(before.iter().rev()).take_while(|(a, b)| a == b).count();
    in_text - behind..in_text + ahead
}
