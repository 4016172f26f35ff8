//! Reads a secret from the first of its sources that is not empty.
//!
//! - `source`: the sources of secrets and evidence

pub(crate) mod source;

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{SecretOrigin, SecretSource};
use crate::host::blocking::within;
use crate::host::command::{self, CommandError};
use crate::host::environment;

/// The time limit of a command, and of a file, which may be a pipe.
const DEADLINE: Duration = Duration::from_secs(10);
/// The maximum size of a secret, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Why a secret could not be read. The message names sources and never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, miette::Diagnostic)]
pub enum SecretError {
    /// The first source that is not empty holds too few bytes.
    #[error("{origin} gives {bytes} bytes, at least {least} are needed ({purpose})")]
    #[diagnostic(
        code(fivewhys::secret::too_short),
        help("the first source that is not empty is used; later sources are not tried")
    )]
    TooShort {
        /// What the secret is for.
        purpose: String,
        /// The source.
        origin: String,
        /// The number of bytes it gave, trimmed.
        bytes: usize,
        /// The number of bytes needed.
        least: usize,
    },
    /// The secret is not a key of the target's algorithm. The message quotes nothing of it.
    #[error("{purpose}, line {line} of the PEM: {why}")]
    #[diagnostic(
        code(fivewhys::secret::not_a_key),
        help("`algorithm` of the target says which key is needed: HS256 takes a shared secret")
    )]
    NotAKey {
        /// What the key is for.
        purpose: String,
        /// The line of the secret, from 1.
        line: usize,
        /// The mistake in that line.
        why: &'static str,
    },
    /// No source gave a secret.
    #[error("{purpose} was not found{}", list(tried))]
    #[diagnostic(code(fivewhys::secret::not_found), help("set one of the sources, or name another in the target file"))]
    NotFound {
        /// What the secret is for.
        purpose: String,
        /// The sources in order, each with the reason for its failure: `env:JWT_SECRET (unset)`.
        tried: Vec<String>,
    },
}

fn list(tried: &[String]) -> String {
    if tried.is_empty() {
        ": the target names no source for it".to_owned()
    } else {
        format!(": tried {}", tried.join(", "))
    }
}

impl SecretSource {
    /// Returns the first secret that is not empty, trimmed. Blocks on files and on commands, for at most 10 s each.
    ///
    /// # Errors
    /// [`SecretError::TooShort`] when that secret has fewer than `min_bytes` bytes. [`SecretError::NotFound`] when no
    /// source gives one.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        self.read_with(&environment::variable)
    }

    fn read_with(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<SecretString, SecretError> {
        let mut tried = Vec::new();
        for origin in &self.sources {
            match origin.value(environment) {
                Ok(secret) => return self.long_enough(origin, secret),
                Err(nothing) => tried.push(format!("{origin} ({nothing})")),
            }
        }
        Err(SecretError::NotFound { purpose: self.purpose.clone(), tried })
    }

    fn long_enough(&self, origin: &SecretOrigin, secret: SecretString) -> Result<SecretString, SecretError> {
        let (bytes, least) = (secret.expose_secret().len(), self.min_bytes);
        if bytes < least {
            let (purpose, origin) = (self.purpose.clone(), origin.to_string());
            return Err(SecretError::TooShort { purpose, origin, bytes, least });
        }
        Ok(secret)
    }
}

/// Why one source gave no secret.
#[derive(Debug, thiserror::Error)]
enum Nothing {
    #[error("unset")]
    Unset,
    #[error("empty")]
    Empty,
    #[error("not UTF-8")]
    NotText,
    #[error("no such file")]
    NoFile,
    #[error("cannot be read: {0}")]
    Unreadable(io::ErrorKind),
    #[error("over {LARGEST} bytes")]
    TooLarge,
    #[error(transparent)]
    Command(#[from] CommandError),
}

impl SecretOrigin {
    /// Returns the trimmed value, which is never empty.
    fn value(&self, environment: &dyn Fn(&str) -> Option<OsString>) -> Result<SecretString, Nothing> {
        let text = match self {
            Self::Env(name) => environment(name).ok_or(Nothing::Unset)?.into_string().map_err(|_| Nothing::NotText)?,
            Self::File(path) => read_file(path)?,
            Self::Command(words) => text(command::run(words, LARGEST, DEADLINE)?)?,
            Self::Held(secret) => secret.expose_secret().to_owned(),
        };
        match text.trim() {
            "" => Err(Nothing::Empty),
            trimmed => Ok(SecretString::from(trimmed)),
        }
    }
}

fn read_file(path: &Path) -> Result<String, Nothing> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Nothing::NoFile,
        kind => Nothing::Unreadable(kind),
    };
    let owned = path.to_owned();
    // A pipe may have no writer.
    let read = within(Instant::now() + DEADLINE, move || {
        let mut bytes = Vec::new();
        File::open(owned)?.take(LARGEST + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    let bytes = read.map_err(|_| Nothing::Unreadable(io::ErrorKind::TimedOut))?.map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST { Err(Nothing::TooLarge) } else { text(bytes) }
}

fn text(bytes: Vec<u8>) -> Result<String, Nothing> {
    String::from_utf8(bytes).map_err(|_| Nothing::NotText)
}

impl fmt::Display for SecretOrigin {
    /// Shows the source as in the target file. Shows only the program of a command, because an argument may be a
    /// secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env:{name}"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::Command(words) => write!(f, "command:{}", words.first().map_or("", String::as_str)),
            Self::Held(_) => f.write_str("the twin"),
        }
    }
}

#[cfg(test)]
mod tests;
