//! Sources of secrets and of evidence, as written in a target file.

use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _};
use url::Url;

use crate::config::{EvidenceLocation, SecretOrigin};
use crate::document::error::NOT_A_SECRET_SOURCE;
use crate::document::values::written_as_text;

written_as_text! {
    /// `env:NAME`, `file:PATH` or `command:["program", "arg"]`.
    SecretText(SecretOrigin) like "^(env:|file:|command:\\[)" = secret_origin
}
written_as_text! {
    /// `file:PATH`, `url:http://…` or `command:["program", "arg"]`.
    EvidenceText(EvidenceLocation) like "^(file:|url:|https?:|command:\\[)" = evidence
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
    /// Makes a relative path relative to this folder.
    pub(crate) fn root(&mut self, folder: &Path) {
        if let SecretOrigin::File(path) = &mut self.0 {
            *path = folder.join(&*path);
        }
    }
}

impl EvidenceText {
    /// Makes a relative path relative to this folder.
    pub(crate) fn root(&mut self, folder: &Path) {
        if let EvidenceLocation::File(path) = &mut self.0 {
            *path = folder.join(&*path);
        }
    }
}
