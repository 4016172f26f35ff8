//! The sources of a target's secrets and evidence.

use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

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
    /// The header that carries the id.
    pub id_header: String,
    /// The header that carries the secret.
    pub secret_header: String,
    /// The id of the service whose credentials we may use.
    pub id: String,
    /// The secret of that service.
    pub secret: SecretSource,
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
