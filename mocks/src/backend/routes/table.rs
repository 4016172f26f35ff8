//! The table of routes, with the small routes themselves.

use std::sync::Arc;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde_json::{Value, json};

use super::{agents, layers, messages, stream};
use crate::backend::error::{framework_error, phrase};
use crate::backend::service::Backend;
use crate::backend::websocket;
use crate::deployment::BackendDefect;
use crate::net::wants_upgrade;
use crate::terms::epoch_seconds;

/// Returns the router of the process.
pub(crate) fn routes(backend: Arc<Backend>) -> Router {
    let stream = match backend.has(BackendDefect::LacksStreamRoute) {
        true => Router::new(),
        false => Router::new().route("/api/chat/stream", post(stream::stream_chat)),
    };
    stream
        .route("/health", get(health))
        .route("/api/chat/messages", get(messages::list).post(messages::create))
        .route("/api/chat/messages/{id}", get(messages::read).delete(messages::delete))
        .route("/api/threads", get(messages::list_threads))
        .route("/api/agents/execute", post(agents::execute))
        .route("/ws", get(websocket::connect))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&backend), layers::before_routes))
        .layer(middleware::from_fn_with_state(backend.dialect, phrase))
        .layer(middleware::from_fn_with_state(Arc::clone(&backend), layers::stamp))
        .with_state(backend)
}

/// `GET /health`: the process is up. The real backend says nothing about what it depends on.
async fn health() -> Json<Value> {
    Json(json!({
        "status": "healthy",
        "service": "netra-ai-platform",
        "version": "1.0.0",
        "timestamp": epoch_seconds(),
    }))
}

/// Answers an unknown path: FastAPI with 404, uvicorn with an empty 403 when the request is an upgrade.
async fn unknown_path(request: Request) -> Response {
    match wants_upgrade(&request) {
        true => StatusCode::FORBIDDEN.into_response(),
        false => framework_error(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn wrong_method() -> Response {
    framework_error(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}
