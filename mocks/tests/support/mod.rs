//! What the tests share: twins, tokens of every kind, HTTP calls and WebSockets.
#![allow(dead_code, unused_imports, missing_docs, reason = "each test binary uses a part of it")]

pub(crate) mod socket;
pub(crate) mod token;

use fivewhys_mocks::{Dialect, Fault, Twin};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

/// Boots a twin in `dialect` with `faults`.
pub(crate) async fn twin(dialect: Dialect, faults: &[Fault]) -> Twin {
    Twin::builder().dialect(dialect).faults(faults.iter().copied()).start().await.expect("the twin boots")
}

/// Returns a client that follows no redirect and uses no proxy.
pub(crate) fn client() -> Client {
    Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only(std::iter::empty())
        .build()
        .expect("a client")
}

/// Returns a valid token of the first user, signed with the client's secret.
pub(crate) fn valid(twin: &Twin) -> String {
    token::Token::of(twin).sign()
}

pub(crate) fn get(twin: &Twin, path: &str) -> RequestBuilder {
    client().get(format!("{}{path}", twin.edge_url()))
}

pub(crate) fn post(twin: &Twin, path: &str, body: &Value) -> RequestBuilder {
    client().post(format!("{}{path}", twin.edge_url())).json(body)
}

/// Returns the body of a valid chat message.
pub(crate) fn hello() -> Value {
    json!({ "content": "hello", "thread_id": "thread-1" })
}

/// Calls `GET /api/chat/messages` through the edge, with or without a bearer token.
pub(crate) async fn list_messages(twin: &Twin, token: Option<&str>) -> Response {
    let request = get(twin, "/api/chat/messages");
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    request.send().await.expect("the edge answers")
}

/// The service credentials of a call to the auth service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    None,
    Right,
    WrongSecret,
    WrongId,
    IdOnly,
}

/// Calls `POST /auth/validate` at the auth service.
pub(crate) async fn validate(twin: &Twin, token: &str, caller: Caller) -> Response {
    let request = client().post(format!("{}/auth/validate", twin.auth_url()));
    let request = as_caller(request, twin, caller);
    let body = json!({ "token": token, "token_type": "access" });
    request.json(&body).send().await.expect("the auth service answers")
}

pub(crate) fn as_caller(request: RequestBuilder, twin: &Twin, caller: Caller) -> RequestBuilder {
    let (id, secret) = (twin.credentials().service_id(), twin.credentials().service_secret());
    match caller {
        Caller::None => request,
        Caller::Right => request.header("X-Service-ID", id).header("X-Service-Secret", secret),
        Caller::WrongSecret => request.header("X-Service-ID", id).header("X-Service-Secret", "not-the-secret"),
        Caller::WrongId => request.header("X-Service-ID", "netra-backend-staging").header("X-Service-Secret", secret),
        Caller::IdOnly => request.header("X-Service-ID", id),
    }
}

/// Reports whether a log entry of `service` contains `text`.
pub(crate) fn logged(twin: &Twin, service: &str, text: &str) -> bool {
    twin.log_entries().iter().any(|entry| {
        entry["resource"]["labels"]["service_name"] == service && line_of(entry).is_some_and(|line| line.contains(text))
    })
}

/// Returns the text of a log entry, plain or JSON.
pub(crate) fn line_of(entry: &Value) -> Option<&str> {
    entry["textPayload"].as_str().or_else(|| entry["jsonPayload"]["message"].as_str())
}
