//! What an issued token tells: whether a published key signed it, and whether its claims are those that the target declares.

use std::sync::LazyLock;

use fivewhys::internal::report::Report;
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use rstest::rstest;
use serde_json::json;

use crate::access::system::{answer, api, run, target};
use crate::support::program::stderr;
use crate::support::server::Server;

const DECLARED: &str = "https://api.shop.test";
const LOGIN: &str = r#"
[target.shop.login]
flow = "client-credentials"
token_url = "http://{address}/oauth/token"
client_id = "e2e"
client_secret = ["env:CLIENT_SECRET"]
parameters = { audience = "https://api.shop.test" }
"#;

static KEYS: LazyLock<[EncodingKey; 2]> = LazyLock::new(|| {
    [(); 2].map(|()| {
        let pem = rcgen::KeyPair::generate().expect("a key").serialize_pem();
        EncodingKey::from_ec_pem(pem.as_bytes()).expect("a key in PEM")
    })
});

/// Starts an API that refuses every token, and an issuer that signs with the first key.
fn shop(publishes: usize, audience: &'static str) -> Server {
    let key = Jwk::from_encoding_key(&KEYS[publishes], Algorithm::ES256).expect("a public key");
    let keys = serde_json::to_value(JwkSet { keys: vec![key] }).expect("a set is JSON");
    let claims = json!({ "sub": "ada", "aud": audience, "exp": 4_102_444_800_u64 });
    let token = jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &KEYS[0]).expect("a token");
    Server::start(move |request| match request.path() {
        "/oauth/token" => answer("200 OK", &json!({ "access_token": token, "expires_in": 300 })),
        "/jwks" => answer("200 OK", &keys),
        _ => api(request, &|_| None),
    })
}

/// Runs the scenarios with an issuer that publishes this key and issues tokens for this audience.
fn diagnosed(publishes: usize, audience: &'static str) -> Report {
    let server = shop(publishes, audience);
    let jwks = format!("jwks=http://{}/jwks", server.address);
    let login = LOGIN.replace("{address}", &server.address.to_string());
    let (output, report) = run(&target(&server, &login), &["smoke", "--set", &jwks, "--set", "validation=jwks"]);
    report.unwrap_or_else(|| panic!("no report: {}", stderr(&output)))
}

#[rstest]
#[case::another_key_is_published(1, DECLARED, "auth/publishes-other-key", "auth/issues-other-claims")]
#[case::another_audience_is_issued(0, "web", "auth/issues-other-claims", "auth/publishes-other-key")]
fn an_issued_token_tells_what_is_wrong_with_it(
    #[case] publishes: usize,
    #[case] audience: &'static str,
    #[case] expected: &str,
    #[case] unexpected: &str,
) {
    let report = diagnosed(publishes, audience);
    let cause = &report.causes[0];
    assert_eq!(cause.fault, expected, "{cause:?}");
    assert!(cause.alternatives.iter().all(|one| one.fault != unexpected), "{cause:?}");
}

#[test]
fn a_token_as_declared_that_a_published_key_signed_is_not_blamed_on_the_auth_service() {
    let report = diagnosed(0, DECLARED);
    let cause = &report.causes[0];
    assert!(!cause.fault.starts_with("auth/"), "{cause:?}");
    assert!(cause.alternatives.iter().all(|one| one.fault != "auth/publishes-other-key"), "{cause:?}");
}
