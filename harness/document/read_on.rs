//! Reads a TOML text to its end whatever is wrong in it: each mistake is kept, taken out, and the rest is read again. Sits in `target`;
//! `fivewhys check` reads every kind of file with it.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, Error};

use crate::document::error::{ConfigError, Source};
use crate::document::taken_out::TakenOut;

/// More mistakes than this are not looked for in one file.
const MOST: usize = 100;

/// What came of a text.
pub(crate) struct Reading<T> {
    /// What it says without what is wrong in it; nothing where too little is left.
    pub(crate) value: Option<T>,
    /// What is wrong with it, by place.
    pub(crate) mistakes: Vec<ConfigError>,
    /// What was taken out.
    pub(crate) taken_out: TakenOut,
}

/// Reads a text; `in_words` makes a mistake of an error, its place being that in the whole text.
pub(crate) fn read_on<T: DeserializeOwned>(text: &str, in_words: impl Fn(&Error) -> ConfigError) -> Reading<T> {
    let mut taken_out = TakenOut::of(text);
    let (_, broken) = DeTable::parse_recoverable(text);
    if !broken.is_empty() {
        return Reading { value: None, mistakes: broken.iter().take(MOST).map(in_words).collect(), taken_out };
    }
    let mut mistakes = Vec::new();
    for _ in 0..MOST {
        let error = match toml::from_str::<T>(taken_out.text()) {
            Ok(value) => return Reading { value: Some(value), mistakes: by_place(mistakes), taken_out },
            Err(error) => error,
        };
        // What is missing at the top is missing nowhere in particular.
        let at = error.span().filter(|at| !at.is_empty());
        if !follows(&error, at.as_ref(), &taken_out) {
            mistakes.push(in_words(&error));
        }
        if !at.is_some_and(|at| taken_out.take(&at)) {
            break;
        }
    }
    Reading { value: None, mistakes: by_place(mistakes), taken_out }
}

/// Whether an error is there only because of what was taken out before.
fn follows(error: &Error, at: Option<&Range<usize>>, taken_out: &TakenOut) -> bool {
    let missing = error.message().strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
    let table = at.cloned().unwrap_or(0..taken_out.text().len());
    missing.is_some_and(|key| taken_out.took_key(key, &table))
}

fn by_place(mut mistakes: Vec<ConfigError>) -> Vec<ConfigError> {
    mistakes.sort_by_key(ConfigError::offset);
    mistakes
}

impl<T> Reading<T> {
    /// Those of the mistakes found in what was read that are not there only because something was taken out beside them.
    pub(crate) fn own(taken_out: &TakenOut, found: Vec<ConfigError>, shown: &Source) -> Vec<ConfigError> {
        let elsewhere = |mistake: &ConfigError| !mistake.is_in(shown);
        found.into_iter().filter(|one| elsewhere(one) || taken_out.is_whole_around(one.offset())).collect()
    }
}
