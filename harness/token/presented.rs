//! A token as it is presented: held as a secret from the moment it exists. Sits in `token`; `probe` puts it on the wire.

use secrecy::{ExposeSecret as _, SecretString};

use crate::redact::Redactor;
use crate::terms::TokenKind;

/// A token of a known kind. Its `Debug` shows the kind alone.
#[derive(Debug, Clone)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
}

impl Token {
    /// Takes over a token, minted here or issued by the auth service, and registers it with the redactor.
    #[must_use]
    pub fn new(kind: TokenKind, text: String, redactor: &Redactor) -> Self {
        redactor.register_token(kind, &text);
        Self { kind, text: SecretString::from(text) }
    }

    /// What kind it is.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The token itself, for the wire and for `fivewhys mint`. Empty for the kind `none`.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}
