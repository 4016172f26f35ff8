//! Reads a TOML text to its end and collects every mistake. It keeps a mistake, blanks its place and reads the rest
//! again.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, Error};

use crate::document::error::ConfigError;
use crate::document::shown::Source;
use crate::document::taken_out::TakenOut;

/// The maximum number of mistakes reported in one file.
const MOST: usize = 100;

/// The result of reading a text.
pub(crate) struct Reading<T> {
    /// The value of the correct parts. `None` when too little is left.
    pub(crate) value: Option<T>,
    /// Every mistake, in the order of the text.
    pub(crate) mistakes: Vec<ConfigError>,
    /// The parts that were blanked.
    pub(crate) taken_out: TakenOut,
}

/// Reads a text. `in_words` converts an error, whose span is that in the whole text.
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
        // A missing top-level key has an empty span.
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

/// Reports whether an error exists only because a part was blanked before.
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
    /// Keeps the mistakes that do not merely follow from a blanked part near them.
    pub(crate) fn own(taken_out: &TakenOut, found: Vec<ConfigError>, shown: &Source) -> Vec<ConfigError> {
        let elsewhere = |mistake: &ConfigError| !mistake.is_in(shown);
        found.into_iter().filter(|one| elsewhere(one) || taken_out.is_whole_around(one.offset())).collect()
    }
}
