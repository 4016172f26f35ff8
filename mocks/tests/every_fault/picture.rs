//! What a client sees of a twin: one word per endpoint.

use std::collections::BTreeMap;
use std::time::Duration;

use fivewhys_mocks::Twin;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Error;

use crate::support::{Caller, as_caller, client, get, hello, post, socket, valid};

/// The time limit of a response and of a conversation. It exceeds the agents' limit of two seconds.
const PATIENCE: Duration = Duration::from_millis(2600);

/// The word for each endpoint.
pub(crate) type Picture = BTreeMap<&'static str, String>;

/// Calls every endpoint, each with a fresh token.
pub(crate) async fn picture(twin: &Twin) -> Picture {
    let health = get(twin, "/health");
    let list = get(twin, "/api/chat/messages").bearer_auth(valid(twin));
    let message = post(twin, "/api/chat/messages", &hello()).bearer_auth(valid(twin));
    let stream = post(twin, "/api/chat/stream", &hello()).bearer_auth(valid(twin));
    let threads = get(twin, "/api/threads").bearer_auth(valid(twin));
    let task = json!({ "type": "triage", "message": "hello" });
    let execute = post(twin, "/api/agents/execute", &task).bearer_auth(valid(twin));
    let auth_health = client().get(format!("{}/health", twin.auth_url()));
    let validate = client().post(format!("{}/auth/validate", twin.auth_url()));
    let validate = as_caller(validate, twin, Caller::Right).json(&json!({ "token": valid(twin) }));
    let user = &twin.credentials().users()[0];
    let login = client().post(format!("{}/auth/login", twin.auth_url()));
    let login = login.json(&json!({ "email": user.email, "password": user.password() }));
    let (header, subprotocol) = (valid(twin), valid(twin));
    // All at once, so that no call finds a breaker that an earlier call opened.
    let (health, list, message, stream, threads, execute, auth_health, validate, login, by_header, by_subprotocol) = tokio::join!(
        word(health),
        word(list),
        word(message),
        word(stream),
        word(threads),
        word(execute),
        word(auth_health),
        word(validate),
        word(login),
        socket_word(twin, "authorization", format!("Bearer {header}")),
        socket_word(twin, "sec-websocket-protocol", in_subprotocol(&subprotocol)),
    );
    BTreeMap::from([
        ("health", health),
        ("list", list),
        ("post", message),
        ("stream", stream),
        ("threads", threads),
        ("execute", execute),
        ("auth.health", auth_health),
        ("validate", validate),
        ("login", login),
        ("ws", by_header),
        ("ws.sub", by_subprotocol),
    ])
}

fn in_subprotocol(token: &str) -> String {
    use base64::Engine;
    format!("jwt-auth, jwt.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(token))
}

async fn word(request: RequestBuilder) -> String {
    match request.timeout(PATIENCE).send().await {
        Ok(response) => word_of(response).await,
        Err(error) => error_word(&error).to_owned(),
    }
}

fn error_word(error: &reqwest::Error) -> &'static str {
    match (error.is_timeout(), error.is_connect()) {
        (true, _) => "timeout",
        (_, true) => "unreachable",
        _ => "cut",
    }
}

async fn word_of(response: Response) -> String {
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (page, stream) =
        (kind.starts_with("text/html") || kind.starts_with("text/plain"), kind.starts_with("text/event"));
    let text = match response.text().await {
        Ok(text) => text,
        Err(error) => return error_word(&error).to_owned(),
    };
    match status {
        _ if page => format!("page {status}"),
        200 if stream => stream_word(&text).to_owned(),
        200 => json_word(&serde_json::from_str(&text).unwrap_or_default()).to_owned(),
        401 | 403 => "refused".to_owned(),
        status => status.to_string(),
    }
}

fn json_word(body: &Value) -> &'static str {
    let message = &body["message"];
    match () {
        () if body["valid"] == false => "refused",
        () if body["status"] == "error" => "error",
        () if message["user_id"].as_str().is_some_and(|user| !user.ends_with("001")) => "other user",
        () if body.get("response").is_some_and(Value::is_null) => "nothing",
        () if body["response"].as_str().is_some_and(|text| !text.ends_with("hello")) => "canned",
        () if body.get("circuit_breaker_state").is_some() && body["user_id"].is_null() => "anonymous",
        () if body["user_id"].as_str().is_some_and(|user| !user.ends_with("001")) => "other user",
        () => "ok",
    }
}

fn stream_word(text: &str) -> &'static str {
    let has = |kind: &str| text.contains(&format!("\"type\":\"{kind}\""));
    match () {
        () if has("agent_error") => "error",
        () if !has("stream_end") => "cut",
        () if !has("agent_completed") => "nothing",
        () if !text.contains("processed your message: hello") => "canned",
        () if text.contains("user-003") => "other user",
        () => "ok",
    }
}

async fn socket_word(twin: &Twin, name: &'static str, value: String) -> String {
    let request = socket::upgrade(twin, "/ws", &[(name, value)]);
    match tokio::time::timeout(PATIENCE, tokio_tungstenite::connect_async(request)).await {
        Err(_) => "timeout".to_owned(),
        Ok(Err(Error::Http(response))) => match response.status().as_u16() {
            401 | 403 if !is_page(&response) => "refused".to_owned(),
            status if is_page(&response) => format!("page {status}"),
            status => status.to_string(),
        },
        Ok(Err(_)) => "unreachable".to_owned(),
        Ok(Ok((mut stream, _))) => match tokio::time::timeout(PATIENCE, conversation(&mut stream)).await {
            Ok(word) => word,
            Err(_) => "silent".to_owned(),
        },
    }
}

fn is_page<B>(response: &tokio_tungstenite::tungstenite::http::Response<B>) -> bool {
    let kind = response.headers().get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("text/")
}

/// Reads welcome and heartbeat, sends a message, and reads events until the last of the run.
async fn conversation(stream: &mut socket::Stream) -> String {
    let first = socket::next_frame(stream).await;
    match first["error_code"].as_str() {
        Some("FACTORY_INIT_FAILED") => return "500".to_owned(),
        Some(_) => return "refused".to_owned(),
        None => {}
    }
    let other = first["data"]["user_id"].as_str().is_some_and(|user| !user.ends_with("001"));
    socket::next_frame(stream).await;
    socket::send(stream, &socket::user_message("hello")).await;
    loop {
        let event = socket::next_frame(stream).await;
        match event["type"].as_str().unwrap_or_default() {
            "agent_error" => return "error".to_owned(),
            "agent_completed" if other => return "other user".to_owned(),
            "agent_completed" if !event.to_string().contains("hello") => return "canned".to_owned(),
            "agent_completed" => return "ok".to_owned(),
            _ => {}
        }
    }
}

/// Returns the picture of a healthy twin.
pub(crate) fn healthy() -> Picture {
    let endpoints =
        ["health", "list", "post", "stream", "threads", "execute", "auth.health", "validate", "login", "ws", "ws.sub"];
    endpoints.into_iter().map(|endpoint| (endpoint, "ok".to_owned())).collect()
}
