//! Texts that hold no credential, remembered: names of headers and usual values come with every response.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The shortest token, and the shortest part of one, that is searched for is longer than a short text.
const SHORT: usize = 15;
/// The longest text that is remembered, in bytes.
const LONG: usize = 256;
/// How many short texts are remembered, and how many longer ones.
const MOST: usize = 4096;

/// Texts that hold no credential. A clone shares them.
#[derive(Clone, Default)]
pub(super) struct Plain(Arc<RwLock<Texts>>);

#[derive(Default)]
struct Texts {
    short: HashSet<Box<[u8]>>,
    longer: HashSet<Box<[u8]>>,
}

impl Plain {
    /// Reports whether the text is known to hold no credential.
    pub(super) fn holds(&self, text: &[u8]) -> bool {
        let texts = self.read();
        let texts = if text.len() <= SHORT { &texts.short } else { &texts.longer };
        text.len() <= LONG && texts.contains(text)
    }

    /// Remembers a text that holds no credential, unless it is too long.
    pub(super) fn add(&self, text: &[u8]) {
        if text.len() > LONG {
            return;
        }
        let mut texts = self.write();
        let texts = if text.len() <= SHORT { &mut texts.short } else { &mut texts.longer };
        if texts.len() < MOST {
            texts.insert(text.into());
        }
    }

    /// Forgets all texts, because a secret was registered that one of them may hold.
    pub(super) fn forget(&self) {
        *self.write() = Texts::default();
    }

    /// Forgets the texts that may hold this token or a part of it.
    pub(super) fn forget_for(&self, token: &str) {
        let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_long = |part: &str| part.is_empty() || part.len() > SHORT;
        if token.bytes().all(is_usual) && token.split('.').all(is_long) {
            self.write().longer.clear();
        } else {
            self.forget();
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Texts> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Texts> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
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
    #[case::in_a_longer_text("qwertyuiopasdfghjklz", "x qwertyuiopasdfghjklz y", "x <token:issued> y")]
    fn a_token_is_found_in_a_text_that_was_plain_before(#[case] token: &str, #[case] text: &str, #[case] clean: &str) {
        let redactor = Redactor::new();
        redactor.register_token(TokenKind::Issued, "aaaaaaaaaaaaaaaaaaaa");
        assert_eq!(redactor.clean(text), text);
        redactor.register_token(TokenKind::Issued, token);
        assert_eq!(redactor.clean(text), clean);
    }

    #[test]
    fn a_new_token_leaves_the_texts_before_it_remembered() {
        let redactor = Redactor::new();
        redactor.register_new_token(TokenKind::Valid, "aaaaaaaaaaaaaaaaaaaa");
        assert_eq!(redactor.clean("text/html; charset=utf-8"), "text/html; charset=utf-8");
        redactor.register_new_token(TokenKind::Valid, "qwertyuiopasdfghjklz");
        assert!(redactor.plain.holds(b"text/html; charset=utf-8"));
        assert_eq!(redactor.clean("x qwertyuiopasdfghjklz y"), "x <token:valid> y");
    }
}
