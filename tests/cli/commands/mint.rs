//! `fivewhys mint`: one token on stdout and nothing else.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rstest::rstest;
use serde_json::Value;

use crate::support::program::{fivewhys, run, stderr, stdout};

const SECRET: &str = "a signing secret of more than 32 bytes";

fn mint(more: &[&str]) -> String {
    let mut command = fivewhys(["mint", "primary", "--target", "staging"]);
    let output = command.args(more).env("JWT_SECRET_STAGING", SECRET).output().expect("it starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stderr, b"");
    let text = stdout(&output);
    let token = text.strip_suffix('\n').expect("one line");
    assert!(!token.contains(char::is_whitespace), "one token and nothing else: {text:?}");
    token.to_owned()
}

fn part(token: &str, n: usize) -> Value {
    let parts: Vec<&str> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "a JWT has three parts: {token}");
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts[n]).expect("base64url without padding");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn claims(token: &str) -> Value {
    part(token, 1)
}

fn is_signed_with(token: &str, secret: &str) -> bool {
    let mut checks = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::HS256);
    (checks.validate_exp, checks.validate_nbf, checks.validate_aud) = (false, false, false);
    checks.required_spec_claims.clear();
    let key = jsonwebtoken::DecodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::decode::<Value>(token, &key, &checks).is_ok()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn a_valid_token_holds_the_claims_of_the_target() {
    let token = mint(&[]);
    let claims = claims(&token);
    assert!(is_signed_with(&token, SECRET));
    assert_eq!(part(&token, 0)["alg"], "HS256");
    for (name, value) in [
        ("sub", "staging-e2e-user-001"),
        ("email", "e2e-test-001@staging.netrasystems.ai"),
        ("iss", "netra-auth-service"),
        ("aud", "netra-platform"),
        ("token_type", "access"),
        ("type", "access"),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    assert_eq!(claims["permissions"], serde_json::json!(["read", "write"]));
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 300);
    assert!((claims["iat"].as_i64().expect("iat") - now()).abs() < 60);
}

#[test]
fn a_lifetime_can_be_asked_for() {
    let claims = claims(&mint(&["--ttl", "1h"]));
    assert_eq!(claims["exp"].as_i64().expect("exp") - claims["iat"].as_i64().expect("iat"), 3600);
}

#[test]
fn no_two_tokens_are_the_same() {
    let (one, other) = (claims(&mint(&[])), claims(&mint(&[])));
    assert!(one["jti"].is_string());
    assert_ne!(one["jti"], other["jti"]);
}

#[rstest]
#[case::by_sub("staging-e2e-user-002")]
#[case::by_mail("e2e-test-002@staging.netrasystems.ai")]
fn a_user_goes_by_sub_and_mail_as_well(#[case] user: &str) {
    let mut command = fivewhys(["mint", user, "--target", "staging"]);
    let output = command.env("JWT_SECRET_STAGING", SECRET).output().expect("it starts");
    assert_eq!(claims(stdout(&output).trim())["sub"], "staging-e2e-user-002");
}

#[test]
fn an_expired_token_is_ours_and_over() {
    let token = mint(&["--kind", "expired"]);
    assert!(is_signed_with(&token, SECRET));
    assert!(claims(&token)["exp"].as_i64().expect("exp") < now());
}

#[test]
fn a_token_that_is_not_yet_valid_begins_later() {
    let token = mint(&["--kind", "not-yet-valid"]);
    assert!(is_signed_with(&token, SECRET));
    assert!(claims(&token)["nbf"].as_i64().expect("nbf") > now());
}

#[test]
fn a_wrong_key_changes_the_signature_alone() {
    let (wrong, right) = (mint(&["--kind", "wrong-key"]), mint(&[]));
    assert!(!is_signed_with(&wrong, SECRET));
    assert_eq!(part(&wrong, 0), part(&right, 0));
    assert_eq!((&claims(&wrong)["sub"], &claims(&wrong)["iss"]), (&claims(&right)["sub"], &claims(&right)["iss"]));
}

#[test]
fn a_token_without_algorithm_has_no_signature() {
    let token = mint(&["--kind", "alg-none"]);
    assert_eq!(part(&token, 0)["alg"], "none");
    assert!(token.ends_with('.'), "{token}");
}

#[rstest]
#[case("wrong-issuer", "iss")]
#[case("wrong-audience", "aud")]
#[case("unknown-user", "sub")]
fn one_claim_is_another_and_the_key_is_ours(#[case] kind: &str, #[case] claim: &str) {
    let (token, right) = (mint(&["--kind", kind]), claims(&mint(&[])));
    assert!(is_signed_with(&token, SECRET));
    for name in ["iss", "aud", "sub", "token_type"] {
        assert_eq!(claims(&token)[name] != right[name], name == claim, "{name}");
    }
}

#[test]
fn a_malformed_token_is_no_jwt() {
    let token = mint(&["--kind", "malformed"]);
    assert!(!token.is_empty() && jsonwebtoken::decode_header(&token).is_err(), "{token}");
}

#[rstest]
#[case("revoked", "issued no token")]
#[case("issued", "issued no token")]
#[case("none", "no token")]
fn what_cannot_be_made_is_refused_with_the_reason(#[case] kind: &str, #[case] why: &str) {
    let mut command = fivewhys(["mint", "primary", "--target", "staging", "--kind", kind]);
    command.args(["--set", "auth=http://127.0.0.1:9", "--set", "backend=http://127.0.0.1:9"]);
    let command = command.env("JWT_SECRET_STAGING", SECRET).env("FIVEWHYS_PRIMARY_PASSWORD", "a password");
    let output = command.output().expect("it starts");
    assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
    assert!(stderr(&output).contains(why), "{}", stderr(&output));
}

#[rstest]
fn the_auth_service_makes_what_only_it_can(#[values("issued", "revoked")] kind: &str) {
    let output = run(["mint", "primary", "--kind", kind]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let claims = claims(stdout(&output).trim());
    assert_eq!(
        (&claims["sub"], &claims["svc_id"]),
        (&"staging-e2e-user-001".into(), &"netra_auth_service_staging".into())
    );
}

#[test]
fn the_first_secret_that_is_not_empty_signs() {
    let mut command = fivewhys(["mint", "primary", "--target", "staging"]);
    command
        .env("JWT_SECRET_STAGING", "")
        .env("JWT_SECRET_KEY", SECRET)
        .env("JWT_SECRET", "another secret, as long as the first");
    let output = command.output().expect("it starts");
    assert!(is_signed_with(stdout(&output).trim(), SECRET));
}
