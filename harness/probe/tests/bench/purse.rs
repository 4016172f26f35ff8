//! Credentials that a test can find wherever they leak.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;

use crate::config::User;
use crate::probe::{CredentialError, Credentials, Redact};
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

pub(crate) const SERVICE_SECRET: &str = "the-service-secret-of-the-backend";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Mints tokens that contain their kind, and redacts every one of them.
#[derive(Default)]
pub(crate) struct Purse {
    known: Mutex<Vec<(String, String)>>,
    minted: AtomicU32,
}

impl Purse {
    fn remember(&self, text: &str, label: &str) {
        let mut known = self.known.lock().unwrap();
        known.push((text.to_owned(), label.to_owned()));
        known.push((URL_SAFE_NO_PAD.encode(text), label.to_owned()));
    }

    /// Returns every text that must never be recorded.
    pub(crate) fn known(&self) -> Vec<String> {
        self.known.lock().unwrap().iter().map(|(text, _)| text.clone()).collect()
    }
}

impl Redact for Purse {
    fn text(&self, text: &str) -> String {
        let known = self.known.lock().unwrap();
        known.iter().fold(text.to_owned(), |text, (secret, label)| text.replace(secret.as_str(), label))
    }

    fn pieces(&self, pieces: &[&str]) -> Vec<String> {
        pieces.iter().map(|piece| self.text(piece)).collect()
    }
}

impl Credentials for Purse {
    fn token(&self, kind: TokenKind, user: &User) -> Result<SecretString, CredentialError> {
        if kind == TokenKind::Revoked {
            return Err(CredentialError("nothing revokes here".to_owned()));
        }
        let token = format!("{}.{kind}.n{}z", user.name, self.minted.fetch_add(1, Ordering::Relaxed));
        self.remember(&token, &format!("<token:{kind}>"));
        Ok(token.into())
    }

    fn forged(&self, kind: TokenKind, issued: &str) -> Option<SecretString> {
        let token = format!("{issued}.{kind}");
        self.remember(&token, &format!("<token:{kind}>"));
        issued.contains('.').then(|| token.into())
    }

    fn read_issued(&self, jwt: &str) -> IssuedJwt {
        IssuedJwt { with_our_secret: Some(jwt.starts_with("ours.")), ..IssuedJwt::default() }
    }

    fn conceal(&self, label: &str, value: &str) {
        self.remember(value, &format!("<secret:{label}>"));
    }

    fn learn(&self, kind: TokenKind, token: &str) {
        self.remember(token, &format!("<token:{kind}>"));
    }

    fn service_secret(&self) -> Result<SecretString, CredentialError> {
        self.remember(SERVICE_SECRET, "<secret>");
        Ok(SERVICE_SECRET.into())
    }

    fn user_secret(&self, _: &User, name: &str) -> Result<SecretString, CredentialError> {
        if name != "password" {
            return Err(CredentialError(format!("no secret `{name}`")));
        }
        self.remember(PASSWORD, "<secret>");
        Ok(PASSWORD.into())
    }
}
