//! The key with which the auth service signs and verifies tokens.

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey};

/// A shared secret, or a private key with its public half. No `Debug`: it holds secrets.
pub(crate) struct Keys {
    pub(crate) algorithm: Algorithm,
    pub(crate) signing: EncodingKey,
    pub(crate) verifying: DecodingKey,
    /// The public half, with the `kid` that tokens carry.
    pub(crate) public: Option<Jwk>,
}

impl Keys {
    /// Reads the key for `algorithm`, which is the value of `JWT_ALGORITHM`; the default is HS256.
    pub(crate) fn of(algorithm: Option<&str>, secret: &str) -> Self {
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

    /// Makes a key of a shared secret, for HS256.
    pub(crate) fn shared(secret: &[u8]) -> Self {
        let (signing, verifying) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { algorithm: Algorithm::HS256, signing, verifying, public: None }
    }

    /// Returns the `kid` of the public half.
    pub(crate) fn kid(&self) -> Option<String> {
        self.public.as_ref()?.common.key_id.clone()
    }
}
