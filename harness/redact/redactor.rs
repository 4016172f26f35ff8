//! The one type that redacts. Sits in `redact`; `token` registers with it, `probe`, `evidence` and `cli` clean with it.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use secrecy::{ExposeSecret as _, SecretString};

use super::known::{Known, Parts};
use super::replacing::replace;
use super::shapes;
use crate::terms::TokenKind;

/// Replaces every registered secret and token, in any encoding it may come back in, by `<secret:LABEL>` or `<token:KIND>`, and
/// whatever else looks like a credential by `<jwt>` or `Bearer <redacted>`.
///
/// Encodings: raw; base64 (both alphabets, padded or not, at any offset in a longer encoded text); hex in either case; percent-encoding
/// and JSON string escapes of any of its characters, one within the other. Of each of these, except for values of under 12 characters, also
/// a part (16 characters in a row, 12 of a secret of 24 and more), wrapped by white space, quotes, commas, backslashes or tags, forwards
/// or backwards. A clone shares the registered values.
#[derive(Clone, Default)]
pub struct Redactor {
    known: Arc<RwLock<Known>>,
}

impl Redactor {
    /// A redactor that knows no value yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this secret is replaced by `<secret:LABEL>`.
    pub fn register_secret(&self, label: &str, secret: &SecretString) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_secret(secret.expose_secret(), &format!("<secret:{label}>").into());
    }

    /// From now on this token, and each part of it if it is a JWT, is replaced by `<token:KIND>`. The header of a JWT, which many
    /// tokens share, becomes `<jwt-header>` where it stands without the rest.
    pub fn register_token(&self, kind: TokenKind, token: &str) {
        let mark: Arc<str> = format!("<token:{kind}>").into();
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.insert_token(token, &mark);
    }

    /// The text without any credential.
    #[must_use]
    pub fn clean(&self, text: &str) -> String {
        self.clean_bytes_lossy(text.as_bytes())
    }

    /// The bytes without any credential, as text; what is not UTF-8 becomes U+FFFD, after the replacing.
    #[must_use]
    pub fn clean_bytes_lossy(&self, bytes: &[u8]) -> String {
        self.replaced(bytes, Parts::Too)
    }

    /// Our own text, a whole report for example, without any credential as a whole. Parts are left: a secret may be made of words that
    /// the report has too, and what others wrote was cleaned when it was kept.
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
