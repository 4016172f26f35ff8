//! Tokens signed with a private key: the auth service accepts and mints them, and publishes the public key.

use std::sync::LazyLock;

use crate::support::{client, list_messages, valid};
use fivewhys_mocks::{Dialect, Fault, Signing, Twin};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// Runs the shared twins for as long as the test process.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime"));
/// Healthy twins, shared: generating RSA keys takes most of a boot.
static RS256: LazyLock<Twin> = LazyLock::new(|| RUNTIME.block_on(boot(Signing::Rs256, &[])));
static ES256: LazyLock<Twin> = LazyLock::new(|| RUNTIME.block_on(boot(Signing::Es256, &[])));

fn healthy(signing: Signing) -> &'static Twin {
    if signing == Signing::Rs256 { &RS256 } else { &ES256 }
}

async fn boot(signing: Signing, faults: &[Fault]) -> Twin {
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

/// Reports the status of the message list for a token that the client signs.
async fn status(twin: &Twin, signing: Signing) -> u16 {
    list_messages(twin, Some(&signed(twin, signing))).await.status().as_u16()
}

/// Reports whether the auth service publishes the public half of the client's key.
async fn publishes_clients_key(twin: &Twin, signing: Signing) -> bool {
    let (algorithm, key) = of(signing, twin.credentials().signing_secret());
    let ours = Jwk::from_encoding_key(&key, algorithm).unwrap();
    published(twin).await.keys.iter().any(|key| key.algorithm == ours.algorithm)
}

#[rstest]
fn a_token_of_the_deployments_key_is_accepted(#[values(Signing::Rs256, Signing::Es256)] signing: Signing) {
    let twin = healthy(signing);
    assert_eq!(RUNTIME.block_on(status(twin, signing)), 200);
    assert!(RUNTIME.block_on(publishes_clients_key(twin, signing)));
}

#[rstest]
fn the_keys_text_as_a_shared_secret_is_refused(#[values(Signing::Rs256, Signing::Es256)] signing: Signing) {
    let twin = healthy(signing);
    assert_eq!(RUNTIME.block_on(list_messages(twin, Some(&valid(twin)))).status(), 403);
}

#[rstest]
fn a_minted_token_verifies_with_the_published_key(#[values(Signing::Rs256, Signing::Es256)] signing: Signing) {
    let twin = healthy(signing);
    let user = &twin.credentials().users()[0];
    let login = json!({ "email": user.email, "password": user.password() });
    let (answer, set) = RUNTIME.block_on(async {
        let url = format!("{}/auth/login", twin.auth_url());
        let answer: Value = client().post(url).json(&login).send().await.unwrap().json().await.unwrap();
        (answer, published(twin).await)
    });
    let token = answer["access_token"].as_str().unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    let key = set.find(header.kid.as_deref().unwrap()).expect("the key is published under the token's kid");
    let mut checks = Validation::new(header.alg);
    checks.validate_aud = false;
    assert!(jsonwebtoken::decode::<Value>(token, &DecodingKey::from_jwk(key).unwrap(), &checks).is_ok());
}

#[rstest]
#[tokio::test]
async fn after_a_rotation_the_clients_key_is_not_published(#[values(Signing::Rs256, Signing::Es256)] signing: Signing) {
    let twin = boot(signing, &[Fault::WrongSigningSecret]).await;
    assert!(!publishes_clients_key(&twin, signing).await);
    assert_eq!(status(&twin, signing).await, 403);
}
