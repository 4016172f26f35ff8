//! Edge cases of the endpoints: unknown paths, wrong methods, bad bodies, and the order of checks.

use crate::support::{client, get, hello, logged, post, socket, twin, valid};
use fivewhys_mocks::{Dialect, Fault};
use rstest::rstest;
use serde_json::{Value, json};

#[tokio::test]
async fn unknown_paths_and_wrong_methods_get_fastapis_errors() {
    let twin = twin(Dialect::Documented, &[]).await;
    let unknown = get(&twin, "/api/nope").send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(unknown.text().await.unwrap(), r#"{"detail":"Not Found"}"#);
    let wrong = get(&twin, "/api/chat/stream").send().await.unwrap();
    assert_eq!(wrong.status(), 405);
    assert_eq!(wrong.headers()["allow"], "POST");
    assert_eq!(wrong.text().await.unwrap(), r#"{"detail":"Method Not Allowed"}"#);
    let auth = client().get(format!("{}/auth/nope", twin.auth_url())).send().await.unwrap();
    assert_eq!((auth.status().as_u16(), auth.headers()["x-service-name"].to_str().unwrap()), (404, "auth-service"));
}

#[tokio::test]
async fn malformed_json_precedes_the_bearer_and_the_schema_follows() {
    let twin = twin(Dialect::Observed, &[]).await;
    let url = format!("{}/api/chat/messages", twin.edge_url());
    let malformed = client().post(&url).header("content-type", "application/json").body("{").send().await.unwrap();
    assert_eq!(malformed.status(), 422);
    let body: Value = malformed.json().await.unwrap();
    assert_eq!(body["detail"][0]["type"], "json_invalid");
    assert_eq!(post(&twin, "/api/chat/messages", &json!({})).send().await.unwrap().status(), 403);
}

#[rstest]
#[case(json!({ "message": "x" }), "missing", 2)]
#[case(json!({ "content": "", "thread_id": "t" }), "string_too_short", 1)]
#[case(json!({ "content": 1, "thread_id": "t" }), "string_type", 1)]
#[case(json!({ "content": "x".repeat(8001), "thread_id": "t" }), "string_too_long", 1)]
#[case(json!([]), "model_attributes_type", 1)]
#[tokio::test]
async fn a_body_that_breaks_the_schema_lists_its_problems(
    #[case] body: Value,
    #[case] kind: &str,
    #[case] problems: usize,
) {
    let twin = twin(Dialect::Documented, &[]).await;
    for path in ["/api/chat/messages", "/api/chat/stream"] {
        let answer = post(&twin, path, &body).bearer_auth(valid(&twin)).send().await.unwrap();
        assert_eq!(answer.status(), 422);
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["detail"].as_array().unwrap().len(), problems);
        assert_eq!(answer["detail"][0]["type"], kind);
    }
}

#[tokio::test]
async fn the_list_is_paged_and_its_limits_are_checked() {
    let twin = twin(Dialect::Documented, &[]).await;
    let token = valid(&twin);
    for _ in 0..3 {
        post(&twin, "/api/chat/messages", &hello()).bearer_auth(&token).send().await.unwrap();
    }
    let page = get(&twin, "/api/chat/messages?limit=2&offset=2").bearer_auth(&token).send().await.unwrap();
    let page: Value = page.json().await.unwrap();
    assert_eq!((&page["total_count"], &page["page"], &page["has_more"]), (&json!(3), &json!(2), &json!(false)));
    for query in ["limit=0", "limit=101", "limit=x"] {
        let answer = get(&twin, &format!("/api/chat/messages?{query}")).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{query}");
    }
}

#[tokio::test]
async fn a_plain_get_of_ws_is_404_and_an_upgrade_elsewhere_403() {
    let twin = twin(Dialect::Observed, &[]).await;
    assert_eq!(get(&twin, "/ws").send().await.unwrap().status(), 404);
    let request = socket::upgrade(&twin, "/nope", &[]);
    let refused = tokio_tungstenite::connect_async(request).await.unwrap_err();
    assert_eq!(socket::refusal(&refused), (403, 0));
}

#[rstest]
#[tokio::test]
async fn verify_needs_no_service_credentials(#[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect) {
    let twin = twin(dialect, &[]).await;
    let url = format!("{}/auth/verify", twin.auth_url());
    let token = valid(&twin);
    let by_header: Value = client().get(&url).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let in_body = client().post(&url).json(&json!({ "token": token })).send().await.unwrap();
    assert_eq!(by_header["valid"], true);
    assert_eq!(in_body.json::<Value>().await.unwrap(), by_header);
    let refused = client().get(&url).bearer_auth("a.b.c").send().await.unwrap();
    assert_eq!(refused.status(), if dialect == Dialect::Documented { 401 } else { 200 });
}

#[rstest]
#[tokio::test]
async fn a_caller_lists_only_their_own_threads(#[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect) {
    let twin = twin(dialect, &[]).await;
    let list =
        async || get(&twin, "/api/threads").bearer_auth(valid(&twin)).send().await.unwrap().json::<Value>().await;
    assert_eq!(list().await.unwrap(), json!([]));
    post(&twin, "/api/chat/messages", &hello()).bearer_auth(valid(&twin)).send().await.unwrap();
    assert_eq!(list().await.unwrap()[0]["id"], "thread-1");
    let refused = get(&twin, "/api/threads").bearer_auth("a.b.c").send().await.unwrap();
    assert_eq!(refused.json::<Value>().await.unwrap()["message"], "Invalid or expired token");
    assert!(logged(&twin, "netra-backend-staging", "Failed to create request-scoped database session"));
}

#[rstest]
#[tokio::test]
async fn without_its_database_the_backend_lists_no_threads(
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[Fault::DatabaseDown]).await;
    let answer = get(&twin, "/api/threads").bearer_auth(valid(&twin)).send().await.unwrap();
    assert_eq!(answer.status(), 500);
    assert_eq!(answer.json::<Value>().await.unwrap()["error_code"], "INTERNAL_ERROR");
}

#[rstest]
#[case(None, Value::Null)]
#[case(Some("a.b.c"), Value::Null)]
#[case(Some("valid"), json!("staging-e2e-user-001"))]
#[tokio::test]
async fn agents_execute_for_every_caller_and_name_the_user(
    #[case] token: Option<&str>,
    #[case] user: Value,
    #[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let request = post(&twin, "/api/agents/execute", &json!({ "type": "triage", "message": "hello" }));
    let request = match token {
        Some("valid") => request.bearer_auth(valid(&twin)),
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!((&answer["status"], &answer["user_id"]), (&json!("success"), &user));
}

#[tokio::test]
async fn a_deleted_message_is_gone() {
    let twin = twin(Dialect::Observed, &[]).await;
    let token = valid(&twin);
    let posted = post(&twin, "/api/chat/messages", &hello()).bearer_auth(&token).send().await.unwrap();
    let posted: Value = posted.json().await.unwrap();
    let url = format!("{}/api/chat/messages/{}", twin.edge_url(), posted["message"]["id"].as_str().unwrap());
    let deleted = client().delete(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(deleted.json::<Value>().await.unwrap()["status"], "deleted");
    assert_eq!(client().delete(&url).bearer_auth(&token).send().await.unwrap().status(), 404);
}

#[rstest]
#[tokio::test]
async fn a_logged_out_token_is_refused(#[values(Dialect::Documented, Dialect::Observed)] dialect: Dialect) {
    let twin = twin(dialect, &[]).await;
    let token = valid(&twin);
    let out = client().post(format!("{}/auth/logout", twin.auth_url())).bearer_auth(&token).send().await.unwrap();
    assert_eq!(out.status(), 200);
    assert_ne!(get(&twin, "/api/chat/messages").bearer_auth(&token).send().await.unwrap().status(), 200);
    assert_eq!(get(&twin, "/api/chat/messages").bearer_auth(valid(&twin)).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn the_auth_service_reports_a_configured_provider() {
    let twin = twin(Dialect::Documented, &[]).await;
    let answer = client().get(format!("{}/oauth/status", twin.auth_url())).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["status"].clone()),
        (200, json!("healthy"))
    );
}
