//! How tokens are signed: with a shared secret, or with a private key whose public half is published.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The signature algorithm of the deployment's tokens (RFC 7518, section 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Signing {
    /// HMAC with a secret that services and clients share. The real system uses this algorithm.
    #[default]
    Hs256,
    /// RSA with a 2048-bit key; the auth service publishes its public half at `/.well-known/jwks.json`.
    Rs256,
    /// ECDSA with a key on the curve P-256; the auth service publishes its public half in the same place.
    Es256,
}

impl Signing {
    /// Every algorithm.
    pub const ALL: &'static [Self] = &[Self::Hs256, Self::Rs256, Self::Es256];

    /// Returns the name in the `alg` header of a token.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    /// Generates a private key in PEM. Returns `None` for `Hs256`, which has no private key.
    pub(crate) fn fresh_key(self) -> Option<String> {
        let pkcs8 = match self {
            Self::Hs256 => return None,
            Self::Rs256 => {
                let pair = KeyPair::generate(KeySize::Rsa2048).expect("the machine makes RSA keys");
                let der: Pkcs8V1Der<'_> = pair.as_der().expect("a fresh key encodes");
                der.as_ref().to_vec()
            }
            Self::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .expect("the machine makes EC keys")
                .as_ref()
                .to_vec(),
        };
        let encoded = STANDARD.encode(pkcs8);
        let lines: Vec<_> = encoded.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        Some(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
    }
}

impl fmt::Display for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The error for an unknown algorithm name; its message lists the known ones.
#[derive(Debug, thiserror::Error)]
#[error("unknown algorithm `{0}`; known: HS256, RS256, ES256")]
pub struct UnknownSigning(String);

impl FromStr for Signing {
    type Err = UnknownSigning;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().find(|signing| signing.id().eq_ignore_ascii_case(name));
        known.copied().ok_or_else(|| UnknownSigning(name.to_owned()))
    }
}
