//! A twin without faults: every endpoint works, in every dialect.

use crate::support::{self, Caller, get, hello, list_messages, post, socket, twin, valid, validate};
use fivewhys_mocks::Dialect;
use rstest::rstest;
use serde_json::{Value, json};

#[rstest]
#[tokio::test]
async fn a_valid_token_reads_and_writes_messages(
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern, Dialect::Opaque)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let token = valid(&twin);
    let created = post(&twin, "/api/chat/messages", &hello()).bearer_auth(&token).send().await.unwrap();
    assert_eq!(created.status(), 200);
    let created: Value = created.json().await.unwrap();
    assert_eq!(created["status"], "created");
    assert_eq!(created["message"]["user_id"], "staging-e2e-user-001");

    let list: Value = list_messages(&twin, Some(&token)).await.json().await.unwrap();
    assert_eq!(list["total_count"], 1);
    assert_eq!(list["messages"][0], created["message"]);
    let path = format!("/api/chat/messages/{}", created["message"]["id"].as_str().unwrap());
    let one: Value = get(&twin, &path).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    assert_eq!(one, created["message"]);
    twin.shutdown().await;
}

#[rstest]
#[tokio::test]
async fn headers_name_the_platform_and_the_backend(
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let answer = list_messages(&twin, Some(&valid(&twin))).await;
    assert_eq!(answer.headers()["server"], "Google Frontend");
    assert_eq!(answer.headers()["via"], "1.1 google");
    assert!(answer.headers().contains_key("x-trace-id"));
    assert!(answer.headers()["set-cookie"].to_str().unwrap().starts_with("GAESA="));
}

#[rstest]
#[tokio::test]
async fn a_chat_stream_runs_from_start_to_end(
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern, Dialect::Opaque)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let answer = post(&twin, "/api/chat/stream", &hello()).bearer_auth(valid(&twin)).send().await.unwrap();
    assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
    let text = answer.text().await.unwrap();
    let events: Vec<Value> = text
        .split("\n\n")
        .filter_map(|event| event.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let kinds: Vec<_> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected = "stream_start user_message agent_started agent_thinking tool_executing tool_completed \
                    response_chunk response_complete agent_completed stream_end";
    assert_eq!(kinds.join(" "), expected);
    assert_eq!(events[0]["user_id"], "staging-e2e-user-001");
}

#[rstest]
#[tokio::test]
async fn a_websocket_welcomes_and_sends_the_five_events(
    #[values(Dialect::Documented, Dialect::Observed, Dialect::Modern, Dialect::Opaque)] dialect: Dialect,
) {
    let twin = twin(dialect, &[]).await;
    let mut stream = socket::connect(&twin, &valid(&twin)).await.unwrap();
    let welcome = socket::next_frame(&mut stream).await;
    assert_eq!(welcome["data"]["event"], "connection_established");
    assert_eq!(welcome["data"]["user_id"], "staging-e2e-user-001");
    assert_eq!(socket::next_frame(&mut stream).await["type"], "ping");

    socket::send(&mut stream, &json!({ "type": "ping" })).await;
    assert_eq!(socket::next_frame(&mut stream).await["type"], "pong");
    socket::send(&mut stream, &socket::user_message("hello")).await;
    let mut kinds = Vec::new();
    for _ in 0..5 {
        let event = socket::next_frame(&mut stream).await;
        assert_eq!(event["user_id"], "staging-e2e-user-001");
        kinds.push(event["type"].as_str().unwrap().to_owned());
    }
    assert_eq!(kinds, ["agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"]);
}

#[tokio::test]
async fn another_users_message_is_denied_and_an_unknown_not_found() {
    let twin = twin(Dialect::Observed, &[]).await;
    let created = post(&twin, "/api/chat/messages", &hello()).bearer_auth(valid(&twin)).send().await.unwrap();
    let created: Value = created.json().await.unwrap();
    let path = format!("/api/chat/messages/{}", created["message"]["id"].as_str().unwrap());
    let stranger = support::token::Token::of(&twin).with("sub", json!("staging-e2e-user-002")).sign();

    let denied = get(&twin, &path).bearer_auth(&stranger).send().await.unwrap();
    assert_eq!(denied.status(), 403);
    let denied: Value = denied.json().await.unwrap();
    assert_eq!(denied["message"], "Access denied: You can only access your own messages");
    let unknown = get(&twin, "/api/chat/messages/nope").bearer_auth(&stranger).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    assert_eq!(unknown.json::<Value>().await.unwrap()["error_code"], "DB_RECORD_NOT_FOUND");
    let theirs: Value = list_messages(&twin, Some(&stranger)).await.json().await.unwrap();
    assert_eq!(theirs["total_count"], 0);
}

#[tokio::test]
async fn a_login_gives_a_token_that_the_auth_service_accepts() {
    let twin = twin(Dialect::Documented, &[]).await;
    let user = &twin.credentials().users()[1];
    let url = format!("{}/auth/login", twin.auth_url());
    let body = json!({ "email": user.email, "password": user.password() });
    let answer: Value = support::client().post(&url).json(&body).send().await.unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    assert_eq!(answer["expires_in"], 900);
    let verdict: Value = validate(&twin, token, Caller::Right).await.json().await.unwrap();
    assert_eq!(verdict["user_id"], user.sub);
    assert_eq!(list_messages(&twin, Some(token)).await.status(), 200);

    let body = json!({ "email": user.email, "password": "wrong" });
    let refused = support::client().post(&url).json(&body).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["x-service-name"], "auth-service");
}
