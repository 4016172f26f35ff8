//! Values of a target set from outside: `--set KEY=VALUE` and `FIVEWHYS__…` variables. Sits in `target`.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use super::error::{self, ConfigError, Source};
use super::layer::Layer;

/// What a variable must begin with to be an override; its segments are separated by two underscores as well.
const PREFIX: &str = "FIVEWHYS__";

/// Overrides, in the order in which they win: the environment's first, the command line's over them.
#[derive(Clone, Default)]
pub struct Overrides {
    environment: Vec<(String, String)>,
    set: Vec<String>,
}

impl Overrides {
    /// Takes `KEY=VALUE` arguments (KEY a dotted TOML key inside the target, VALUE a TOML value or else a bare string) and, of the
    /// environment, the variables that begin with `FIVEWHYS__` (`FIVEWHYS__BUDGET__RUN=30s`). They are checked by
    /// [`super::TargetFile::resolve`].
    #[must_use]
    pub fn new(set: &[String], environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut environment: Vec<_> = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        environment.sort();
        Self { environment, set: set.to_vec() }
    }

    /// One layer each. `tables` are the target's tables as written, whose keys a variable can name whatever their case and signs.
    pub(super) fn layers(&self, tables: &[&toml::Table]) -> Result<Vec<Layer>, ConfigError> {
        let variables = self.environment.iter().map(|(name, value)| Assignment::variable(name, value, tables));
        let arguments = self.set.iter().map(|argument| Assignment::argument(argument));
        variables.map(Ok).chain(arguments).map(|assignment| assignment?.layer()).collect()
    }
}

impl fmt::Debug for Overrides {
    /// Counts only: somebody may have put a secret there.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (environment, set) = (self.environment.len(), self.set.len());
        f.debug_struct("Overrides").field("environment", &environment).field("set", &set).finish()
    }
}

/// One override: as it was written, and as TOML.
struct Assignment {
    shown: Source,
    /// Where the value begins in what was written; the key ends one byte before.
    value_at: usize,
    key: String,
    value: String,
}

impl Assignment {
    fn argument(text: &str) -> Result<Self, ConfigError> {
        let shown = error::source("--set", text);
        let Some(equals) = first_equals(text) else {
            let what = ConfigError::new("an override is KEY=VALUE").at(&shown, 0..text.len());
            return Err(what.help("for example --set budget.run=30s"));
        };
        let (key, value) = (text[..equals].to_owned(), text[equals + 1..].to_owned());
        Ok(Self { shown, value_at: equals + 1, key, value })
    }

    fn variable(name: &str, value: &str, tables: &[&toml::Table]) -> Self {
        let shown = error::source("environment", &format!("{name}={value}"));
        let mut tables = tables.to_vec();
        let mut key = Vec::new();
        for segment in name[PREFIX.len()..].split("__") {
            let known = tables.iter().flat_map(|table| table.keys()).find(|known| folded(known) == folded(segment));
            let segment = known.cloned().unwrap_or_else(|| segment.to_lowercase());
            tables = tables.iter().filter_map(|table| table.get(&segment)?.as_table()).collect();
            key.push(quoted(&segment));
        }
        Self { shown, value_at: name.len() + 1, key: key.join("."), value: value.to_owned() }
    }

    /// As a TOML value when it is one that fits, else as a bare string.
    fn layer(&self) -> Result<Layer, ConfigError> {
        let bare = format!("{}={}", self.key, quoted(self.value.trim()));
        if toml::de::ValueDeserializer::parse(self.value.trim()).is_err() {
            return self.parse(&bare, false);
        }
        let value = self.parse(&format!("{}={}", self.key, self.value), true);
        value.or_else(|error| self.parse(&bare, false).map_err(|_| error))
    }

    fn parse(&self, toml: &str, same_value: bool) -> Result<Layer, ConfigError> {
        let mut layer: Layer = toml::from_str(toml).map_err(|error| {
            let span = self.span(error.span().unwrap_or(0..0), same_value);
            let shown = ConfigError::masked(&self.shown, &span, error.message());
            ConfigError::from_message(error.message()).at(&shown, span)
        })?;
        layer.settle(&self.shown, Path::new(""));
        Ok(layer)
    }

    /// Where a range of the TOML lies in what was written.
    fn span(&self, toml: Range<usize>, same_value: bool) -> Range<usize> {
        let (key_ends, all) = (self.key.len(), self.shown.inner().len());
        if toml.end <= key_ends {
            let same_key = self.shown.inner().starts_with(&self.key);
            return if same_key { toml } else { 0..self.value_at - 1 };
        }
        let moved = |at: usize| (at + self.value_at).saturating_sub(key_ends + 1).clamp(self.value_at, all);
        if same_value { moved(toml.start)..moved(toml.end) } else { self.value_at..all }
    }
}

/// The first `=` outside of quotes.
fn first_equals(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, character)| {
        match (quote, character) {
            (None, '=') => return Some(at),
            (None, '"' | '\'') => quote = Some(character),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
        None
    })
}

/// A key as an environment variable can write it.
fn folded(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// A TOML basic string: JSON's escapes are TOML's, except that TOML wants U+007F escaped too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
#[path = "overrides_tests.rs"]
mod tests;
