//! Mints tokens for known test users. Sits in `token`; the only place that holds the signing secret.

use std::fmt;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Token, TokenKind};
use crate::redact::Redactor;
use crate::target::{Claims, SecretError, Target, User};

/// How far the times of `expired` and `not-yet-valid` tokens lie from now: an hour, beyond any leeway.
const HOUR: i64 = 3600;

/// The key of `wrong-key` tokens: 32 bytes, 244 of their bits random, fresh for each process.
static WRONG_KEY: LazyLock<[u8; 32]> = LazyLock::new(|| {
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    key
});

/// Mints tokens of one target.
#[derive(Clone)]
pub struct Minter {
    claims: Claims,
    secret: SecretString,
    redactor: Redactor,
}

/// Why a token cannot be minted.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum MintError {
    /// `issued`: only the auth service can mint it.
    #[error("a token of kind `issued` needs the network: the auth service mints it")]
    #[diagnostic(code(fivewhys::token::needs_network))]
    NeedsNetwork,
    /// `revoked`: the target knows no way to log out.
    #[error("a token of kind `revoked` needs a logout surface, and targets cannot describe one")]
    #[diagnostic(code(fivewhys::token::needs_logout))]
    NeedsLogout,
    /// The signature could not be made.
    #[error("the token cannot be signed")]
    #[diagnostic(code(fivewhys::token::sign))]
    Sign(#[source] jsonwebtoken::errors::Error),
}

impl Minter {
    /// Reads the target's signing secret and registers it with the redactor. Blocks, see [`crate::target::SecretSource::read`].
    ///
    /// # Errors
    /// When there is no signing secret of 32 bytes or more.
    pub fn new(target: &Target, redactor: Redactor) -> Result<Self, SecretError> {
        let secret = target.signing_secret.read()?;
        redactor.register_secret("signing", &secret);
        Ok(Self { claims: target.claims.clone(), secret, redactor })
    }

    /// A fresh token (its own `jti`) of this kind for this user, registered with the redactor. `none` gives an empty one.
    ///
    /// `iat` is the current whole second, never rounded up: the real auth service verifies with zero leeway (contract 8.2, row 7).
    ///
    /// # Errors
    /// For the kinds that cannot be made locally: `issued` and `revoked`.
    pub fn mint(&self, kind: TokenKind, user: &User) -> Result<Token, MintError> {
        let jwt = match kind {
            TokenKind::Issued => return Err(MintError::NeedsNetwork),
            TokenKind::Revoked => return Err(MintError::NeedsLogout),
            TokenKind::None => String::new(),
            TokenKind::Malformed => format!("malformed-{}", Uuid::new_v4().simple()),
            TokenKind::AlgNone => unsigned(&self.claims(kind, user)),
            TokenKind::WrongKey => sign(&self.claims(kind, user), WRONG_KEY.as_slice())?,
            _ => sign(&self.claims(kind, user), self.secret.expose_secret().as_bytes())?,
        };
        Ok(Token::new(kind, jwt, &self.redactor))
    }

    /// Whether our signing secret verifies this token's HS256 signature. Claims are ignored.
    #[must_use]
    pub fn verifies(&self, jwt: &str) -> bool {
        let mut signature_only = Validation::new(Algorithm::HS256);
        signature_only.required_spec_claims.clear();
        signature_only.validate_exp = false;
        signature_only.validate_aud = false;
        let key = DecodingKey::from_secret(self.secret.expose_secret().as_bytes());
        jsonwebtoken::decode::<Value>(jwt, &key, &signature_only).is_ok()
    }

    /// The same target with another lifetime of valid tokens.
    #[must_use]
    pub fn with_ttl(mut self, ttl: std::time::Duration) -> Self {
        self.claims.ttl = ttl;
        self
    }

    fn claims(&self, kind: TokenKind, user: &User) -> Map<String, Value> {
        let ttl = i64::try_from(self.claims.ttl.as_secs()).unwrap_or(i64::MAX / 4);
        let now = Timestamp::now().as_second();
        let iat = match kind {
            TokenKind::Expired => now - HOUR - ttl,
            TokenKind::NotYetValid => now + HOUR,
            _ => now,
        };
        let mut claims = self.claims.extra.clone();
        let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        put("sub", json!(user.sub));
        put("email", json!(user.email));
        put("permissions", json!(user.permissions));
        put("iat", json!(iat));
        put("exp", json!(iat + ttl));
        put("jti", json!(Uuid::new_v4().to_string()));
        put("iss", json!(self.claims.iss));
        for (name, value) in self.optional() {
            put(name, json!(value));
        }
        spoil(&mut claims, kind, iat);
        claims
    }

    fn optional(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let Claims { aud, token_type, r#type, .. } = &self.claims;
        [("aud", aud), ("token_type", token_type), ("type", r#type)]
            .into_iter()
            .filter_map(|(n, v)| Some((n, v.as_ref()?)))
    }
}

/// Makes the one claim wrong that the kind is named after.
fn spoil(claims: &mut Map<String, Value>, kind: TokenKind, iat: i64) {
    let mut put = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    match kind {
        TokenKind::NotYetValid => put("nbf", json!(iat)),
        TokenKind::WrongIssuer => put("iss", json!("https://issuer.invalid")),
        TokenKind::WrongAudience => put("aud", json!("https://audience.invalid")),
        TokenKind::UnknownUser => {
            let nobody = format!("nobody-{}", Uuid::new_v4().simple());
            put("email", json!(format!("{nobody}@example.invalid")));
            put("sub", json!(nobody))
        }
        _ => None,
    };
}

fn sign(claims: &Map<String, Value>, key: &[u8]) -> Result<String, MintError> {
    jsonwebtoken::encode(&Header::new(Algorithm::HS256), claims, &EncodingKey::from_secret(key))
        .map_err(MintError::Sign)
}

fn unsigned(claims: &Map<String, Value>) -> String {
    let encode = |text: String| URL_SAFE_NO_PAD.encode(text);
    format!(
        "{}.{}.",
        encode(json!({"typ": "JWT", "alg": "none"}).to_string()),
        encode(Value::from(claims.clone()).to_string())
    )
}

impl fmt::Debug for Minter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Minter").field("iss", &self.claims.iss).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "mint_tests.rs"]
mod tests;
