//! Short texts that hold no credential, remembered: names of headers and usual values come with every response.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

/// The shortest token, and the shortest part of one, that is searched for is longer than a remembered text.
const SHORT: usize = 15;
/// How many texts are remembered.
const MOST: usize = 4096;

/// Texts of at most 15 bytes that hold no credential. A clone shares them.
#[derive(Clone, Default)]
pub(super) struct Plain(Arc<RwLock<HashSet<Box<[u8]>>>>);

impl Plain {
    /// Reports whether the text is known to hold no credential.
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        text.len() <= SHORT && self.0.read().unwrap_or_else(PoisonError::into_inner).contains(text)
    }

    /// Remembers a text that holds no credential, if it is short.
    pub(super) fn add(&self, text: &[u8]) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if text.len() <= SHORT && known.len() < MOST {
            known.insert(text.into());
        }
    }

    /// Forgets all texts, because a secret was registered that one of them may hold.
    pub(super) fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Forgets all texts if one of them may hold this token or a part of it.
    pub(super) fn forget_for(&self, token: &str) {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_long = |part: &str| part.is_empty() || part.len() > SHORT;
        if !(token.bytes().all(is_usual) && token.split('.').all(is_long)) {
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::SecretString;

    use crate::redact::Redactor;
    use crate::terms::TokenKind;

    #[test]
    fn a_secret_is_found_in_a_text_that_was_plain_before() {
        let redactor = Redactor::new();
        assert_eq!(redactor.clean("a hunter2"), "a hunter2");
        redactor.register_secret("password", &SecretString::from("hunter2"));
        assert_eq!(redactor.clean("a hunter2"), "a <secret:password>");
    }

    #[rstest]
    #[case::opaque("short-token", "short-token", "<token:issued>")]
    #[case::part("aaaaaaaaaaaaaaaaaaaa.bbbbbbbbb.cccccccccccccccccc", "bbbbbbbbb", "<token:issued>")]
    #[case::escaped("a%74oken%2Dof%2Dsix", "atoken-of-six", "<token:issued>")]
    fn a_token_is_found_in_a_text_that_was_plain_before(#[case] token: &str, #[case] text: &str, #[case] clean: &str) {
        let redactor = Redactor::new();
        redactor.register_token(TokenKind::Issued, "aaaaaaaaaaaaaaaaaaaa");
        assert_eq!(redactor.clean(text), text);
        redactor.register_token(TokenKind::Issued, token);
        assert_eq!(redactor.clean(text), clean);
    }
}
