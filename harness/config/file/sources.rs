//! Sources of secrets and of evidence, as written in a target file.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, IntoDeserializer as _, MapAccess, Visitor};
use url::Url;

use crate::config::{EvidenceLocation, LogSource, SecretOrigin};
use crate::document::error::NOT_A_SECRET_SOURCE;
use crate::document::values::written_as_text;
use crate::terms::Hop;

written_as_text! {
    /// `env:NAME`, `file:PATH` or `command:["program", "arg"]`.
    SecretText(SecretOrigin) like "^(env:|file:|command:\\[)" = secret_origin
}
written_as_text! {
    /// `file:PATH`, `url:http://…` or `command:["program", "arg"]`.
    EvidenceText(EvidenceLocation) like "^(file:|url:|https?:|command:\\[)" = evidence
}

/// A log: its location, or a table that names the component that wrote it too.
#[derive(Debug, Clone, schemars::JsonSchema)]
#[serde(untagged)]
pub(crate) enum LogText {
    /// `file:PATH`, `url:http://…` or `command:["program", "arg"]`.
    Location(EvidenceText),
    /// A location whose lines do not name their writer.
    Written(WrittenLog),
}

/// A log of one component.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenLog {
    /// Its location: `file:PATH`, `url:http://…` or `command:["program", "arg"]`.
    from: EvidenceText,
    /// The component that wrote all of it. When absent, its lines tell.
    #[serde(default)]
    writer: Option<LogWriter>,
}

/// A component that writes a log.
#[derive(Debug, Clone, Copy, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
enum LogWriter {
    Backend,
    Auth,
    Edge,
}

impl<'de> Deserialize<'de> for LogText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = LogText;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a location such as `file:PATH`, or `{ from = \"file:PATH\", writer = \"backend\" }`")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                EvidenceText::deserialize(text.into_deserializer()).map(LogText::Location)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                WrittenLog::deserialize(MapAccessDeserializer::new(map)).map(LogText::Written)
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl LogText {
    /// Makes a relative path relative to this folder.
    pub(crate) fn root(&mut self, folder: &Path) {
        match self {
            Self::Location(from) | Self::Written(WrittenLog { from, .. }) => from.root(folder),
        }
    }

    /// Returns the log.
    pub(crate) fn resolve(self) -> LogSource {
        match self {
            Self::Location(from) => from.0.into(),
            Self::Written(WrittenLog { from, writer }) => LogSource {
                from: from.0,
                writer: writer.map(|writer| match writer {
                    LogWriter::Backend => Hop::Backend,
                    LogWriter::Auth => Hop::Auth,
                    LogWriter::Edge => Hop::Edge,
                }),
            },
        }
    }
}

fn secret_origin(text: &str) -> Result<SecretOrigin, String> {
    match text.split_once(':') {
        Some(("env", name)) if environment_name(name) => Ok(SecretOrigin::Env(name.to_owned())),
        Some(("file", path)) if !path.is_empty() => Ok(SecretOrigin::File(PathBuf::from(path))),
        Some(("command", words)) => command(words).map(SecretOrigin::Command),
        // The message does not quote the text, which may be the secret.
        _ => Err(format!("{NOT_A_SECRET_SOURCE}: `env:NAME`, `file:PATH` or `command:[\"program\", \"argument\"]`")),
    }
}

fn environment_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn evidence(text: &str) -> Result<EvidenceLocation, String> {
    match text.split_once(':') {
        Some(("file", path)) if !path.is_empty() => Ok(EvidenceLocation::File(PathBuf::from(path))),
        Some(("http" | "https", _)) => evidence(&format!("url:{text}")),
        Some(("url", url)) => match Url::parse(url) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(EvidenceLocation::Url(url)),
            _ => Err(format!("`{url}` is not an http or https URL")),
        },
        Some(("command", words)) => command(words).map(EvidenceLocation::Command),
        _ => Err(format!("`{text}` is not one of `file:PATH`, `url:http://…`, `command:[\"program\", \"argument\"]`")),
    }
}

fn command(words: &str) -> Result<Vec<String>, String> {
    match serde_json::from_str::<Vec<String>>(words) {
        Ok(words) if words.first().is_some_and(|program| !program.is_empty()) => Ok(words),
        _ => Err("`command:` needs a JSON array of strings that begins with the program: `command:[\"cat\", \"x\"]`"
            .to_owned()),
    }
}

impl SecretText {
    /// Makes a relative path relative to this folder, also that of a program.
    pub(crate) fn root(&mut self, folder: &Path) {
        match &mut self.0 {
            SecretOrigin::File(path) => *path = folder.join(&*path),
            SecretOrigin::Command(words) => root_program(words, folder),
            SecretOrigin::Env(_) | SecretOrigin::Held(_) => {}
        }
    }
}

impl EvidenceText {
    /// Makes a relative path relative to this folder, also that of a program.
    pub(crate) fn root(&mut self, folder: &Path) {
        match &mut self.0 {
            EvidenceLocation::File(path) => *path = folder.join(&*path),
            EvidenceLocation::Command(words) => root_program(words, folder),
            EvidenceLocation::Url(_) => {}
        }
    }
}

/// Makes the path of a program relative to this folder. A name without a slash is looked up in `PATH`.
fn root_program(words: &mut [String], folder: &Path) {
    let Some(program) = words.first_mut().filter(|program| program.contains('/')) else { return };
    if let Some(rooted) = folder.join(&*program).to_str() {
        *program = rooted.to_owned();
    }
}
