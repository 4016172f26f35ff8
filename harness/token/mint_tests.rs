//! Each kind of token is wrong in the one way it is named after.

use rstest::rstest;
use secrecy::SecretString;

use super::*;
use crate::target::{Overrides, SecretOrigin, TargetFile};

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
fn our_secret_verifies_the_signature_whatever_the_claims(#[case] kind: TokenKind, #[case] verified: bool) {
    assert_eq!(minter().verifies(mint(kind).expose()), verified);
}

#[test]
fn times_of_expired_and_not_yet_valid_tokens_lie_an_hour_off() {
    let now = Timestamp::now().as_second();
    let (expired, early) = (claims(&mint(TokenKind::Expired)), claims(&mint(TokenKind::NotYetValid)));
    assert!(expired["exp"].as_i64().unwrap() <= now - 3590);
    assert!(early["nbf"].as_i64().unwrap() >= now + 3590);
}

#[rstest]
#[case(TokenKind::WrongIssuer, "iss")]
#[case(TokenKind::WrongAudience, "aud")]
#[case(TokenKind::UnknownUser, "sub")]
fn the_claim_the_kind_is_named_after_differs_and_the_rest_is_as_in_a_valid_one(
    #[case] kind: TokenKind,
    #[case] wrong: &str,
) {
    let (valid, spoilt) = (claims(&mint(TokenKind::Valid)), claims(&mint(kind)));
    let fixed = ["sub", "iss", "aud", "permissions", "token_type", "type"];
    let differing: Vec<&str> = fixed.into_iter().filter(|name| valid[name] != spoilt[name]).collect();
    assert_eq!(differing, [wrong]);
}

#[test]
fn an_alg_none_token_says_so_and_has_no_signature() {
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
fn kinds_that_take_the_network_are_refused(#[case] kind: TokenKind, #[case] why: &str) {
    let error = minter().mint(kind, &target().users[0]).unwrap_err();
    assert!(error.to_string().contains(why), "{error}");
}

#[test]
fn tokens_and_the_secret_are_registered_and_appear_in_no_debug() {
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
    assert!(matches!(Minter::new(&target, Redactor::new()), Err(SecretError::TooShort { bytes: 5, least: 32, .. })));
}
