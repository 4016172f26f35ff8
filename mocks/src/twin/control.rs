//! The control listener: what an operator reads of a deployment with the cloud's tools.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::Value;

use super::twin::Manifests;
use crate::logs::{Journal, JournalEntry, LogBook};

struct Control {
    manifests: Manifests,
    logs: Arc<LogBook>,
    journal: Arc<Journal>,
}

/// Returns the routes `/manifests/backend.json`, `/manifests/auth.json`, `/logs?since=RFC3339` and `/journal`.
pub(crate) fn router(manifests: Manifests, logs: Arc<LogBook>, journal: Arc<Journal>) -> Router {
    Router::new()
        .route("/manifests/backend.json", get(backend_manifest))
        .route("/manifests/auth.json", get(auth_manifest))
        .route("/logs", get(logs_since))
        .route("/journal", get(journal_entries))
        .with_state(Arc::new(Control { manifests, logs, journal }))
}

async fn backend_manifest(State(control): State<Arc<Control>>) -> Json<Value> {
    Json(control.manifests.backend.clone())
}

async fn auth_manifest(State(control): State<Arc<Control>>) -> Json<Value> {
    Json(control.manifests.auth.clone())
}

/// Lists log entries, newest first. Answers 400 when `since` is not an RFC 3339 time.
async fn logs_since(
    State(control): State<Arc<Control>>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Json<Vec<Value>>, (StatusCode, &'static str)> {
    let since = query.get("since").map(|text| text.parse::<Timestamp>()).transpose();
    let since = since.map_err(|_| (StatusCode::BAD_REQUEST, "since is not an RFC 3339 time\n"))?;
    Ok(Json(control.logs.newest_first(since)))
}

async fn journal_entries(State(control): State<Arc<Control>>) -> Json<Vec<JournalEntry>> {
    Json(control.journal.entries())
}
