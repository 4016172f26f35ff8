//! The keys that the auth service publishes (a JWK set, RFC 7517), compared with our own.

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm as Jws, DecodingKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::key::signed_by;

/// The maximum number of keys read from one set.
const MOST: usize = 100;

/// A published set of public keys.
#[derive(Debug, Clone, Default)]
pub struct KeySet(Vec<Jwk>);

/// The result of the search for our key in a published set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Published {
    /// Whether our key is in the set. `None`: we sign no tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<bool>,
    /// The published id of our key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// The number of keys in the set.
    pub keys: usize,
}

impl KeySet {
    /// Reads a set. Skips keys of unknown kinds, as RFC 7517, section 5, requires.
    ///
    /// # Errors
    /// When the text is not a JWK set. The message quotes nothing of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let json: Value = serde_json::from_str(text)
            .map_err(|error| format!("not JSON (line {}, column {})", error.line(), error.column()))?;
        let Some(keys) = json.get("keys").and_then(Value::as_array) else {
            return Err("a JWK set has a list `keys`".to_owned());
        };
        let known = keys.iter().take(MOST).filter_map(|key| serde_json::from_value(key.clone()).ok());
        Ok(Self(known.collect()))
    }

    /// Searches the set for this key. Compares the key material only.
    pub(super) fn published(&self, ours: &Jwk) -> Published {
        let found = self.0.iter().find(|key| same_key(key, ours));
        Published {
            ours: Some(found.is_some()),
            kid: found.and_then(|key| key.common.key_id.clone()),
            keys: self.0.len(),
        }
    }

    /// Returns what the set tells where the auth service signs all tokens.
    pub(crate) fn of_others(&self) -> Published {
        Published { ours: None, kid: None, keys: self.0.len() }
    }

    /// Reports whether a key of the set signed this token. Returns `None` for a token that is no JWT, and for one that a shared
    /// secret signed: a set publishes none.
    pub(super) fn signed(&self, jwt: &str) -> Option<bool> {
        let jws = jsonwebtoken::decode_header(jwt).ok()?.alg;
        if matches!(jws, Jws::HS256 | Jws::HS384 | Jws::HS512) {
            return None;
        }
        Some(self.0.iter().any(|key| DecodingKey::from_jwk(key).is_ok_and(|key| signed_by(jwt, &key, jws))))
    }
}

fn same_key(one: &Jwk, other: &Jwk) -> bool {
    match (&one.algorithm, &other.algorithm) {
        (AlgorithmParameters::RSA(a), AlgorithmParameters::RSA(b)) => (&a.n, &a.e) == (&b.n, &b.e),
        (AlgorithmParameters::EllipticCurve(a), AlgorithmParameters::EllipticCurve(b)) => {
            (&a.curve, &a.x, &a.y) == (&b.curve, &b.x, &b.y)
        }
        _ => false,
    }
}

/// Returns a set that publishes one key under an id.
#[cfg(test)]
pub(super) fn set_of(key: &Jwk, kid: &str) -> KeySet {
    let mut key = key.clone();
    key.common.key_id = Some(kid.to_owned());
    let text = serde_json::to_string(&jsonwebtoken::jwk::JwkSet { keys: vec![key] }).expect("a set is JSON");
    KeySet::parse(&text).expect("a set")
}
