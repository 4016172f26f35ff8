//! The credentials of a pool: each user has one token, which is renewed before it expires.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use crate::config::User;
use crate::probe::{CredentialError, Credentials, Redact};
use crate::run::RunCredentials;
use crate::terms::TokenKind;
use crate::token::IssuedJwt;

/// Credentials with one valid token for each user.
pub(crate) struct PoolCredentials {
    inner: RunCredentials,
    /// How long a token is presented.
    lifetime: Duration,
    tokens: Mutex<HashMap<String, (SecretString, Instant)>>,
}

impl PoolCredentials {
    /// `ttl`: the lifetime of a token.
    pub(crate) fn new(inner: RunCredentials, ttl: Duration) -> Self {
        Self { inner, lifetime: ttl.mul_f64(2.0 / 3.0), tokens: Mutex::default() }
    }
}

impl Credentials for PoolCredentials {
    fn token(&self, kind: TokenKind, user: &User) -> Result<SecretString, CredentialError> {
        if kind != TokenKind::Valid {
            return self.inner.token(kind, user);
        }
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = tokens.get(&user.name)
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let token = self.inner.token(kind, user)?;
        tokens.insert(user.name.clone(), (token.clone(), Instant::now() + self.lifetime));
        Ok(token)
    }

    fn forged(&self, kind: TokenKind, issued: &str) -> Option<SecretString> {
        self.inner.forged(kind, issued)
    }

    fn read_issued(&self, jwt: &str) -> IssuedJwt {
        self.inner.read_issued(jwt)
    }

    fn conceal(&self, label: &str, value: &str) {
        self.inner.conceal(label, value);
    }

    fn learn(&self, kind: TokenKind, token: &str) {
        self.inner.learn(kind, token);
    }

    fn service_secret(&self) -> Result<SecretString, CredentialError> {
        self.inner.service_secret()
    }

    fn client_key(&self, host: Option<&str>) -> Option<SecretString> {
        self.inner.client_key(host)
    }

    fn user_secret(&self, user: &User, name: &str) -> Result<SecretString, CredentialError> {
        self.inner.user_secret(user, name)
    }
}

/// Leaves texts as they are. An exchange is redacted when it is kept: most are not.
pub(crate) struct Later;

impl Redact for Later {
    fn text(&self, text: &str) -> String {
        text.to_owned()
    }

    fn pieces(&self, pieces: &[&str]) -> Vec<String> {
        pieces.iter().map(|piece| (*piece).to_owned()).collect()
    }
}
