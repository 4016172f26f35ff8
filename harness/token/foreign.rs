//! Random keys for `wrong-key` tokens: one of each kind, generated once per process.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::key::SigningKey;
use crate::terms::Algorithm;

static SHARED: LazyLock<Option<SigningKey>> = LazyLock::new(|| Some(SigningKey::shared(&random())));
static RSA: LazyLock<Option<SigningKey>> = LazyLock::new(|| {
    let pair = KeyPair::generate(KeySize::Rsa2048).ok()?;
    let pkcs8: Pkcs8V1Der<'_> = pair.as_der().ok()?;
    SigningKey::read(Algorithm::Rs256, &pem(pkcs8.as_ref())).ok()
});
static EC: LazyLock<Option<SigningKey>> = LazyLock::new(|| {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).ok()?;
    SigningKey::read(Algorithm::Es256, &pem(pkcs8.as_ref())).ok()
});

/// Returns the random key of this kind. Returns `None` when the machine cannot generate one.
pub(super) fn key(algorithm: Algorithm) -> Option<&'static SigningKey> {
    match algorithm {
        Algorithm::Hs256 => SHARED.as_ref(),
        Algorithm::Rs256 => RSA.as_ref(),
        Algorithm::Es256 => EC.as_ref(),
    }
}

/// Returns 32 bytes, of which 244 bits are random.
fn random() -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
    key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
    key
}

fn pem(pkcs8: &[u8]) -> String {
    let encoded = STANDARD.encode(pkcs8);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}
