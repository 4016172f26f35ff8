//! Decisions of the auth service and the backend in each dialect.

use crate::support::token::recorded_kind;
use crate::support::{Caller, get, list_messages, socket, twin, valid, validate};
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[case::none(Caller::None, 401, "missing_service_credentials")]
#[case::id_only(Caller::IdOnly, 401, "missing_service_credentials")]
#[case::wrong_secret(Caller::WrongSecret, 401, "invalid_service_secret")]
#[case::wrong_id(Caller::WrongId, 401, "invalid_service_id")]
#[case::right(Caller::Right, 200, "ok")]
#[tokio::test]
async fn documented_checks_the_caller_first(#[case] caller: Caller, #[case] status: u16, #[case] reason: &str) {
    let twin = twin(Dialect::Documented, &[]).await;
    let answer = validate(&twin, &valid(&twin), caller).await;
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["x-service-name"], "auth-service");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["detail"].is_string(), status == 401);
    let journal = twin.journal().await;
    let last = journal.last().unwrap();
    assert_eq!((last.accepted, last.reason.as_deref()), (Some(status == 200), Some(reason)));
    assert!(!last.from_backend);
}

#[rstest]
#[case::none(Caller::None, None)]
#[case::id_only(Caller::IdOnly, None)]
#[case::wrong_secret(Caller::WrongSecret, Some("invalid_service_secret"))]
#[case::wrong_id(Caller::WrongId, Some("invalid_service_id"))]
#[case::right(Caller::Right, None)]
#[tokio::test]
async fn observed_auth_answers_200_and_ignores_missing_credentials(
    #[case] caller: Caller,
    #[case] error: Option<&str>,
) {
    let twin = twin(Dialect::Observed, &[]).await;
    let answer = validate(&twin, &valid(&twin), caller).await;
    assert_eq!(answer.status(), 200);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["valid"], error.is_none());
    assert_eq!(body["error"].as_str(), error);
}

#[rstest]
#[case("expired")]
#[case("garbage")]
#[case("garbage3")]
#[case("wrong_secret")]
#[case("hs512")]
#[case("none_alg")]
#[case("wrong_iss")]
#[case("wrong_aud")]
#[case("no_jti")]
#[case("no_iss")]
#[case("no_exp")]
#[case("no_sub")]
#[case("no_iat")]
#[case("no_token_type")]
#[case("refresh_type")]
#[case("future_iat")]
#[case("old_iat")]
#[case("mock_prefix")]
#[tokio::test]
async fn a_bad_token_is_refused_everywhere(
    #[case] kind: &str,
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern, Dialect::Opaque)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let token = recorded_kind(&twin, kind);
    let (auth, backend, expected) = match dialect {
        Dialect::Documented => (401, 403, json!({ "message": "Authentication failed" })),
        Dialect::Observed => (200, 401, json!({ "message": "Authentication failed" })),
        Dialect::Modern => (401, 401, json!({ "detail": "Authentication failed", "status": 401 })),
        Dialect::Opaque => (401, 403, json!({ "error": "request failed" })),
    };
    let answer = validate(&twin, &token, Caller::Right).await;
    assert_eq!(answer.status(), auth);
    let body: Value = answer.json().await.unwrap();
    assert_ne!(body["valid"], true);
    assert_eq!(twin.journal().await.last().unwrap().reason.as_deref(), Some("invalid_token"));

    let answer = list_messages(&twin, Some(&token)).await;
    assert_eq!(answer.status(), backend);
    let body: Value = answer.json().await.unwrap();
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&body[name], value);
    }
}

#[rstest]
#[case("unknown_user")]
#[case("aud_netra_backend")]
#[case("no_aud")]
#[case("no_email")]
#[case("env_prod")]
#[tokio::test]
async fn an_odd_but_valid_token_is_accepted(
    #[case] kind: &str,
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern, Dialect::Opaque)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    assert_eq!(list_messages(&twin, Some(&recorded_kind(&twin, kind))).await.status(), 200);
}

#[rstest]
#[case::absent(Dialect::Documented, None, 401, "Not authenticated")]
#[case::absent(Dialect::Observed, None, 403, "Not authenticated")]
#[case::empty(Dialect::Observed, Some("Bearer "), 403, "Not authenticated")]
#[case::wrong_scheme(Dialect::Documented, Some("Token abc"), 401, "Invalid authentication credentials")]
#[case::wrong_scheme(Dialect::Observed, Some("Token abc"), 403, "Invalid authentication credentials")]
#[tokio::test]
async fn a_request_without_a_bearer_never_reaches_the_auth_service(
    #[case] dialect: Dialect,
    #[case] authorization: Option<&str>,
    #[case] status: u16,
    #[case] message: &str,
) {
    let twin = twin(dialect, &[]).await;
    let request = get(&twin, "/api/chat/messages").header("x-request-id", "req-1");
    let request = match authorization {
        Some(value) => request.header("authorization", value),
        None => request,
    };
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), status);
    let body: Value = answer.json().await.unwrap();
    assert_eq!((body["message"].as_str(), body["request_id"].as_str()), (Some(message), Some("req-1")));
    assert_eq!(body["details"]["status_code"], status);
    assert_eq!(body.get("stack_trace").is_some(), dialect == Dialect::Observed);
    assert!(twin.journal().await.is_empty());
}

#[rstest]
#[case("garbage")]
#[case("wrong_secret")]
#[tokio::test]
async fn documented_refuses_the_upgrade_with_an_empty_403(#[case] kind: &str) {
    let twin = twin(Dialect::Documented, &[]).await;
    let refused = socket::connect(&twin, &recorded_kind(&twin, kind)).await.unwrap_err();
    assert_eq!(socket::refusal(&refused), (403, 0));
}

#[rstest]
#[case::no_bearer(None, &[], "NO_TOKEN", "No JWT token found")]
#[case::garbage(Some("garbage"), &[], "INVALID_FORMAT", "Invalid token format")]
#[case::wrong_secret(Some("wrong_secret"), &[], "VALIDATION_FAILED", "Token validation failed")]
#[case::caller_refused(
    Some("valid"), &[Fault::ServiceSecretMismatch], "VALIDATION_FAILED", "Token validation failed")]
#[case::auth_down(Some("valid"), &[Fault::AuthDown], "VALIDATION_FAILED", "auth_service_unreachable")]
#[tokio::test]
async fn observed_accepts_the_upgrade_then_explains_and_closes(
    #[case] kind: Option<&str>,
    #[case] faults: &[Fault],
    #[case] code: &str,
    #[case] message: &str,
) {
    let twin = twin(Dialect::Observed, faults).await;
    let headers: Vec<_> =
        kind.map(|kind| ("authorization", format!("Bearer {}", recorded_kind(&twin, kind)))).into_iter().collect();
    let request = socket::upgrade(&twin, "/ws", &headers);
    let (mut stream, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let (frames, close, reason) = socket::until_closed(&mut stream).await;
    assert_eq!((frames.len(), close, reason.as_str()), (1, 1008, "SSOT Auth failed"));
    assert_eq!(frames[0]["error_code"], code);
    assert!(frames[0]["error_message"].as_str().unwrap().starts_with(message));
}
