//! A target file: `fivewhys.toml`. Sits in `target`; `cli` reads it, picks a target and lays overrides over it.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::Target;
use super::error::{self, ConfigError, Source};
use super::layer::Layer;
use super::overlay::Overlay as _;
use super::overrides::Overrides;
use super::resolve::{self, Header};
use super::suggest;
use super::written::{Entry, Named};

/// The shipped file, used when no other is found.
pub(super) const SHIPPED: &str = include_str!("../../fivewhys.toml");

/// A target file, read and checked value by value.
#[derive(Clone)]
pub struct TargetFile {
    source: Source,
    default: Option<Spanned<String>>,
    defaults: Layer,
    targets: Vec<Entry<Layer>>,
    tables: toml::Table,
}

/// The whole text.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Text {
    /// The target that is taken when none is named.
    #[schemars(with = "Option<String>")]
    default: Option<Spanned<String>>,
    /// What every target has unless it says otherwise.
    #[serde(default)]
    defaults: Layer,
    /// The deployments under test, by name.
    target: Named<String, Layer>,
}

impl TargetFile {
    /// Reads a target file. Relative paths in it are relative to its folder.
    ///
    /// # Errors
    /// When it cannot be read, or with the first mistake in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path)
            .map_err(|error| ConfigError::new(format!("cannot read the target file {}: {error}", path.display())))?;
        Self::parse(&path.display().to_string(), &text, path.parent().unwrap_or(Path::new("")))
    }

    /// The shipped `fivewhys.toml`: the targets `offline` and `staging`. Relative paths are relative to the working folder.
    ///
    /// # Errors
    /// Never, for a build that passed its tests.
    pub fn embedded() -> Result<Self, ConfigError> {
        Self::parse("fivewhys.toml (built in)", SHIPPED, Path::new(""))
    }

    /// Parses the text of a target file; `name` is shown in errors, `folder` is what relative paths are relative to.
    ///
    /// # Errors
    /// With the first mistake: a syntax error, an unknown key, a value that does not fit, a default that is not there.
    pub fn parse(name: &str, text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let source = error::source(name, text);
        let in_toml = |error| ConfigError::from_toml(&source, &error);
        let written = toml::from_str(text).map_err(in_toml)?;
        let tables = toml::from_str(text).map_err(in_toml)?;
        let file = Self::of(written, tables, source, folder);
        file.check_default()?;
        Ok(file)
    }

    pub(super) fn of(written: Text, tables: toml::Table, source: Source, folder: &Path) -> Self {
        let Text { default, mut defaults, target } = written;
        let mut targets = target.0;
        let layers = targets.iter_mut().map(|entry| &mut entry.value).chain([&mut defaults]);
        layers.for_each(|layer| layer.settle(&source, folder));
        Self { source, default, defaults, targets, tables }
    }

    pub(super) fn check_default(&self) -> Result<(), ConfigError> {
        let Some(default) = &self.default else { return Ok(()) };
        self.entry(default.get_ref()).map(drop).map_err(|error| error.at(&self.source, default.span()))
    }

    /// The targets' names, in the order written.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.targets.iter().map(|entry| entry.name.as_str()).collect()
    }

    /// The name of the target that is taken when none is asked for.
    #[must_use]
    pub fn default_name(&self) -> Option<&str> {
        self.default.as_ref().map(|name| name.get_ref().as_str())
    }

    /// The target of this name (or the default one): `[defaults]`, under the target's own table, under the overrides from the
    /// environment, under those of the command line.
    ///
    /// # Errors
    /// For an unknown name, an override that does not fit, a target that lacks something, and for a target marked `production`
    /// that was not asked for by name.
    pub fn resolve(&self, name: Option<&str>, overrides: &Overrides) -> Result<Target, ConfigError> {
        let nothing = || ConfigError::new("no target is named and the file has no `default`").help(self.known(""));
        let chosen = name.or_else(|| self.default_name()).ok_or_else(nothing)?;
        let entry = self.entry(chosen)?;
        let mut layer = self.written(entry);
        for over in overrides.layers(&self.tables_of(chosen))? {
            layer.overlay(over);
        }
        let target = resolve::target(&self.header(entry), layer)?;
        if target.production && name.is_none() {
            return Err(ConfigError::new(format!("the target `{chosen}` is marked `production`: name it to use it")));
        }
        Ok(target)
    }

    /// A target's own table over the defaults.
    pub(super) fn written(&self, entry: &Entry<Layer>) -> Layer {
        let mut layer = self.defaults.clone();
        layer.overlay(entry.value.clone());
        layer
    }

    pub(super) fn header<'a>(&'a self, entry: &'a Entry<Layer>) -> Header<'a> {
        Header { name: &entry.name, source: &self.source, span: entry.span.clone() }
    }

    pub(super) fn targets(&self) -> &[Entry<Layer>] {
        &self.targets
    }

    fn entry(&self, name: &str) -> Result<&Entry<Layer>, ConfigError> {
        let unknown = || ConfigError::new(format!("there is no target `{name}`")).help(self.known(name));
        self.targets.iter().find(|entry| entry.name == name).ok_or_else(unknown)
    }

    fn known(&self, wrong: &str) -> String {
        suggest::nearest_or_all(wrong, &self.names())
    }

    /// The tables whose keys an environment variable can name: the target's own and the defaults.
    fn tables_of(&self, name: &str) -> Vec<&toml::Table> {
        let own = self.tables.get("target").and_then(|targets| targets.get(name));
        own.into_iter().chain(self.tables.get("defaults")).filter_map(toml::Value::as_table).collect()
    }

    /// The file's name as errors show it.
    #[must_use]
    pub fn source_name(&self) -> &str {
        self.source.name()
    }
}

/// The path next to a file, with a suffix to its name.
pub(super) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
