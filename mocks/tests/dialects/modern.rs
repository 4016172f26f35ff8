//! `modern`: problem details (RFC 9457) and challenges (RFC 6750) of the auth service, the backend and upgrades.

use crate::support::token::recorded_kind;
use crate::support::{Caller, get, list_messages, post, socket, twin, valid, validate};
use fivewhys_mocks::{Dialect, Fault};
use reqwest::Response;
use rstest::rstest;
use serde_json::{Value, json};

/// Returns the status, the challenge and the problem's detail; checks that the problem repeats the status.
async fn problem(answer: Response) -> (u16, Option<String>, Value) {
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let challenge = answer.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status);
    (status, challenge, body["detail"].clone())
}

fn invalid_token(challenge: Option<&str>) -> bool {
    challenge.is_some_and(|challenge| challenge.starts_with("Bearer error=\"invalid_token\""))
}

#[tokio::test]
async fn a_request_without_a_bearer_gets_a_bare_challenge() {
    let twin = twin(Dialect::Modern, &[]).await;
    let (status, challenge, detail) = problem(list_messages(&twin, None).await).await;
    assert_eq!((status, challenge.as_deref(), detail), (401, Some("Bearer"), json!("Not authenticated")));
}

#[rstest]
#[case::bad_token("expired", &[])]
#[case::refused_caller("valid", &[Fault::ServiceSecretMismatch])]
#[case::auth_down("valid", &[Fault::AuthDown])]
#[tokio::test]
async fn every_failed_validation_is_an_invalid_token(#[case] kind: &str, #[case] faults: &[Fault]) {
    let twin = twin(Dialect::Modern, faults).await;
    let token = recorded_kind(&twin, kind);
    let (status, challenge, detail) = problem(list_messages(&twin, Some(&token)).await).await;
    assert_eq!((status, invalid_token(challenge.as_deref())), (401, true));
    assert_eq!(detail, "Authentication failed");
}

#[rstest]
#[case::none(Caller::None, "Service credentials required")]
#[case::id_only(Caller::IdOnly, "Service credentials required")]
#[case::wrong_secret(Caller::WrongSecret, "Invalid service credentials")]
#[case::wrong_id(Caller::WrongId, "Invalid service credentials")]
#[tokio::test]
async fn a_bad_caller_gets_no_challenge(#[case] caller: Caller, #[case] detail: &str) {
    let twin = twin(Dialect::Modern, &[]).await;
    let expected = (401, None, json!(detail));
    assert_eq!(problem(validate(&twin, &valid(&twin), caller).await).await, expected);
}

#[tokio::test]
async fn the_auth_service_calls_a_bad_token_invalid() {
    let twin = twin(Dialect::Modern, &[]).await;
    let answer = validate(&twin, &recorded_kind(&twin, "wrong_secret"), Caller::Right).await;
    let (status, challenge, _) = problem(answer).await;
    assert_eq!((status, invalid_token(challenge.as_deref())), (401, true));
}

#[rstest]
#[case::no_bearer(None, false)]
#[case::garbage(Some("garbage"), true)]
#[case::wrong_secret(Some("wrong_secret"), true)]
#[tokio::test]
async fn an_upgrade_is_refused_with_401(#[case] kind: Option<&str>, #[case] invalid: bool) {
    let twin = twin(Dialect::Modern, &[]).await;
    let headers: Vec<_> =
        kind.map(|kind| ("authorization", format!("Bearer {}", recorded_kind(&twin, kind)))).into_iter().collect();
    let request = socket::upgrade(&twin, "/ws", &headers);
    let refused = tokio_tungstenite::connect_async(request).await.unwrap_err();
    assert_eq!(socket::refusal(&refused).0, 401);
    assert_eq!(invalid_token(socket::challenge(&refused).as_deref()), invalid);
}

#[tokio::test]
async fn a_bad_request_gets_problem_details() {
    let twin = twin(Dialect::Modern, &[]).await;
    let answer = post(&twin, "/api/chat/messages", &json!({})).bearer_auth(valid(&twin)).send().await.unwrap();
    let (status, challenge, _) = problem(answer).await;
    assert_eq!((status, challenge), (422, None));
    let unknown = get(&twin, "/api/nowhere").send().await.unwrap();
    assert_eq!(problem(unknown).await, (404, None, json!("Not Found")));
}
