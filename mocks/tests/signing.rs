//! Tokens signed by a key pair: the auth service takes and mints them, and publishes what verifies them.

mod support;

use fivewhys_mocks::{Dialect, Fault, Signing, Twin};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rstest::rstest;
use serde_json::{Value, json};
use support::{client, list_messages, valid};

async fn twin(signing: Signing, faults: &[Fault]) -> Twin {
    let twin = Twin::builder().dialect(Dialect::Documented).signing(signing).faults(faults.iter().copied());
    twin.start().await.expect("the twin boots")
}

fn of(signing: Signing, pem: &str) -> (Algorithm, EncodingKey) {
    match signing {
        Signing::Rs256 => (Algorithm::RS256, EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap()),
        _ => (Algorithm::ES256, EncodingKey::from_ec_pem(pem.as_bytes()).unwrap()),
    }
}

fn signed(twin: &Twin, signing: Signing) -> String {
    let (algorithm, key) = of(signing, twin.credentials().signing_secret());
    let now = jiff::Timestamp::now().as_second();
    let claims = json!({
        "sub": "staging-e2e-user-001", "iat": now, "exp": now + 300, "jti": "a-jti", "iss": "netra-auth-service",
        "token_type": "access",
    });
    jsonwebtoken::encode(&Header::new(algorithm), &claims, &key).unwrap()
}

async fn published(twin: &Twin) -> JwkSet {
    let url = format!("{}/.well-known/jwks.json", twin.auth_url());
    client().get(url).send().await.unwrap().json().await.unwrap()
}

#[rstest]
#[tokio::test]
async fn a_token_of_the_deployments_key_is_taken_and_one_of_a_shared_secret_is_not(
    #[values(Signing::Rs256, Signing::Es256)] signing: Signing,
) {
    let twin = twin(signing, &[]).await;
    assert_eq!(list_messages(&twin, Some(&signed(&twin, signing))).await.status(), 200);
    // The confusion of algorithms: the key's text as if it were a shared secret.
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), 403);
}

#[rstest]
#[tokio::test]
async fn what_the_auth_service_mints_verifies_with_what_it_publishes(
    #[values(Signing::Rs256, Signing::Es256)] signing: Signing,
) {
    let twin = twin(signing, &[]).await;
    let user = &twin.credentials().users()[0];
    let login = json!({ "email": user.email, "password": user.password() });
    let url = format!("{}/auth/login", twin.auth_url());
    let answer: Value = client().post(url).json(&login).send().await.unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let set = published(&twin).await;
    let key = set.find(header.kid.as_deref().unwrap()).expect("the key is published under the token's kid");
    let mut checks = Validation::new(header.alg);
    checks.validate_aud = false;
    assert!(jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &checks).is_ok());
}

#[rstest]
#[tokio::test]
async fn after_a_rotation_the_clients_key_is_published_no_more(
    #[values(Signing::Rs256, Signing::Es256)] signing: Signing,
    #[values(true, false)] rotated: bool,
) {
    let faults: &[Fault] = if rotated { &[Fault::WrongSigningSecret] } else { &[] };
    let twin = twin(signing, faults).await;
    let (algorithm, key) = of(signing, twin.credentials().signing_secret());
    let ours = Jwk::from_encoding_key(&key, algorithm).unwrap();
    let known = published(&twin).await.keys.iter().any(|key| key.algorithm == ours.algorithm);
    assert_eq!(known, !rotated);
    let status = list_messages(&twin, Some(&signed(&twin, signing))).await.status();
    assert_eq!(status, if rotated { 403 } else { 200 });
}
