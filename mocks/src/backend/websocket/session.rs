//! A WebSocket after its upgrade: authentication in `observed`, the welcome, then frame by frame.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};

use super::events::AgentRequest;
use super::frames;
use super::token_location::Presented;
use crate::backend::auth_client::Identity;
use crate::backend::service::Backend;
use crate::deployment::BackendDefect;

/// The close code for a policy violation (RFC 6455, section 7.4.1).
const POLICY: u16 = 1008;
/// The close code for an internal error (RFC 6455, section 7.4.1).
const INTERNAL: u16 = 1011;

/// Authenticates a WebSocket that is already accepted. A refusal is an error frame and a close.
pub(crate) async fn authenticate(backend: Arc<Backend>, mut socket: WebSocket, presented: Presented) {
    match backend.admit(&presented).await {
        Ok(_) if backend.has(BackendDefect::SocketFactoryRaises) => refuse_context(&backend, socket).await,
        Ok(user) => run(&backend, socket, user).await,
        Err(refusal) => {
            let close = CloseFrame { code: POLICY, reason: "SSOT Auth failed".into() };
            let _ = send(&mut socket, &frames::error(&backend, &refusal, &presented)).await;
            let _ = socket.send(Message::Close(Some(close))).await;
            drain(socket).await;
        }
    }
}

/// Refuses a signed-in user because the connection's manager could not be made.
async fn refuse_context(backend: &Backend, mut socket: WebSocket) {
    backend.say_context_refused();
    let frame = json!({
        "type": "error_message",
        "error_code": "FACTORY_INIT_FAILED",
        "error_message": "WebSocket factory initialization failed",
        "details": { "environment": backend.environment, "ssot_authentication": true },
        "recovery_suggestions": null,
    });
    let close = CloseFrame { code: INTERNAL, reason: "Factory SSOT validation failed".into() };
    let _ = send(&mut socket, &frame).await;
    let _ = socket.send(Message::Close(Some(close))).await;
    drain(socket).await;
}

/// Waits for the client's close, so that the backend's close frame is not cut off.
async fn drain(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}

/// Serves an authenticated WebSocket until the client leaves.
pub(crate) async fn run(backend: &Backend, mut socket: WebSocket, user: Identity) {
    let user = user.user_id;
    if backend.has(BackendDefect::SocketLoopDead) {
        return drain(socket).await;
    }
    let greeted = send(&mut socket, &frames::welcome(&user, &backend.environment)).await.is_ok()
        && send(&mut socket, &frames::ping()).await.is_ok();
    if !greeted {
        return;
    }
    while let Some(Ok(received)) = socket.recv().await {
        let answered = match received {
            Message::Text(text) => answer(backend, &mut socket, &user, text.as_str()).await,
            Message::Close(_) => return,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
        };
        if answered.is_err() {
            return;
        }
    }
}

/// Answers a ping with a pong and a chat message with the five events. Other frames are ignored.
async fn answer(backend: &Backend, socket: &mut WebSocket, user: &str, text: &str) -> Result<(), axum::Error> {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    if frame["type"] == json!("ping") {
        return send(socket, &frames::pong(user)).await;
    }
    if let Some(request) = AgentRequest::from_frame(&frame) {
        let outcome = backend.await_agents().await;
        for event in backend.crowd.mixed(user, backend.delivered(request.events(user).into(), &outcome)) {
            send(socket, &event).await?;
        }
    }
    Ok(())
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(frame.to_string().into())).await
}
