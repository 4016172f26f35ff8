//! Mints tokens for known test users. Only this file holds the signing key.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::key::SigningKey;
use super::{KeySet, Published, Token, foreign, malformed};
use crate::config::{Claims, SecretError, Target, User};
use crate::redact::Redactor;
use crate::terms::{Algorithm, TokenKind};

/// The distance in seconds of the times of `expired` and `not-yet-valid` tokens from now. It exceeds the usual clock
/// leeway.
const HOUR: i64 = 3600;

/// Mints tokens for one target.
#[derive(Clone)]
pub struct Minter {
    claims: Claims,
    algorithm: Algorithm,
    key: SigningKey,
    published: Option<KeySet>,
    redactor: Redactor,
}

/// Why a token cannot be minted.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum MintError {
    /// The kind is `issued`: only the auth service can mint it.
    #[error("a token of kind `issued` needs the network: the auth service mints it")]
    #[diagnostic(code(fivewhys::token::needs_network))]
    NeedsNetwork,
    /// The kind is `revoked`: it needs the auth service's login and logout.
    #[error("a token of kind `revoked` needs the network: the auth service mints it and logs it out")]
    #[diagnostic(code(fivewhys::token::needs_logout))]
    NeedsLogout,
    /// Signing failed.
    #[error("the token cannot be signed")]
    #[diagnostic(code(fivewhys::token::sign))]
    Sign(#[source] jsonwebtoken::errors::Error),
    /// The kind is `wrong-key`, and no key could be generated.
    #[error("this machine cannot generate a key for a `wrong-key` token")]
    #[diagnostic(code(fivewhys::token::foreign_key))]
    NoForeignKey,
}

impl Minter {
    /// Reads the target's signing secret and registers it with the redactor. Blocks, see
    /// [`crate::config::SecretSource::read`].
    ///
    /// # Errors
    /// When there is no signing secret of at least 32 bytes, or it is not a key of the target's algorithm.
    pub fn new(target: &Target, redactor: Redactor) -> Result<Self, SecretError> {
        let secret = target.signing_secret.read()?;
        redactor.register_secret("signing", &secret);
        let purpose = || target.signing_secret.purpose.clone();
        let key = SigningKey::read(target.algorithm, secret.expose_secret()).map_err(|flaw| SecretError::NotAKey {
            purpose: purpose(),
            line: flaw.line,
            why: flaw.why,
        })?;
        Ok(Self { claims: target.claims.clone(), algorithm: target.algorithm, key, published: None, redactor })
    }

    /// Returns the minter with the auth service's published keys. Tokens then carry the published id of our key.
    #[must_use]
    pub fn with_published(self, keys: Option<KeySet>) -> Self {
        Self { published: keys, ..self }
    }

    /// Returns whether our public key is published. Returns `None` for a shared secret, or when no key set is known.
    #[must_use]
    pub fn published(&self) -> Option<Published> {
        Some(self.published.as_ref()?.published(self.key.public()?))
    }

    /// Mints a token of this kind for this user, with its own `jti`, and registers it with the redactor. The kind
    /// `none` gives an empty one.
    ///
    /// `iat` is the current second, rounded down, because the auth service may verify it without leeway.
    ///
    /// # Errors
    /// For the kinds `issued` and `revoked`, which need the network, and when signing fails.
    pub fn mint(&self, kind: TokenKind, user: &User) -> Result<Token, MintError> {
        let jwt = match kind {
            TokenKind::Issued => return Err(MintError::NeedsNetwork),
            TokenKind::Revoked => return Err(MintError::NeedsLogout),
            TokenKind::None => String::new(),
            TokenKind::Malformed => return Ok(malformed(&self.redactor)),
            TokenKind::AlgNone => unsigned(&self.claims(kind, user)),
            TokenKind::WrongKey => {
                self.sign(kind, user, foreign::key(self.algorithm).ok_or(MintError::NoForeignKey)?)?
            }
            _ => self.sign(kind, user, &self.key)?,
        };
        Ok(Token::new(kind, jwt, &self.redactor))
    }

    fn sign(&self, kind: TokenKind, user: &User, key: &SigningKey) -> Result<String, MintError> {
        let kid = self.published().and_then(|published| published.kid);
        key.sign(&self.claims(kind, user), kid.as_deref()).map_err(MintError::Sign)
    }

    /// Reports whether our key signed this token. If our key is published, any other published key counts too. Ignores
    /// claims.
    #[must_use]
    pub fn verifies(&self, jwt: &str) -> bool {
        let also_published = || self.published.as_ref().is_some_and(|keys| keys.signed(jwt) == Some(true));
        self.key.verifies(jwt)
            || (self.published().is_some_and(|published| published.ours == Some(true)) && also_published())
    }

    /// Returns the minter with another lifetime of valid tokens.
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
        claims.extend(user.claims.clone());
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

/// Sets the wrong claim that gives the kind its name.
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

/// Returns a JWT with these claims and without a signature.
pub(super) fn unsigned(claims: &Map<String, Value>) -> String {
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
mod tests {
    use rstest::rstest;
    use secrecy::SecretString;

    use super::*;
    use crate::config::{Overrides, SecretOrigin, TargetFile};

    const SECRET: &str = "a-signing-secret-of-at-least-32-bytes";

    fn target() -> Target {
        let mut target = TargetFile::embedded().unwrap().resolve(Some("offline"), &Overrides::default()).unwrap();
        target.signing_secret.sources = vec![SecretOrigin::Held(SecretString::from(SECRET))];
        target.claims.extra.insert("staging".to_owned(), json!(true));
        target
    }

    fn minter() -> Minter {
        Minter::new(&target(), Redactor::new()).unwrap()
    }

    fn mint(kind: TokenKind) -> Token {
        minter().mint(kind, &target().users[0]).unwrap()
    }

    fn claims(token: &Token) -> Value {
        let payload = token.expose().split('.').nth(1).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
    }

    #[test]
    fn a_valid_token_holds_every_claim_of_the_target_and_the_user() {
        let claims = claims(&mint(TokenKind::Valid));
        let names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        let all = ["staging", "sub", "email", "permissions", "iat", "exp", "jti", "iss", "aud", "token_type", "type"];
        assert_eq!(names, all);
        assert_eq!(claims["sub"], "staging-e2e-user-001");
        assert_eq!(claims["iss"], "netra-auth-service");
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 300);
        assert!(claims["iat"].as_i64().unwrap() <= Timestamp::now().as_second());
    }

    #[test]
    fn every_token_has_a_jti_of_its_own() {
        let (one, other) = (mint(TokenKind::Valid), mint(TokenKind::Valid));
        assert_ne!(claims(&one)["jti"], claims(&other)["jti"]);
    }

    #[rstest]
    #[case(TokenKind::Valid, true)]
    #[case(TokenKind::Expired, true)]
    #[case(TokenKind::NotYetValid, true)]
    #[case(TokenKind::WrongIssuer, true)]
    #[case(TokenKind::WrongAudience, true)]
    #[case(TokenKind::UnknownUser, true)]
    #[case(TokenKind::WrongKey, false)]
    #[case(TokenKind::AlgNone, false)]
    #[case(TokenKind::Malformed, false)]
    #[case(TokenKind::None, false)]
    fn our_key_verifies_the_signature_and_ignores_claims(#[case] kind: TokenKind, #[case] verified: bool) {
        assert_eq!(minter().verifies(mint(kind).expose()), verified);
    }

    #[test]
    fn expired_and_not_yet_valid_tokens_are_an_hour_off() {
        let now = Timestamp::now().as_second();
        let (expired, early) = (claims(&mint(TokenKind::Expired)), claims(&mint(TokenKind::NotYetValid)));
        assert!(expired["exp"].as_i64().unwrap() <= now - 3590);
        assert!(early["nbf"].as_i64().unwrap() >= now + 3590);
    }

    #[rstest]
    #[case(TokenKind::WrongIssuer, "iss")]
    #[case(TokenKind::WrongAudience, "aud")]
    #[case(TokenKind::UnknownUser, "sub")]
    fn only_the_claim_of_the_kind_differs_from_a_valid_token(#[case] kind: TokenKind, #[case] wrong: &str) {
        let (valid, spoilt) = (claims(&mint(TokenKind::Valid)), claims(&mint(kind)));
        let fixed = ["sub", "iss", "aud", "permissions", "token_type", "type"];
        let differing: Vec<&str> = fixed.into_iter().filter(|name| valid[name] != spoilt[name]).collect();
        assert_eq!(differing, [wrong]);
    }

    #[test]
    fn an_alg_none_token_has_no_signature() {
        let token = mint(TokenKind::AlgNone);
        let (head, signature) = (token.expose().split('.').next().unwrap(), token.expose().rsplit('.').next().unwrap());
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(head).unwrap()).unwrap();
        assert_eq!((header["alg"].as_str(), signature), (Some("none"), ""));
    }

    #[test]
    fn a_malformed_token_has_no_dot_and_none_is_empty() {
        assert!(!mint(TokenKind::Malformed).expose().contains('.'));
        assert_eq!(mint(TokenKind::None).expose(), "");
    }

    #[rstest]
    #[case(TokenKind::Issued, "needs the network")]
    #[case(TokenKind::Revoked, "needs the network")]
    fn kinds_that_need_the_network_are_refused(#[case] kind: TokenKind, #[case] why: &str) {
        let error = minter().mint(kind, &target().users[0]).unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }

    #[test]
    fn tokens_and_the_secret_are_registered_and_not_in_debug() {
        let redactor = Redactor::new();
        let minter = Minter::new(&target(), redactor.clone()).unwrap();
        let token = minter.mint(TokenKind::WrongKey, &target().users[0]).unwrap();
        assert_eq!(redactor.clean(token.expose()), "<token:wrong-key>");
        assert_eq!(redactor.clean(SECRET), "<secret:signing>");
        let shown = format!("{token:?} {minter:?}");
        assert!(!shown.contains(token.expose()) && !shown.contains(SECRET), "{shown}");
    }

    #[test]
    fn a_short_signing_secret_is_refused() {
        let mut target = target();
        target.signing_secret.sources = vec![SecretOrigin::Held(SecretString::from("short"))];
        assert!(matches!(
            Minter::new(&target, Redactor::new()),
            Err(SecretError::TooShort { bytes: 5, least: 32, .. })
        ));
    }
}
