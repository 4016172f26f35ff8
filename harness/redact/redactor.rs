//! The type that registers secrets and removes them from texts.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

use super::known::{Known, Parts};
use super::replacing::replace;
use super::shapes;
use crate::terms::TokenKind;

/// Replaces every registered secret by `<secret:LABEL>` and every registered token by `<token:KIND>`. Replaces other
/// text that looks like a credential by `<jwt>` or `Bearer <redacted>`. A clone shares the registered values.
///
/// Finds a value in these encodings: raw; base64 in both alphabets, with or without padding, at any offset; hex in
/// either case; with any characters percent-encoded or escaped as in JSON, also one within the other.
///
/// Also finds a part of a value of at least 12 characters: 16 consecutive characters, or 12 of a secret of at least 24
/// characters. White space, quotes, commas, backslashes or tags may interrupt the part, and it may be reversed.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

impl Redactor {
    /// Returns a redactor without registered values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Registers a secret. It is replaced by `<secret:LABEL>` from now on.
    pub fn register_secret(&self, label: &str, secret: &SecretString) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_secret(secret.expose_secret(), &format!("<secret:{label}>").into());
    }

    /// Registers a token. It is replaced by `<token:KIND>` from now on, and so are the payload and signature of a JWT.
    /// The header of a JWT, which many tokens share, becomes `<jwt-header>` when it stands alone.
    pub fn register_token(&self, kind: TokenKind, token: &str) {
        let mark: Arc<str> = format!("<token:{kind}>").into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_token(token, &mark);
    }

    /// Returns the text without credentials.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.clean_bytes_lossy(text.as_bytes())
    }

    /// Returns the bytes without credentials, as text. Bytes that are not UTF-8 become U+FFFD.
    #[must_use]
    pub fn clean_bytes_lossy(&self, bytes: &[u8]) -> String {
        self.replaced(bytes, Parts::Too)
    }

    /// Returns our own text, such as a report, without whole credentials. Keeps parts, because a secret may consist of
    /// words that the report uses. Text from outside must be cleaned with [`Redactor::clean`] when it is stored.
    #[must_use]
    pub fn clean_own(&self, text: &str) -> String {
        self.replaced(text.as_bytes(), Parts::No)
    }

    fn replaced(&self, bytes: &[u8], parts: Parts) -> String {
        let found = self.known.read().unwrap_or_else(PoisonError::into_inner).find(bytes, parts);
        let replaced = replace(bytes, found);
        String::from_utf8_lossy(&shapes::clean(&replaced)).into_owned()
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Redactor").field("secrets", &known.secrets).field("tokens", &known.tokens).finish()
    }
}

#[cfg(test)]
mod fragment_tests;
#[cfg(test)]
mod tests;
