//! Signing keys: a shared secret, or a private key in PEM with its public half. Only this file knows what an algorithm
//! needs.

use std::fmt;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm as Jws, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Map, Value};

use super::pem::{self, Flaw};
use crate::terms::Algorithm;

/// A key that signs tokens and verifies its own signatures.
#[derive(Clone)]
pub(super) struct SigningKey {
    jws: Jws,
    encoding: EncodingKey,
    decoding: DecodingKey,
    /// The public key of a pair. `None` for a shared secret.
    public: Option<Jwk>,
}

impl SigningKey {
    /// Reads a secret as a key of this algorithm. The error quotes nothing of it.
    pub(super) fn read(algorithm: Algorithm, secret: &str) -> Result<Self, Flaw> {
        if algorithm == Algorithm::Hs256 {
            return Ok(Self::shared(secret.as_bytes()));
        }
        pem::check(secret, algorithm)?;
        Self::pair(algorithm, secret.as_bytes()).ok_or_else(|| Flaw::other_kind(algorithm))
    }

    /// Returns the key of a shared secret, for HS256.
    pub(super) fn shared(secret: &[u8]) -> Self {
        let (encoding, decoding) = (EncodingKey::from_secret(secret), DecodingKey::from_secret(secret));
        Self { jws: Jws::HS256, encoding, decoding, public: None }
    }

    /// Reads a private key in PEM. Returns `None` unless a test token that it signs verifies under this algorithm.
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

    /// Reports whether this key signed the token. Ignores claims.
    pub(super) fn verifies(&self, jwt: &str) -> bool {
        signed_by(jwt, &self.decoding, self.jws)
    }

    pub(super) const fn public(&self) -> Option<&Jwk> {
        self.public.as_ref()
    }
}

/// Reports whether a key signed the token with this algorithm. Ignores claims.
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
mod tests {
    use std::sync::LazyLock;

    use rstest::rstest;

    use super::*;
    use crate::token::foreign;
    use crate::token::published::set_of;

    static RSA: LazyLock<String> = LazyLock::new(|| {
        rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
            .expect("a key")
            .serialize_pem()
    });
    static EC: LazyLock<String> = LazyLock::new(|| rcgen::KeyPair::generate().expect("a key").serialize_pem());
    const SECRET: &str = "a shared secret of more than 32 bytes";

    fn last(text: &str) -> usize {
        text.lines().count()
    }

    fn key(algorithm: Algorithm, secret: &str) -> SigningKey {
        SigningKey::read(algorithm, secret).expect("a key")
    }

    #[rstest]
    #[case(Algorithm::Hs256, SECRET, "HS256")]
    #[case(Algorithm::Rs256, &RSA, "RS256")]
    #[case(Algorithm::Es256, &EC, "ES256")]
    fn a_key_verifies_only_its_own_signature(#[case] algorithm: Algorithm, #[case] secret: &str, #[case] name: &str) {
        let key = key(algorithm, secret);
        let foreign = foreign::key(algorithm).expect("a foreign key");
        let (ours, theirs) = (key.sign(&Map::new(), Some("k1")).unwrap(), foreign.sign(&Map::new(), None).unwrap());
        assert!(key.verifies(&ours) && foreign.verifies(&theirs));
        assert!(!key.verifies(&theirs) && !foreign.verifies(&ours));
        let header = jsonwebtoken::decode_header(&ours).unwrap();
        assert_eq!((format!("{:?}", header.alg), header.kid.as_deref()), (name.to_owned(), Some("k1")));
    }

    #[rstest]
    #[case(Algorithm::Rs256, &RSA)]
    #[case(Algorithm::Es256, &EC)]
    fn our_public_key_is_found_in_a_published_set(#[case] algorithm: Algorithm, #[case] pem: &str) {
        let (ours, other) = (key(algorithm, pem), foreign::key(algorithm).expect("a foreign key"));
        let set = set_of(ours.public().unwrap(), "2026-11");
        let published = set.published(ours.public().unwrap());
        assert_eq!((published.ours, published.kid.as_deref(), published.keys), (Some(true), Some("2026-11"), 1));
        assert_eq!(set.published(other.public().unwrap()).ours, Some(false));
        assert_eq!(set.signed(&ours.sign(&Map::new(), None).unwrap()), Some(true));
        assert_eq!(set.signed(&other.sign(&Map::new(), None).unwrap()), Some(false));
    }

    #[rstest]
    #[case::shared_secret(Algorithm::Rs256, SECRET, 1, "begins with")]
    #[case::other_kind(Algorithm::Es256, &RSA, 1, "curve P-256")]
    #[case::other_kind_too(Algorithm::Rs256, &EC, 1, "not an RSA private key")]
    #[case::sec1(Algorithm::Es256, &EC.replace("PRIVATE", "EC PRIVATE"), 1, "PKCS#8")]
    #[case::public(Algorithm::Rs256, &RSA.replace("PRIVATE", "PUBLIC"), 1, "public")]
    #[case::encrypted(Algorithm::Rs256, &RSA.replace("PRIVATE", "ENCRYPTED PRIVATE"), 1, "encrypted")]
    #[case::spoilt(Algorithm::Es256, &EC.replacen('\n', "\n%", 2), 2, "not base64")]
    #[case::cut(Algorithm::Es256, EC.split_once("-----END").unwrap().0, last(&EC) - 1, "no END line")]
    #[case::on_one_line(Algorithm::Es256, &EC.replace('\n', "\\n"), 1, "begins with")]
    #[case::other_end(Algorithm::Es256, &EC.replace("END PRIVATE", "END RSA PRIVATE"), last(&EC), "does not match")]
    fn a_bad_key_is_named_by_its_line(
        #[case] algorithm: Algorithm,
        #[case] text: &str,
        #[case] line: usize,
        #[case] why: &str,
    ) {
        let flaw = SigningKey::read(algorithm, text).expect_err("no key");
        assert_eq!((flaw.line, flaw.why.contains(why)), (line, true), "{flaw:?}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(-----BEGIN [A-Z ]{0,20}-----\n)?[A-Za-z0-9+/=\n -]{0,200}") {
            for algorithm in [Algorithm::Rs256, Algorithm::Es256] {
                drop(SigningKey::read(algorithm, &text));
            }
        }

        #[test]
        fn no_text_makes_a_set_panic(text in ".{0,200}") {
            drop(crate::token::KeySet::parse(&text));
        }
    }
}
