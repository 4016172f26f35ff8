//! `POST /api/chat/stream`: the server-sent events of a chat.
//!
//! The real handler is broken: it answers 500 or ends with an error event. The twin's handler completes, so that a
//! healthy run is healthy.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::messages::authenticated_message;
use crate::backend::chat::Message;
use crate::backend::service::Backend;
use crate::deployment::BackendDefect;
use crate::logs::Severity;
use crate::terms::iso_now;

/// `POST /api/chat/stream`: 200 with `text/event-stream`. Every event has `type` and `timestamp`.
pub(crate) async fn stream_chat(State(backend): State<Arc<Backend>>, headers: HeaderMap, body: Bytes) -> Response {
    let (user, new) = match authenticated_message(&backend, &headers, &body).await {
        Ok(both) => both,
        Err(answer) => return answer,
    };
    let message = Message::of(&user.user_id, new);
    match backend.store() {
        Ok(store) => store.add(message.clone()),
        Err(error) => return backend.refuse(&headers, &error),
    }
    let outcome = backend.await_agents().await;
    let events = backend.crowd.mixed(&user.user_id, backend.delivered(events(&message), &outcome));
    let breaks = backend.has(BackendDefect::StreamRaises);
    let whole = if breaks { events.len() / 2 } else { events.len() };
    let written = tokio_stream::iter(events).take(whole).map(|event| Ok(frame(event)));
    let broken = breaks.then(|| futures_util::stream::once(raised(Arc::clone(&backend))));
    let written = written.chain(tokio_stream::iter(broken).flatten());
    let headers = [
        ("content-type", "text/event-stream; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-accel-buffering", "no"),
    ];
    (headers, Body::from_stream(written)).into_response()
}

/// Raises the generator's exception, shortly after its last event.
async fn raised(backend: Arc<Backend>) -> std::io::Result<Bytes> {
    tokio::time::sleep(Duration::from_millis(50)).await;
    let line = "Exception in ASGI application: Traceback (most recent call last): KeyError: 'content'";
    backend.log.message(Severity::Error, line);
    Err(std::io::Error::other("the generator raised"))
}

fn frame(mut event: Value) -> Bytes {
    event["timestamp"] = json!(iso_now());
    Bytes::from(format!("data: {event}\n\n"))
}

fn events(message: &Message) -> Vec<Value> {
    let run = Uuid::new_v4().to_string();
    let agent = "ChatAgent";
    let tool = "message_processor";
    let answer = format!("Agent processed your message: {}", message.content);
    vec![
        json!({ "type": "stream_start", "run_id": run, "user_id": message.user_id }),
        json!({ "type": "user_message", "message": message }),
        json!({ "type": "agent_started", "run_id": run, "agent_name": agent, "message": "Processing your message" }),
        json!({ "type": "agent_thinking", "run_id": run, "thought": "Reading the message", "step_number": 1 }),
        json!({ "type": "tool_executing", "run_id": run, "tool_name": tool, "tool_purpose": "Process the message" }),
        json!({ "type": "tool_completed", "run_id": run, "tool_name": tool,
                "result": { "status": "success", "processed": true } }),
        json!({ "type": "response_chunk", "run_id": run, "content": answer, "is_final": true }),
        json!({ "type": "response_complete", "run_id": run, "message": reply(message, &answer) }),
        json!({ "type": "agent_completed", "run_id": run, "agent_name": agent,
                "result": { "status": "success", "response_generated": true }, "duration_ms": 2000 }),
        json!({ "type": "stream_end", "run_id": run, "status": "completed" }),
    ]
}

fn reply(message: &Message, answer: &str) -> Message {
    Message {
        id: Uuid::new_v4().to_string(),
        content: answer.to_owned(),
        user_id: "assistant".to_owned(),
        timestamp: iso_now(),
        message_type: "assistant".to_owned(),
        ..message.clone()
    }
}
