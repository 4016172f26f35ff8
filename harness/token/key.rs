//! The keys tokens are signed with: a shared secret, or a private key in PEM with its public half. Sits in `token`; the only place that
//! knows what an algorithm needs.

use std::fmt;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm as Jws, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value};

use super::pem::{self, Flaw};
use crate::target::Algorithm;

/// Signs tokens, and tells its own.
#[derive(Clone)]
pub(super) struct SigningKey {
    jws: Jws,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// Of a key pair only.
    public: Option<Jwk>,
}

impl SigningKey {
    /// Reads a secret as the key of this algorithm. The flaw quotes nothing of it.
    pub(super) fn read(algorithm: Algorithm, secret: &str) -> Result<Self, Flaw> {
        if algorithm == Algorithm::Hs256 {
            return Ok(Self::shared(secret.as_bytes()));
        }
        pem::check(secret, algorithm)?;
        Self::pair(algorithm, secret.as_bytes()).ok_or_else(|| Flaw::other_kind(algorithm))
    }

    /// A shared secret for HS256.
    pub(super) fn shared(secret: &[u8]) -> Self {
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { jws: Jws::HS256, encoding, decoding, public: None }
    }

    /// A private key in PEM; nothing when it is none of this algorithm: its signature of a test token must verify.
    fn pair(algorithm: Algorithm, pem: &[u8]) -> Option<Self> {
        let (jws, encoding) = match algorithm {
            Algorithm::Hs256 => return None,
            Algorithm::Rs256 => (Jws::RS256, EncodingKey::from_rsa_pem(pem).ok()?),
            Algorithm::Es256 => (Jws::ES256, EncodingKey::from_ec_pem(pem).ok()?),
        };
        let public = Jwk::from_encoding_key(&encoding, jws).ok()?;
        let decoding = DecodingKey::from_jwk(&public).ok()?;
        let key = Self { jws, encoding, decoding, public: Some(public) };
        let token = key.sign(&Map::new(), None).ok()?;
        key.verifies(&token).then_some(key)
    }

    pub(super) fn sign(&self, claims: &Map<String, Value>, kid: Option<&str>) -> jsonwebtoken::errors::Result<String> {
        let header = Header { kid: kid.map(str::to_owned), ..Header::new(self.jws) };
        jsonwebtoken::encode(&header, claims, &self.encoding)
    }

    /// Whether this key made the token's signature. Claims are ignored.
    pub(super) fn verifies(&self, jwt: &str) -> bool {
        signed_by(jwt, &self.decoding, self.jws)
    }

    pub(super) const fn public(&self) -> Option<&Jwk> {
        self.public.as_ref()
    }
}

/// Whether a key made this signature by this algorithm. Claims are ignored.
pub(super) fn signed_by(jwt: &str, key: &DecodingKey, jws: Jws) -> bool {
    let mut signature_only = Validation::new(jws);
    signature_only.required_spec_claims.clear();
    signature_only.validate_exp = false;
    signature_only.validate_aud = false;
    jsonwebtoken::decode::<Value>(jwt, key, &signature_only).is_ok()
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("jws", &self.jws).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "key_tests.rs"]
mod tests;
