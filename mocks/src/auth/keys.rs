//! The key that the auth service signs and verifies with, and what it publishes of it.

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};
use serde_json::{Value, json};

use super::AuthService;
use super::call::{Answer, Call};

/// A shared secret, or a private key. No `Debug`: it is one.
pub(super) struct Keys {
    pub(super) algorithm: Algorithm,
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
    /// The public half, with the id that tokens carry.
    public: Option<Jwk>,
}

impl Keys {
    /// `algorithm` as `JWT_ALGORITHM` names it, HS256 unless it says otherwise.
    pub(super) fn of(algorithm: Option<&str>, secret: &str) -> Self {
        let pem = secret.as_bytes();
        let (algorithm, signing) = match algorithm {
            Some("RS256") => (Algorithm::RS256, EncodingKey::from_rsa_pem(pem).expect("the deployment's own key")),
            Some("ES256") => (Algorithm::ES256, EncodingKey::from_ec_pem(pem).expect("the deployment's own key")),
            _ => return Self::shared(pem),
        };
        let mut public = Jwk::from_encoding_key(&signing, algorithm).expect("the deployment's own key");
        public.common.key_id = public.thumbprint(ThumbprintHash::SHA256).ok();
        let verifying = DecodingKey::from_jwk(&public).expect("the half of a good key");
        Self { algorithm, signing, verifying, public: Some(public) }
    }

    /// A shared secret, for HS256.
    pub(super) fn shared(secret: &[u8]) -> Self {
        let (signing, verifying) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { algorithm: Algorithm::HS256, signing, verifying, public: None }
    }

    pub(super) fn kid(&self) -> Option<String> {
        self.public.as_ref()?.common.key_id.clone()
    }
}

/// `GET /.well-known/jwks.json`: the public key, or an empty set where a secret is shared.
pub(super) fn publish(service: &AuthService, _: &Call<'_>) -> Answer {
    let keys: Vec<Value> = service.config.keys.public.iter().map(|key| json!(key)).collect();
    Answer::plain(200, json!({ "keys": keys }))
}
