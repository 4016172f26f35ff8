//! What `probe` needs of secrets, as a trait: it never reads a secret source and never signs.

use std::sync::Arc;

use secrecy::SecretString;

use crate::config::User;
use crate::terms::TokenKind;

/// Cleans text of every secret and token known so far.
pub type Redact = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// The credentials a prober may present. Whatever it hands out must be known to [`Redact`] before it returns.
pub trait Credentials: Send + Sync {
    /// A fresh token of this kind (never `none`, never `issued`) for the user.
    ///
    /// # Errors
    /// When the kind cannot be made: no signing secret, no way to revoke.
    fn token(&self, kind: TokenKind, user: &User) -> Result<SecretString, CredentialError>;

    /// Whether the target's signing secret, as we hold it, verifies this token's signature.
    fn verifies(&self, jwt: &str) -> bool;

    /// Makes a token that the system under test has minted known to [`Redact`].
    fn learn(&self, kind: TokenKind, token: &str);

    /// The secret with which we identify ourselves to the auth service as the target's caller.
    ///
    /// # Errors
    /// When no source holds it.
    fn service_secret(&self) -> Result<SecretString, CredentialError>;

    /// A secret of a user, by its name in the target.
    ///
    /// # Errors
    /// When the user has no such secret, or no source holds it.
    fn user_secret(&self, user: &User, name: &str) -> Result<SecretString, CredentialError>;
}

/// Why a credential cannot be had, in words that hold no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CredentialError(pub String);
