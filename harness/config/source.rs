//! Where a target's secrets and evidence come from. Sits in `target`; `secret` reads the one, `evidence` the other.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

/// Ordered sources of one secret: the first that is not empty wins, trimmed.
#[derive(Debug, Clone)]
pub struct SecretSource {
    /// What the secret is for, for error messages: `the signing secret of target staging`.
    pub purpose: String,
    /// Under this many bytes is an error that names the source. 0: no lower limit (a password).
    pub min_bytes: usize,
    /// The sources in order.
    pub sources: Vec<SecretOrigin>,
}

/// One place a secret can come from.
#[derive(Debug, Clone)]
pub enum SecretOrigin {
    /// `env:NAME`.
    Env(String),
    /// `file:PATH`, relative to the target file.
    File(PathBuf),
    /// `command:["program", "arg", …]`: standard output.
    Command(Vec<String>),
    /// Held already: the twin's, booted in this process.
    Held(SecretString),
}

/// How a service identifies itself to the auth service.
#[derive(Debug, Clone)]
pub struct CallerIdentity {
    /// The header that carries the id.
    pub id_header: String,
    /// The header that carries the secret.
    pub secret_header: String,
    /// The id of the service we may speak for.
    pub id: String,
    /// Its secret.
    pub secret: SecretSource,
}

/// Where a piece of evidence is read from.
#[derive(Debug, Clone)]
pub enum EvidenceLocation {
    /// `file:PATH`.
    File(PathBuf),
    /// `url:http://…`; only loopback hosts and hosts of the target.
    Url(Url),
    /// `command:["gcloud", …]`: standard output.
    Command(Vec<String>),
}
