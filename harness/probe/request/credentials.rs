//! The secrets that `probe` needs, as a trait. This folder never reads a secret source and never signs a token.

use secrecy::SecretString;

use crate::config::User;
use crate::redact::Redactor;
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

/// Removes every known secret and token.
pub trait Redact: Send + Sync {
    /// Returns the text without them.
    fn text(&self, text: &str) -> String;

    /// Returns the pieces of a stream without them, also without those that lie in several pieces.
    fn pieces(&self, pieces: &[&str]) -> Vec<String>;
}

impl Redact for Redactor {
    fn text(&self, text: &str) -> String {
        self.clean(text)
    }

    fn pieces(&self, pieces: &[&str]) -> Vec<String> {
        self.clean_pieces(pieces)
    }
}

/// The credentials that a prober may present. An implementation must make each one known to [`Redact`] before it
/// returns it.
pub trait Credentials: Send + Sync {
    /// Returns a new token of this kind for the user; never called for `none`, `issued` and `revoked`.
    ///
    /// # Errors
    /// When the token cannot be made, for example without a signing secret.
    fn token(&self, kind: TokenKind, user: &User) -> Result<SecretString, CredentialError>;

    /// Returns a token of the kind `wrong-key` or `alg-none` with the claims of one that the auth service issued. Returns
    /// `None` when that is no JWT.
    fn forged(&self, kind: TokenKind, issued: &str) -> Option<SecretString>;

    /// Reads what a token tells that the auth service issued. Each answer is `None` where it is not known.
    fn read_issued(&self, jwt: &str) -> IssuedJwt;

    /// Makes a value that was made of a secret known to [`Redact`], for example HTTP Basic credentials.
    fn conceal(&self, label: &str, value: &str);

    /// Makes a token that the auth service minted known to [`Redact`].
    fn learn(&self, kind: TokenKind, token: &str);

    /// Returns the secret of the service that the target names as caller of the auth service.
    ///
    /// # Errors
    /// When no source has it.
    fn service_secret(&self) -> Result<SecretString, CredentialError>;

    /// Returns the private key in PEM of the certificate that the target presents to this host, which has one of its own, or
    /// with `None` to every other host. `None`: it presents none.
    fn client_key(&self, _host: Option<&str>) -> Option<SecretString> {
        None
    }

    /// Returns a secret of a user, or else of the target, by its name in the target file.
    ///
    /// # Errors
    /// When neither has such a secret, or no source has it.
    fn user_secret(&self, user: &User, name: &str) -> Result<SecretString, CredentialError>;
}

/// Why a credential is not available. The text contains no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CredentialError(pub String);
