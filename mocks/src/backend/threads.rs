//! `GET /api/threads` (contract 1.3): the session with the database comes first, the bearer after it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Backend;

/// The caller's threads, those they have written to.
pub(super) async fn list(State(backend): State<Arc<Backend>>, headers: HeaderMap) -> Response {
    let session = match backend.database.session().await {
        Ok(session) => session,
        Err(error) => return backend.refuse(&headers, &error),
    };
    let user = match backend.current_user(&headers).await {
        Ok(user) => user,
        Err(error) => {
            session.refused(error.status(), error.message());
            return backend.refuse(&headers, &error);
        }
    };
    let threads: BTreeSet<String> = backend.messages.threads(&user.user_id);
    let listed = threads.iter().map(|id| json!({ "id": id, "object": "thread", "user_id": user.user_id }));
    Json(listed.collect::<Vec<_>>()).into_response()
}
