//! `POST /api/agents/execute`: signing in is optional, and a refused caller is served as anonymous.
//!
//! The real response does not say whom it served. The twin's does, in `user_id`: clients of the twin need it.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::backend::error::{Problem, read_json, text_field, unprocessable};
use crate::backend::service::{Backend, CANNED, Outcome};
use crate::logs::Severity;

/// A task for an agent.
struct Task {
    agent: String,
    message: String,
}

/// `POST /api/agents/execute`: 200 with `status`, `agent` and `response`, with or without a user.
pub(crate) async fn execute(State(backend): State<Arc<Backend>>, headers: HeaderMap, body: Bytes) -> Response {
    let begun = Instant::now();
    let task = match task(&body) {
        Ok(task) => task,
        Err(problems) => return unprocessable(problems),
    };
    // Signing in is optional: the route swallows a refusal and serves an anonymous caller.
    let user = backend.current_user(&headers).await.ok();
    let outcome = backend.await_agents().await;
    let who = user.as_ref().map_or("test-user", |user| user.user_id.as_str());
    backend.log.message(Severity::Info, format!("Executing {} agent for user {who}", task.agent));
    let done = format!("Agent processed your message: {}", task.message);
    let (status, response, error) = match outcome {
        Outcome::Done => ("success", Some(done.as_str()), None),
        Outcome::Canned => ("success", Some(CANNED), None),
        Outcome::Untouched => ("success", None, None),
        Outcome::TimedOut => ("error", None, Some("Agent execution timed out")),
    };
    Json(json!({
        "status": status,
        "agent": task.agent,
        "response": response,
        "execution_time": begun.elapsed().as_secs_f64(),
        "circuit_breaker_state": "CLOSED",
        "error": error,
        "user_id": user.as_ref().map(|user| &user.user_id),
    }))
    .into_response()
}

fn task(body: &[u8]) -> Result<Task, Vec<Problem>> {
    let body = read_json(body).map_err(|problem| vec![problem])?;
    let body = body.ok_or_else(|| vec![Problem::missing_body()])?;
    let Value::Object(fields) = &body else { return Err(vec![Problem::not_an_object(&body)]) };
    match (text_field(fields, "type", None), text_field(fields, "message", None)) {
        (Ok(agent), Ok(message)) => Ok(Task { agent, message }),
        (agent, message) => Err([agent.err(), message.err()].into_iter().flatten().collect()),
    }
}
