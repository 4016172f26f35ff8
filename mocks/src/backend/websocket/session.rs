//! A socket after its upgrade: authentication (in `observed`), welcome, then frame for frame.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};

use super::super::Backend;
use super::super::auth_client::Identity;
use super::events::AgentRequest;
use super::frames;
use super::token_location::Presented;
use crate::deployment::BackendDefect;

/// Policy violation (RFC 6455 7.4.1).
const POLICY: u16 = 1008;
/// Internal error (RFC 6455 7.4.1).
const INTERNAL: u16 = 1011;

/// Accepted first, authenticated now: a refusal is an error frame and a close (recorded).
pub(super) async fn authenticate(backend: Arc<Backend>, mut socket: WebSocket, presented: Presented) {
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

/// The user is known, and the connection's manager is not made for them (contract 8.2 #65).
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

/// Waits for the other side's close, so that ours is not cut off.
async fn drain(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}

/// Serves an authenticated socket until the client leaves.
pub(super) async fn run(backend: &Backend, mut socket: WebSocket, user: Identity) {
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

/// Ping is answered with pong, a chat message with the five events; anything else is passed over.
async fn answer(backend: &Backend, socket: &mut WebSocket, user: &str, text: &str) -> Result<(), axum::Error> {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    if frame["type"] == json!("ping") {
        return send(socket, &frames::pong(user)).await;
    }
    if let Some(request) = AgentRequest::from_frame(&frame) {
        let outcome = backend.await_agents().await;
        for event in backend.delivered(request.events(user).into(), &outcome) {
            send(socket, &event).await?;
        }
    }
    Ok(())
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(frame.to_string().into())).await
}
