//! The backend: chat over HTTP, SSE and WebSocket. It verifies no token by itself; it asks the auth service about each.

mod access;
mod agents;
mod auth_client;
mod bearer;
mod config;
mod database;
mod defects;
mod envelope;
mod health;
mod message;
mod messages;
mod origin;
mod phrasing;
mod query;
mod schema;
mod startup;
mod store;
mod stream;
mod threads;
mod validation;
mod websocket;
mod work;

pub(crate) use startup::StartupFailed;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};

use crate::deployment::{BackendDefect, Build, Environment};
use crate::logs::ServiceLog;
use crate::serve::wants_upgrade;
use crate::{BootError, Dialect};
use auth_client::AuthClient;
use database::Database;
pub(crate) use store::MessageStore;

/// What is deployed besides settings.
pub(crate) struct Code {
    pub(crate) build: Build<BackendDefect>,
    /// The proxy that its connections go by.
    pub(crate) proxy: Option<SocketAddr>,
}

/// The process: its client to the auth service, its messages, its log.
pub(crate) struct Backend {
    dialect: Dialect,
    environment: String,
    auth: AuthClient,
    /// The secret with which it verifies tokens by itself; otherwise it asks.
    verifies_with: Option<String>,
    build: Build<BackendDefect>,
    messages: Arc<MessageStore>,
    database: Database,
    log: ServiceLog,
}

impl Backend {
    /// Starts the process from its environment.
    ///
    /// The outer error is ours; the inner one is the backend's own refusal to start without its secrets.
    pub(crate) fn start(
        dialect: Dialect,
        environment: &Environment,
        code: &Code,
        messages: Arc<MessageStore>,
        log: ServiceLog,
    ) -> Result<Result<Router, StartupFailed>, BootError> {
        let config = config::BackendConfig::read(environment);
        if let Err(failed) = startup::validate(&config, dialect, &log) {
            return Ok(Err(failed));
        }
        let name = config.environment.clone();
        let database = Database::new(config.database, log.clone());
        let verifies_with = config.jwt_secret.clone().filter(|_| config.verifies_locally);
        let auth = AuthClient::new(dialect, config, code.proxy, log.clone())?;
        let build = code.build.clone();
        let backend = Self { dialect, environment: name, auth, verifies_with, build, messages, database, log };
        Ok(Ok(routes(Arc::new(backend))))
    }
}

fn routes(backend: Arc<Backend>) -> Router {
    defects::chat_stream_route(&backend.build)
        .route("/health", get(health::health))
        .route("/api/chat/messages", get(messages::list).post(messages::create))
        .route("/api/chat/messages/{id}", get(messages::read).delete(messages::delete))
        .route("/api/threads", get(threads::list))
        .route("/api/agents/execute", post(agents::execute))
        .route("/ws", get(websocket::connect))
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(Arc::clone(&backend), defects::before_routes))
        .layer(middleware::from_fn_with_state(Arc::clone(&backend), phrasing::phrase))
        .layer(middleware::from_fn_with_state(Arc::clone(&backend), access::stamp))
        .with_state(backend)
}

/// FastAPI's 404; uvicorn refuses an upgrade to an unknown path with an empty 403 (edge-signatures 3.2).
async fn unknown_path(request: Request) -> Response {
    match wants_upgrade(&request) {
        true => StatusCode::FORBIDDEN.into_response(),
        false => detail(StatusCode::NOT_FOUND, "Not Found"),
    }
}

async fn wrong_method() -> Response {
    detail(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed")
}

/// FastAPI's own error body, outside of the envelope.
fn detail(status: StatusCode, text: &'static str) -> Response {
    phrasing::failed(status, phrasing::Failure::Framework(text))
}
