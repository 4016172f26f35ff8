//! Where a defect of the build sits in front of the routes, or in their table.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::post;

use super::envelope::ApiError;
use super::origin::Origin;
use super::store::MessageStore;
use super::{Backend, detail, stream};
use crate::deployment::{BackendDefect, Build};
use crate::logs::Severity;
use crate::serve::wants_upgrade;

/// The router that all others are added to, with or without the stream.
pub(super) fn chat_stream_route(build: &Build<BackendDefect>) -> Router<Arc<Backend>> {
    match build.contains(&BackendDefect::LacksStreamRoute) {
        true => Router::new(),
        false => Router::new().route("/api/chat/stream", post(stream::stream_chat)),
    }
}

/// What happens to every request before its route is looked up.
pub(super) async fn before_routes(State(backend): State<Arc<Backend>>, mut request: Request, next: Next) -> Response {
    if backend.has(BackendDefect::RefusesEveryone) {
        backend.log.message(Severity::Warning, "Client address is not in the allow list");
        return detail(StatusCode::FORBIDDEN, "Forbidden");
    }
    if backend.has(BackendDefect::Deadlocked) && request.uri().path() != "/health" {
        std::future::pending::<()>().await;
    }
    let ignores = backend.has(BackendDefect::IgnoresHeader)
        || (backend.has(BackendDefect::SocketIgnoresHeader) && wants_upgrade(&request));
    if ignores {
        request.headers_mut().remove(header::AUTHORIZATION);
    }
    next.run(request).await
}

impl Backend {
    pub(super) fn has(&self, defect: BackendDefect) -> bool {
        self.build.contains(&defect)
    }

    /// The messages, when the store can be used at all.
    pub(super) fn store(&self) -> Result<&MessageStore, ApiError> {
        if !self.has(BackendDefect::StoreRaises) {
            return Ok(&self.messages);
        }
        self.log.message(Severity::Error, "Failed to access messages: 'NoneType' object has no attribute 'append'");
        Err(ApiError::internal("Failed to access messages", Origin::READ_MESSAGE))
    }

    /// The field that a chat message must carry besides those of the contract.
    pub(super) fn demanded_field(&self) -> Option<&'static str> {
        self.has(BackendDefect::DemandsSessionId).then_some("session_id")
    }
}
