//! `opaque`: the statuses of `documented`, one body for every failure, and no header that names a component.

use crate::support::token::recorded_kind;
use crate::support::{Caller, client, get, list_messages, logged, post, socket, twin, valid, validate};
use fivewhys_mocks::{Dialect, Fault, Twin};
use reqwest::Response;
use rstest::rstest;
use serde_json::json;

/// The headers that name no component.
const SILENT: [&str; 5] = ["content-type", "content-length", "transfer-encoding", "connection", "date"];

/// Returns status and body; checks that no header names a component.
async fn said(answer: Response) -> (u16, String) {
    let loud = answer.headers().keys().find(|name| !SILENT.contains(&name.as_str()));
    assert_eq!(loud, None);
    (answer.status().as_u16(), answer.text().await.unwrap())
}

const NOTHING: &str = r#"{"error":"request failed"}"#;

#[rstest]
#[case::no_bearer(None, &[], 401)]
#[case::bad_token(Some("expired"), &[], 403)]
#[case::refused_caller(Some("valid"), &[Fault::ServiceSecretMismatch], 403)]
#[case::auth_down(Some("valid"), &[Fault::AuthDown], 403)]
#[case::iam_missing(None, &[Fault::IamDenied], 403)]
#[case::iam_unverifiable(Some("valid"), &[Fault::IamDenied], 401)]
#[case::not_started(Some("valid"), &[Fault::ServiceSecretMissing], 503)]
#[tokio::test]
async fn a_failure_is_only_a_status(#[case] kind: Option<&str>, #[case] faults: &[Fault], #[case] status: u16) {
    let twin = twin(Dialect::Opaque, faults).await;
    let token = kind.map(|kind| recorded_kind(&twin, kind));
    assert_eq!(said(list_messages(&twin, token.as_deref()).await).await, (status, NOTHING.to_owned()));
}

#[tokio::test]
async fn a_bad_request_gets_the_same_body() {
    let twin = twin(Dialect::Opaque, &[]).await;
    let answer = post(&twin, "/api/chat/messages", &json!({})).bearer_auth(valid(&twin)).send().await.unwrap();
    assert_eq!(said(answer).await, (422, NOTHING.to_owned()));
    assert_eq!(said(get(&twin, "/api/nowhere").send().await.unwrap()).await, (404, NOTHING.to_owned()));
}

#[rstest]
#[case::none(Caller::None, "valid", 401)]
#[case::wrong_secret(Caller::WrongSecret, "valid", 401)]
#[case::bad_token(Caller::Right, "expired", 401)]
#[tokio::test]
async fn the_auth_service_gives_the_same_body(#[case] caller: Caller, #[case] kind: &str, #[case] status: u16) {
    let twin = twin(Dialect::Opaque, &[]).await;
    let answer = validate(&twin, &recorded_kind(&twin, kind), caller).await;
    assert_eq!(said(answer).await, (status, NOTHING.to_owned()));
}

#[rstest]
#[case::no_bearer(None, 403)]
#[case::wrong_secret(Some("wrong_secret"), 403)]
#[tokio::test]
async fn an_upgrade_is_refused_with_403(#[case] kind: Option<&str>, #[case] status: u16) {
    let twin = twin(Dialect::Opaque, &[]).await;
    let headers: Vec<_> =
        kind.map(|kind| ("authorization", format!("Bearer {}", recorded_kind(&twin, kind)))).into_iter().collect();
    let refused = tokio_tungstenite::connect_async(socket::upgrade(&twin, "/ws", &headers)).await.unwrap_err();
    assert_eq!(socket::refusal(&refused), (status, NOTHING.len()));
}

async fn health(twin: &Twin) -> [(u16, String); 2] {
    let auth = client().get(format!("{}/health", twin.auth_url())).send().await.unwrap();
    [said(get(twin, "/health").send().await.unwrap()).await, said(auth).await]
}

#[tokio::test]
async fn health_gives_a_status_and_no_reason() {
    let ok = (200, r#"{"status":"ok"}"#.to_owned());
    assert_eq!(health(&twin(Dialect::Opaque, &[]).await).await, [ok.clone(), ok.clone()]);
    let not_ok = (503, r#"{"status":"not ok"}"#.to_owned());
    assert_eq!(health(&twin(Dialect::Opaque, &[Fault::DatabaseDown]).await).await, [ok, not_ok]);
}

#[tokio::test]
async fn logs_and_manifests_are_those_of_documented() {
    let (plain, silent) = (twin(Dialect::Documented, &[]).await, twin(Dialect::Opaque, &[]).await);
    for twin in [&plain, &silent] {
        list_messages(twin, Some(&recorded_kind(twin, "expired"))).await;
    }
    let texts = |twin: &Twin| {
        let entries = twin.log_entries();
        entries.iter().filter_map(|entry| entry["textPayload"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    assert!(logged(&silent, "netra-auth-service", "token expired"));
    assert_eq!(texts(&plain), texts(&silent));
    let env = "/spec/template/spec/containers/0/env/5";
    assert_eq!(plain.manifests().backend.pointer(env), silent.manifests().backend.pointer(env));
}
