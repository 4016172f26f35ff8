//! Logs, manifests, journal and `Debug` of a twin show no secret and no token.

use crate::support::token::recorded_kind;
use crate::support::{self, Caller, as_caller, client, list_messages, socket, valid, validate};
use fivewhys_mocks::{Dialect, Fault, Twin};
use rstest::rstest;
use serde_json::json;

/// Sends secrets and several kinds of token to the endpoints that take them. Returns the tokens.
async fn exercise(twin: &Twin) -> Vec<String> {
    let mut tokens = vec![valid(twin)];
    for kind in ["wrong_secret", "expired", "none_alg", "garbage", "mock_prefix"] {
        tokens.push(recorded_kind(twin, kind));
    }
    for token in &tokens {
        list_messages(twin, Some(token)).await;
        for caller in [Caller::None, Caller::Right, Caller::WrongSecret, Caller::WrongId] {
            let request = client().post(format!("{}/auth/validate", twin.auth_url()));
            // A stopped auth service does not answer.
            let _ = as_caller(request, twin, caller).json(&json!({ "token": token })).send().await;
        }
        let by_query = socket::upgrade(twin, &format!("/ws?token={token}"), &[]);
        let _ = tokio_tungstenite::connect_async(by_query).await;
        let _ = socket::connect(twin, token).await;
    }
    let user = &twin.credentials().users()[0];
    let login = json!({ "email": user.email, "password": user.password() });
    let _ = client().post(format!("{}/auth/login", twin.auth_url())).json(&login).send().await;
    tokens
}

#[rstest]
#[tokio::test]
async fn nothing_shown_contains_a_secret_or_a_token(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
    #[values(&[], &[Fault::ServiceSecretMismatch], &[Fault::WrongSigningSecret], &[Fault::ServiceSecretMissing],
             &[Fault::DatabaseDown], &[Fault::AuthDown])]
    faults: &[Fault],
) {
    let twin = support::twin(dialect, faults).await;
    let mut hidden = exercise(&twin).await;
    let credentials = twin.credentials();
    hidden.push(credentials.signing_secret().to_owned());
    hidden.push(credentials.service_secret().to_owned());
    hidden.extend(credentials.users().iter().map(|user| user.password().to_owned()));

    let manifests = twin.manifests();
    let journal = twin.journal().await;
    let shown = [
        serde_json::to_string(&twin.log_entries()).unwrap(),
        serde_json::to_string(&manifests).unwrap(),
        serde_json::to_string(&journal).unwrap(),
        format!("{twin:?} {credentials:?} {journal:?} {manifests:?}"),
    ];
    for (secret, text) in hidden.iter().flat_map(|secret| shown.iter().map(move |text| (secret, text))) {
        assert!(!text.contains(secret.as_str()), "a secret of {} characters is shown", secret.len());
    }
}

#[tokio::test]
async fn secrets_are_long_and_differ_from_boot_to_boot() {
    let (one, other) = (Twin::builder().start().await.unwrap(), Twin::builder().start().await.unwrap());
    assert!(one.credentials().signing_secret().len() >= 32 && one.credentials().service_secret().len() >= 32);
    assert_ne!(one.credentials().signing_secret(), other.credentials().signing_secret());
    assert_ne!(one.credentials().service_secret(), other.credentials().service_secret());
    let foreign = validate(&other, &valid(&one), Caller::Right).await;
    assert_eq!(foreign.status(), 401);
}
