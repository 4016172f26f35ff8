//! A socket after its upgrade: authentication (in `observed`), welcome, then frame for frame.

use std::sync::Arc;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};

use super::super::Backend;
use super::super::auth_client::Identity;
use super::carrier::Presented;
use super::events::AgentRequest;
use super::frames;

/// Policy violation (RFC 6455 7.4.1).
const POLICY: u16 = 1008;

/// Accepted first, authenticated now: a refusal is an error frame and a close (recorded).
pub(super) async fn authenticate(backend: Arc<Backend>, mut socket: WebSocket, presented: Presented) {
    match backend.admit(&presented).await {
        Ok(user) => run(&backend, socket, user).await,
        Err(refusal) => {
            let close = CloseFrame { code: POLICY, reason: "SSOT Auth failed".into() };
            let _ = send(&mut socket, &frames::error(&backend, &refusal, &presented)).await;
            let _ = socket.send(Message::Close(Some(close))).await;
            drain(socket).await;
        }
    }
}

/// Waits for the other side's close, so that ours is not cut off.
async fn drain(mut socket: WebSocket) {
    while let Some(Ok(_)) = socket.recv().await {}
}

/// Serves an authenticated socket until the client leaves.
pub(super) async fn run(backend: &Backend, mut socket: WebSocket, user: Identity) {
    let user = user.user_id;
    let greeted = send(&mut socket, &frames::welcome(&user, &backend.environment)).await.is_ok()
        && send(&mut socket, &frames::ping()).await.is_ok();
    if !greeted {
        return;
    }
    while let Some(Ok(received)) = socket.recv().await {
        let answered = match received {
            Message::Text(text) => answer(&mut socket, &user, text.as_str()).await,
            Message::Close(_) => return,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => Ok(()),
        };
        if answered.is_err() {
            return;
        }
    }
}

/// Ping is answered with pong, a chat message with the five events; anything else is passed over.
async fn answer(socket: &mut WebSocket, user: &str, text: &str) -> Result<(), axum::Error> {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    if frame["type"] == json!("ping") {
        return send(socket, &frames::pong(user)).await;
    }
    if let Some(request) = AgentRequest::from_frame(&frame) {
        for event in request.events(user) {
            send(socket, &event).await?;
        }
    }
    Ok(())
}

async fn send(socket: &mut WebSocket, frame: &Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(frame.to_string().into())).await
}
