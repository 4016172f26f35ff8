//! Parts of registered values: cut at either end, reversed, encoded. Sits in `redact`, beside `dictionary`, which knows whole values only.
//!
//! Of each form of a value only every n-th word is filed, n being so small that the shortest run worth finding holds one of them whole;
//! a run is found by that word and followed in both directions for as long as it matches.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::dictionary::Found;
use super::encodings;
use super::heads::{HEAD, Seen, head_at};
use super::squeeze::squeeze;

/// Characters in a row that give a token away.
pub(super) const OF_TOKEN: usize = 16;
/// Characters in a row that give a secret of at least [`LONG_SECRET`] away; of a shorter one it takes as many as of a token.
const OF_LONG_SECRET: usize = 12;
const LONG_SECRET: usize = 24;
/// Under this many characters nothing is a fragment: too much would look like it.
const LEAST: usize = 12;
/// Bytes of a form that are filed, so that a value which a server made up costs little.
const MOST: usize = 16 * 1024;
/// Words filed alike: what tokens have in common need not be filed for each of them.
const ALIKE: usize = 8;
/// How far a run may reach back into the one before it.
const OVERLAP: usize = 64;

/// Values as they may stand in a squeezed text, and their marks.
#[derive(Default)]
pub(super) struct Fragments {
    forms: Vec<Form>,
    words: HashMap<u64, Vec<Place>>,
    seen: Seen,
    known: HashSet<Vec<u8>>,
}

struct Form {
    bytes: Vec<u8>,
    /// The shortest run of it that counts, in bytes.
    least: usize,
    mark: Arc<str>,
}

/// A filed word: at this byte of this form.
#[derive(Clone, Copy)]
struct Place {
    form: u32,
    at: u32,
}

/// Characters in a row that give this secret away.
pub(super) fn of_secret(secret: &str) -> usize {
    if secret.chars().count() >= LONG_SECRET { OF_LONG_SECRET } else { OF_TOKEN }
}

impl Fragments {
    /// Adds a value, of which runs of `least` characters count (all of it, if it is shorter), in base64 and hex as many as hold those.
    pub(super) fn insert(&mut self, value: &[u8], least: usize, mark: &Arc<str>) {
        let value = &value[..value.len().min(MOST)];
        let squeezed = squeeze(value);
        if squeezed.len() < LEAST || self.known.contains(&squeezed) {
            return;
        }
        let least = least.min(squeezed.len());
        for core in encodings::base64_cores(value) {
            self.file(core, (least * 4).div_ceil(3), mark);
        }
        for hex in encodings::hexes(value) {
            self.file(hex, least * 2, mark);
        }
        self.file(squeezed, least, mark);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Runs of the values in a squeezed text. Of runs that overlap, a later one may lack its last eight characters.
    pub(super) fn find(&self, text: &[u8]) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        let (mut at, mut floor) = (0, 0);
        while let Some(head) = head_at(text, at) {
            let run = if self.seen.may_hold(head) { self.farthest(head, text, at, floor) } else { None };
            at += 1;
            if let Some(run) = run {
                floor = run.at.end.saturating_sub(OVERLAP);
                at = run.at.end - HEAD + 1;
                found.push(run);
            }
        }
        found
    }

    /// Files a form and its reverse.
    fn file(&mut self, form: Vec<u8>, least: usize, mark: &Arc<str>) {
        let reversed: Vec<u8> = form.iter().rev().copied().collect();
        let least = least.min(form.len());
        for bytes in [form, reversed] {
            if least < LEAST || !self.known.insert(bytes.clone()) {
                continue;
            }
            let Ok(form) = u32::try_from(self.forms.len()) else { return };
            for at in (0..=bytes.len() - HEAD).step_by(least - HEAD + 1) {
                self.file_word(&bytes, form, at);
            }
            self.forms.push(Form { bytes, least, mark: Arc::clone(mark) });
        }
    }

    fn file_word(&mut self, bytes: &[u8], form: u32, at: usize) {
        let (Some(head), Ok(place)) = (head_at(bytes, at), u32::try_from(at)) else { return };
        self.seen.insert(head);
        let alike = self.words.entry(head).or_default();
        if alike.len() < ALIKE {
            alike.push(Place { form, at: place });
        }
    }

    /// Of the runs through this word, the one that ends last.
    fn farthest(&self, head: u64, text: &[u8], at: usize, floor: usize) -> Option<Found> {
        let runs = self.words.get(&head)?.iter().filter_map(|place| {
            let form = &self.forms[place.form as usize];
            let run = follow(&form.bytes, place.at as usize, text, at, floor);
            (run.len() >= form.least).then_some((run, form))
        });
        let (at, form) = runs.max_by_key(|(run, _)| (run.end, run.len()))?;
        Some(Found { at, mark: Arc::clone(&form.mark) })
    }
}

/// How far form and text agree around a word that stands in both, not before `floor`, in bytes of the text.
fn follow(form: &[u8], in_form: usize, text: &[u8], in_text: usize, floor: usize) -> Range<usize> {
    let ahead = form[in_form..].iter().zip(&text[in_text..]).take_while(|(a, b)| a == b).count();
    let before = text.get(floor..in_text).unwrap_or_default();
    let behind = form[..in_form].iter().rev().zip(before.iter().rev()).take_while(|(a, b)| a == b).count();
    in_text - behind..in_text + ahead
}
