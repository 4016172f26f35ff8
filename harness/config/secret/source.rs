//! The sources of a target's secrets and evidence.

use std::fmt;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use crate::terms::Hop;

/// The ordered sources of one secret. The first that is not empty is used, trimmed.
#[derive(Debug, Clone)]
pub struct SecretSource {
    /// What the secret is for, for error messages: `the signing secret of target staging`.
    pub purpose: String,
    /// The minimum length in bytes. A shorter secret is an error. 0 for no limit, as for a password.
    pub min_bytes: usize,
    /// The sources in order.
    pub sources: Vec<SecretOrigin>,
}

/// One source of a secret.
#[derive(Debug, Clone)]
pub enum SecretOrigin {
    /// `env:NAME`.
    Env(String),
    /// `file:PATH`, relative to the target file.
    File(PathBuf),
    /// `command:["program", "arg", …]`: standard output.
    Command(Vec<String>),
    /// A secret in memory: that of a twin in this process.
    Held(SecretString),
}

/// How a service identifies itself to the auth service.
#[derive(Debug, Clone)]
pub struct CallerIdentity {
    /// How the request carries id and secret.
    pub scheme: CallerScheme,
    /// The id of the service whose credentials we may use. Empty for a scheme without ids.
    pub id: String,
    /// The secret of that service.
    pub secret: SecretSource,
}

/// How a request carries the credentials of the calling service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallerScheme {
    /// Two headers: one for the id and one for the secret.
    Headers {
        /// The header that carries the id.
        id: String,
        /// The header that carries the secret.
        secret: String,
    },
    /// HTTP Basic (RFC 7617), with the id as user.
    Basic,
    /// A bearer token (RFC 6750), without id.
    Bearer,
    /// An API key in this header, without id.
    ApiKey(String),
}

impl CallerScheme {
    /// Reports whether a request names the id of the calling service.
    #[must_use]
    pub const fn has_id(&self) -> bool {
        matches!(self, Self::Headers { .. } | Self::Basic)
    }

    /// Reports whether it uses the header `Authorization`.
    #[must_use]
    pub const fn takes_authorization(&self) -> bool {
        matches!(self, Self::Basic | Self::Bearer)
    }
}

/// The location of one piece of evidence.
#[derive(Debug, Clone)]
pub enum EvidenceLocation {
    /// `file:PATH`.
    File(PathBuf),
    /// `url:http://…`. The host must be loopback or one of the target's.
    Url(Url),
    /// `command:["gcloud", …]`: standard output.
    Command(Vec<String>),
}

impl fmt::Display for EvidenceLocation {
    /// Writes how messages call it: a file by its path, a URL without its query, a command by its program.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) => f.write_str(url.as_str().split(['?', '#']).next().unwrap_or_default()),
            Self::Command(words) => write!(f, "`{}`", words.first().map_or("", String::as_str)),
        }
    }
}

/// A log that a target names.
#[derive(Debug, Clone)]
pub struct LogSource {
    /// Its location.
    pub from: EvidenceLocation,
    /// The component that wrote all of it. `None`: its lines tell.
    pub writer: Option<Hop>,
}

impl LogSource {
    /// Reports whether it is a file: its content does not grow while a run waits for it.
    pub(crate) const fn is_file(&self) -> bool {
        matches!(self.from, EvidenceLocation::File(_))
    }
}

impl From<EvidenceLocation> for LogSource {
    fn from(from: EvidenceLocation) -> Self {
        Self { from, writer: None }
    }
}
