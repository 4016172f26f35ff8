//! Overrides of a target's values: `--set KEY=VALUE` and environment variables that begin with `FIVEWHYS__`.

use std::fmt;
use std::ops::Range;
use std::path::Path;

use crate::config::file::layer::Layer;
use crate::document::{ConfigError, Source, source};

/// The prefix of an environment variable that is an override. Two underscores separate the segments of its key.
const PREFIX: &str = "FIVEWHYS__";

/// Overrides from the environment and from the command line. The command line wins.
#[derive(Clone, Default)]
pub struct Overrides {
    environment: Vec<(String, String)>,
    set: Vec<String>,
}

impl Overrides {
    /// Takes `KEY=VALUE` arguments and the variables that begin with `FIVEWHYS__`, for example
    /// `FIVEWHYS__BUDGET__RUN=30s`.
    ///
    /// KEY is a dotted TOML key inside the target. VALUE is a TOML value, or else a bare string.
    /// [`crate::config::TargetFile::resolve`] checks them.
    #[must_use]
    pub fn new(set: &[String], environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut environment: Vec<_> = environment.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
        environment.sort();
        Self { environment, set: set.to_vec() }
    }

    /// Takes `KEY=VALUE` arguments and the environment of this process. A variable that is not Unicode is passed over.
    pub(crate) fn from_env(set: &[String]) -> Self {
        let unicode =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::new(set, unicode)
    }

    /// Returns one layer for each override. A variable can name a key of `tables` in any case, with `_` for every other
    /// sign.
    pub(crate) fn layers(&self, tables: &[&toml::Table]) -> Result<Vec<Layer>, ConfigError> {
        let variables = self.environment.iter().map(|(name, value)| Assignment::variable(name, value, tables));
        let arguments = self.set.iter().map(|argument| Assignment::argument(argument));
        variables.map(Ok).chain(arguments).map(|assignment| assignment?.layer()).collect()
    }
}

impl fmt::Debug for Overrides {
    /// Shows counts only, because a value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (environment, set) = (self.environment.len(), self.set.len());
        f.debug_struct("Overrides").field("environment", &environment).field("set", &set).finish()
    }
}

/// One override, as written and as TOML.
struct Assignment {
    shown: Source,
    /// The offset of the value in the written text. The key ends one byte before.
    value_at: usize,
    key: String,
    value: String,
}

impl Assignment {
    fn argument(text: &str) -> Result<Self, ConfigError> {
        let shown = source("--set", text);
        let Some(equals) = first_equals(text) else {
            let what = ConfigError::new("an override is KEY=VALUE").at(&shown, 0..text.len());
            return Err(what.help("for example --set budget.run=30s"));
        };
        let (key, value) = (text[..equals].to_owned(), text[equals + 1..].to_owned());
        Ok(Self { shown, value_at: equals + 1, key, value })
    }

    fn variable(name: &str, value: &str, tables: &[&toml::Table]) -> Self {
        let shown = source("environment", &format!("{name}={value}"));
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

    /// Reads the value as TOML if that fits, or else as a bare string.
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

    /// Maps a range of the TOML to the written text.
    fn span(&self, toml: Range<usize>, same_value: bool) -> Range<usize> {
        let (key_ends, all) = (self.key.len(), self.shown.len());
        if toml.end <= key_ends {
            let same_key = self.shown.starts_with(&self.key);
            return if same_key { toml } else { 0..self.value_at - 1 };
        }
        let moved = |at: usize| (at + self.value_at).saturating_sub(key_ends + 1).clamp(self.value_at, all);
        if same_value { moved(toml.start)..moved(toml.end) } else { self.value_at..all }
    }
}

/// Returns the offset of the first `=` outside quotes.
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

/// Returns a key as an environment variable can spell it.
fn folded(key: &str) -> String {
    key.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

/// Returns a TOML basic string. TOML shares JSON's escapes, and needs U+007F escaped too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::config::{Overrides, Target, TargetFile};
    use crate::document::ConfigError;

    fn resolve(set: &[&str], environment: &[(&str, &str)]) -> Result<Target, ConfigError> {
        let set: Vec<String> = set.iter().map(|text| (*text).to_owned()).collect();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        TargetFile::embedded()?.resolve(Some("offline"), &Overrides::new(&set, environment))
    }

    #[rstest]
    #[case::bare("budget.run=30s")]
    #[case::toml("budget.run = \"30s\"")]
    #[case::table("budget={run='30s'}")]
    fn a_value_is_toml_or_else_a_bare_string(#[case] set: &str) {
        assert_eq!(resolve(&[set], &[]).unwrap().budget.run.as_secs(), 30);
    }

    #[rstest]
    #[case::quoted_key("endpoint.\"backend.health\".path=/healthz")]
    #[case::literal_key("endpoint.'backend.health'.path=\"/healthz\"")]
    fn a_quoted_key_names_an_endpoint(#[case] set: &str) {
        assert_eq!(resolve(&[set], &[]).unwrap().endpoints["backend.health"].path, "/healthz");
    }

    #[test]
    fn a_number_is_taken_as_a_string_where_a_string_is_wanted() {
        assert_eq!(resolve(&["claims.aud=42"], &[]).unwrap().claims.aud.as_deref(), Some("42"));
    }

    #[rstest]
    #[case("FIVEWHYS__BUDGET__RUN", "30s")]
    #[case("FIVEWHYS__budget__Run", "30s")]
    fn a_variable_names_a_key_in_any_case(#[case] name: &str, #[case] value: &str) {
        assert_eq!(resolve(&[], &[(name, value)]).unwrap().budget.run.as_secs(), 30);
    }

    #[test]
    fn a_variable_names_an_endpoint_with_underscores() {
        let target = resolve(&[], &[("FIVEWHYS__ENDPOINT__BACKEND_CHAT_STREAM__PATH", "/stream")]).unwrap();
        assert_eq!(target.endpoints["backend.chat-stream"].path, "/stream");
    }

    #[test]
    fn a_variable_sets_a_key_that_the_file_lacks() {
        let target = resolve(&[], &[("FIVEWHYS__WEBSOCKET", "wss://ws.example.org")]).unwrap();
        assert_eq!(target.websocket.as_str(), "wss://ws.example.org/");
    }

    #[test]
    fn the_command_line_and_later_arguments_win() {
        let environment =
            [("FIVEWHYS__BUDGET__RUN", "10s"), ("FIVEWHYS__BUDGET__PROBE", "9s"), ("FIVEWHYS_TARGET", "x")];
        let budget = resolve(&["budget.run=20s", "budget.run=30s"], &environment).unwrap().budget;
        assert_eq!((budget.run.as_secs(), budget.probe.as_secs()), (30, 9));
    }

    #[rstest]
    #[case::source("SIGNING_SECRET", "canary-signing-secret")]
    #[case::list("SIGNING_SECRET", "[\"canary-signing-secret\"]")]
    #[case::number("SIGNING_SECRET", "[\"canary-signing-secret\", 5]")]
    #[case::whole_table("USER__PRIMARY__SECRETS", "canary-password")]
    #[case::of_a_user("USER__PRIMARY__SECRETS__PASSWORD", "canary=password")]
    fn a_secret_in_place_of_its_source_is_not_shown(#[case] name: &str, #[case] value: &str) {
        let error = resolve(&[], &[(&format!("FIVEWHYS__{name}"), value)]).unwrap_err();
        let overrides = Overrides::new(&["signing_secret=canary-signing-secret".to_owned()], []);
        let shown = format!("{error} {error:?} {:?} {overrides:?}", miette::Report::new(error.clone()));
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("*****"), "{shown}");
    }
}
