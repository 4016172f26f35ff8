//! A token that only the auth service can make, for whoever wants to look at one. Sits in `run`; `cli mint` asks for it.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use super::prober_with;
use crate::config::{SecretError, Target};
use crate::probe::{CannotProbe, SetupError};
use crate::redact::Redactor;
use crate::run::context::credentials::RunCredentials;
use crate::terms::TokenKind;

/// Why there is none.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum IssueError {
    /// A secret is missing or too short.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// The prober cannot be set up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Setup(#[from] SetupError),
    /// The auth service gives none.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refused(#[from] CannotProbe),
}

/// Has the auth service mint a token (of the kind `revoked`: and log it out), within the target's run budget.
///
/// # Errors
/// When the target has no way to, or the auth service does otherwise.
pub async fn issue(target: &Arc<Target>, kind: TokenKind, user: &str) -> Result<SecretString, IssueError> {
    let redactor = Redactor::new();
    let credentials = RunCredentials::read(target, &redactor, None)?;
    let deadline = tokio::time::Instant::now() + target.budget.run;
    let (prober, _) = prober_with(credentials, target, &redactor, deadline)?;
    Ok(prober.session().issued_token(kind, user).await?)
}
