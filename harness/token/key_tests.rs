//! Keys of every algorithm sign and tell their own; whatever is no key is named by its line and not by its text.

use std::sync::LazyLock;

use rstest::rstest;

use super::*;
use crate::token::foreign;
use crate::token::published::set_of;

static RSA: LazyLock<String> = LazyLock::new(|| {
    rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).expect("a key").serialize_pem()
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
fn a_key_tells_its_own_signature_from_a_foreign_one(
    #[case] algorithm: Algorithm,
    #[case] secret: &str,
    #[case] name: &str,
) {
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
    assert_eq!((published.ours, published.kid.as_deref(), published.keys), (true, Some("2026-11"), 1));
    assert!(!set.published(other.public().unwrap()).ours);
    assert!(set.verifies(&ours.sign(&Map::new(), None).unwrap()));
    assert!(!set.verifies(&other.sign(&Map::new(), None).unwrap()));
}

#[rstest]
#[case::shared_secret(Algorithm::Rs256, SECRET, 1, "begins with")]
#[case::other_kind(Algorithm::Es256, &RSA, 1, "curve P-256")]
#[case::other_kind_too(Algorithm::Rs256, &EC, 1, "no RSA private key")]
#[case::sec1(Algorithm::Es256, &EC.replace("PRIVATE", "EC PRIVATE"), 1, "PKCS#8")]
#[case::public(Algorithm::Rs256, &RSA.replace("PRIVATE", "PUBLIC"), 1, "public")]
#[case::encrypted(Algorithm::Rs256, &RSA.replace("PRIVATE", "ENCRYPTED PRIVATE"), 1, "encrypted")]
#[case::spoilt(Algorithm::Es256, &EC.replacen('\n', "\n%", 2), 2, "not base64")]
#[case::cut(Algorithm::Es256, EC.split_once("-----END").unwrap().0, last(&EC) - 1, "no end")]
#[case::on_one_line(Algorithm::Es256, &EC.replace('\n', "\\n"), 1, "begins with")]
#[case::other_end(Algorithm::Es256, &EC.replace("END PRIVATE", "END RSA PRIVATE"), last(&EC), "another one's")]
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
