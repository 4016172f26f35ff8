//! A token that a probe presents.

use secrecy::{ExposeSecret as _, SecretString};

use crate::redact::Redactor;
use crate::terms::TokenKind;

/// A token of a known kind. Its `Debug` shows the kind only.
#[derive(Debug, Clone)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
}

impl Token {
    /// Takes a token that was just made, and registers it with the redactor.
    pub(super) fn new(kind: TokenKind, text: String, redactor: &Redactor) -> Self {
        redactor.register_new_token(kind, &text);
        Self { kind, text: SecretString::from(text) }
    }

    /// Returns the kind.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// Returns the token itself, for requests and for `fivewhys mint`. Empty for the kind `none`.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }
}
