//! Single faults: what the client sees, and how journal, log and manifest show the cause.

use crate::support::{self, Caller, get, list_messages, logged, socket, twin, valid, validate};
use fivewhys_mocks::{Dialect, Fault, Twin};
use rstest::rstest;
use serde_json::Value;

const BACKEND: &str = "netra-backend-staging";
const AUTH: &str = "netra-auth-service";

/// Returns the secret version that a manifest gives for the variable `name`.
fn version(manifest: &Value, name: &str) -> Option<String> {
    let env = manifest.pointer("/spec/template/spec/containers/0/env")?.as_array()?;
    let entry = env.iter().find(|entry| entry["name"] == name)?;
    entry.pointer("/valueFrom/secretKeyRef/key")?.as_str().map(str::to_owned)
}

async fn refused_by_backend(twin: &Twin, dialect: Dialect) {
    let expected = if dialect == Dialect::Documented { 403 } else { 401 };
    let answer = list_messages(twin, Some(&valid(twin))).await;
    assert_eq!(answer.status(), expected);
    assert_eq!(answer.json::<Value>().await.unwrap()["message"], "Authentication failed");
}

#[rstest]
#[case(Dialect::Documented, "Service authentication failed for caller 'netra-backend': invalid service secret")]
#[case(Dialect::Observed, "Service secret mismatch for service 'netra-backend'")]
#[tokio::test]
async fn service_secret_mismatch_refuses_the_backend(#[case] dialect: Dialect, #[case] line: &str) {
    let twin = twin(dialect, &[Fault::ServiceSecretMismatch]).await;
    refused_by_backend(&twin, dialect).await;
    let journal = twin.journal().await;
    let asked = journal.iter().find(|entry| entry.path == "/auth/validate").unwrap();
    assert!(asked.from_backend);
    assert_eq!(asked.reason.as_deref(), Some("invalid_service_secret"));
    assert_eq!(asked.caller.as_deref(), Some("netra-backend"));
    assert!(logged(&twin, AUTH, line));
    let manifests = twin.manifests();
    assert_eq!(version(&manifests.backend, "SERVICE_SECRET").as_deref(), Some("3"));
    assert_eq!(version(&manifests.auth, "SERVICE_SECRET").as_deref(), Some("4"));
    let ours = validate(&twin, &valid(&twin), Caller::Right).await;
    assert_eq!(ours.json::<Value>().await.unwrap()["valid"], true);
}

#[rstest]
#[tokio::test]
async fn service_secret_missing_keeps_the_backend_from_starting(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[Fault::ServiceSecretMissing]).await;
    let answer = get(&twin, "/health").send().await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(!answer.headers().contains_key("x-trace-id"));
    let status = &twin.manifests().backend["status"];
    assert_eq!(status["latestCreatedRevisionName"], "netra-backend-staging-00639-g4g");
    assert_eq!(status["latestReadyRevisionName"], "netra-backend-staging-00611-cr5");
    assert_eq!(status["conditions"][0]["status"], "False");
    assert!(logged(&twin, BACKEND, "CRITICAL STARTUP FAILURE"));
    assert!(logged(&twin, BACKEND, "SERVICE_SECRET not configured - SINGLE POINT OF FAILURE"));
    assert_eq!(version(&twin.manifests().backend, "SERVICE_SECRET"), None);
}

#[tokio::test]
async fn documented_refuses_a_backend_without_service_secret() {
    let asked = Twin::builder().fault(Fault::ServiceSecretMissing).startup_validation(false);
    let twin = asked.start().await.unwrap();
    refused_by_backend(&twin, Dialect::Documented).await;
    let journal = twin.journal().await;
    let asked = journal.iter().find(|entry| entry.path == "/auth/validate").unwrap();
    assert_eq!(asked.reason.as_deref(), Some("missing_service_credentials"));
    assert_eq!((asked.status, asked.caller.as_deref()), (401, None));
    assert!(logged(&twin, BACKEND, "INTER-SERVICE AUTH FAILURE: Missing service credentials"));
    assert!(logged(&twin, BACKEND, "Service Secret configured: False"));
}

#[tokio::test]
async fn observed_accepts_a_backend_without_service_secret() {
    let asked = Twin::builder().dialect(Dialect::Observed).fault(Fault::ServiceSecretMissing);
    let twin = asked.startup_validation(false).start().await.unwrap();
    assert_eq!(list_messages(&twin, Some(&valid(&twin))).await.status(), 200);
    assert!(logged(&twin, BACKEND, "Missing service authentication configuration: SERVICE_SECRET. Auth=REDACTED"));
    assert_eq!(twin.manifests().backend["status"]["conditions"][0]["status"], "True");
}

#[rstest]
#[tokio::test]
async fn auth_down_refuses_connections_and_every_token(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[Fault::AuthDown]).await;
    let direct = support::client().get(format!("{}/health", twin.auth_url())).send().await.unwrap_err();
    assert!(direct.is_connect());
    refused_by_backend(&twin, dialect).await;
    assert!(logged(&twin, BACKEND, "Auth service connectivity check failed: All connection attempts failed"));
    assert!(logged(&twin, AUTH, "Container terminated on signal 9."));
    assert!(twin.journal().await.is_empty());
}

#[rstest]
#[tokio::test]
async fn wrong_signing_secret_affects_only_the_client(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[Fault::WrongSigningSecret]).await;
    refused_by_backend(&twin, dialect).await;
    let verdict = validate(&twin, &valid(&twin), Caller::Right).await;
    assert_ne!(verdict.json::<Value>().await.unwrap()["valid"], true);
    let manifests = twin.manifests();
    assert_eq!(version(&manifests.backend, "JWT_SECRET_KEY").as_deref(), Some("4"));
    assert_eq!(version(&manifests.auth, "JWT_SECRET_KEY").as_deref(), Some("4"));
    let line = if dialect == Dialect::Observed { "Signature verification failed" } else { "signature verification" };
    assert!(logged(&twin, AUTH, line));

    let user = &twin.credentials().users()[0];
    let body = serde_json::json!({ "email": user.email, "password": user.password() });
    let login = support::client().post(format!("{}/auth/login", twin.auth_url())).json(&body).send().await.unwrap();
    let issued = login.json::<Value>().await.unwrap()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(list_messages(&twin, Some(&issued)).await.status(), 200);
}

#[rstest]
#[case::no_credential(false, 403, "403 Forbidden")]
#[case::a_bearer_that_google_did_not_sign(true, 401, "401 Unauthorized")]
#[tokio::test]
async fn iam_denied_answers_instead_of_the_backend(#[case] bearer: bool, #[case] status: u16, #[case] title: &str) {
    let twin = twin(Dialect::Observed, &[Fault::IamDenied]).await;
    let token = valid(&twin);
    let answer = list_messages(&twin, bearer.then_some(token.as_str())).await;
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers().contains_key("www-authenticate"), bearer);
    assert!(!answer.headers().contains_key("x-trace-id"));
    assert!(answer.text().await.unwrap().contains(&format!("<title>{title}</title>")));
    assert!(logged(&twin, BACKEND, "The request was not authenticated. Either allow unauthenticated invocations"));
    assert!(!logged(&twin, BACKEND, "Request: GET"));
    assert!(twin.journal().await.is_empty());
    let annotations = &twin.manifests().backend["metadata"]["annotations"];
    assert!(annotations.get("run.googleapis.com/invoker-iam-disabled").is_none());
}

#[rstest]
#[case(Dialect::Documented, 401)]
#[case(Dialect::Observed, 403)]
#[tokio::test]
async fn strips_authorization_leaves_the_other_token_locations_alone(#[case] dialect: Dialect, #[case] status: u16) {
    let twin = twin(dialect, &[Fault::StripsAuthorization]).await;
    let token = valid(&twin);
    let answer = list_messages(&twin, Some(&token)).await;
    assert_eq!(answer.status(), status);
    assert_eq!(answer.json::<Value>().await.unwrap()["message"], "Not authenticated");
    assert!(twin.journal().await.is_empty());

    let request = socket::upgrade(&twin, &format!("/ws?token={token}"), &[]);
    let (mut stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    assert_eq!(socket::next_frame(&mut stream).await["type"], "system_message");
    match socket::connect(&twin, &token).await {
        Err(refused) => assert_eq!(socket::refusal(&refused).0, 403),
        Ok(mut stream) => assert_eq!(socket::next_frame(&mut stream).await["error_code"], "NO_TOKEN"),
    }
}

#[rstest]
#[tokio::test]
async fn database_down_shows_in_health_and_refuses_every_token(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[Fault::DatabaseDown]).await;
    let health = support::client().get(format!("{}/health", twin.auth_url())).send().await.unwrap();
    assert_eq!(health.status(), 503);
    let health: Value = health.json().await.unwrap();
    assert_eq!((&health["status"], &health["reason"]), (&"unhealthy".into(), &"Database connectivity failed".into()));
    let verdict = validate(&twin, &valid(&twin), Caller::Right).await;
    assert_eq!(verdict.json::<Value>().await.unwrap()["valid"], true);

    refused_by_backend(&twin, dialect).await;
    let journal = twin.journal().await;
    assert!(journal.iter().any(|entry| entry.from_backend && entry.path == "/health" && entry.status == 503));
    assert!(!journal.iter().any(|entry| entry.from_backend && entry.path == "/auth/validate"));
    assert!(logged(&twin, AUTH, "Auth database connection test failed"));
    assert!(logged(&twin, BACKEND, "Auth service unreachable after"));
}

#[tokio::test]
async fn several_faults_act_together() {
    let twin = twin(Dialect::Documented, &[Fault::ServiceSecretMismatch, Fault::DatabaseDown]).await;
    let health = support::client().get(format!("{}/health", twin.auth_url())).send().await.unwrap();
    assert_eq!(health.status(), 503);
    assert_eq!(version(&twin.manifests().auth, "SERVICE_SECRET").as_deref(), Some("4"));
}
