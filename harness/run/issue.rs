//! Gets one token from the auth service, for `fivewhys mint`.

use std::sync::Arc;

use secrecy::SecretString;
use thiserror::Error;

use super::prober_with;
use crate::config::{SecretError, Target};
use crate::probe::CannotProbe;
use crate::redact::Redactor;
use crate::run::context::credentials::RunCredentials;
use crate::terms::TokenKind;

/// Why there is no token.
#[derive(Debug, Error, miette::Diagnostic)]
pub enum IssueError {
    /// A secret is missing or too short.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Secret(#[from] SecretError),
    /// The auth service did not issue a token.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refused(#[from] CannotProbe),
}

/// Asks the auth service for a token, and for the kind `revoked` logs it out, within the run budget of the target.
///
/// # Errors
/// When the target has no issuer or logout endpoint, or the auth service does not do it.
pub async fn issue(target: &Arc<Target>, kind: TokenKind, user: &str) -> Result<SecretString, IssueError> {
    let redactor = Redactor::new();
    let credentials = RunCredentials::read(target, &redactor, None)?;
    let deadline = tokio::time::Instant::now() + target.budget.run;
    let prober = prober_with(credentials, target, &redactor, deadline);
    Ok(prober.session().issued_token(kind, user).await?)
}
