//! The control listener: what an operator reads of a deployment with the cloud's tools.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde_json::Value;

use super::twin::{Manifests, Revisions};
use crate::logs::{Journal, JournalEntry, LogBook};

struct Control {
    manifests: Manifests,
    revisions: Revisions,
    logs: Arc<LogBook>,
    journal: Arc<Journal>,
}

/// Returns the routes `/manifests/backend.json`, `/manifests/auth.json`, `/revisions/backend.json`,
/// `/revisions/auth.json`, `/logs?since=RFC3339` and `/journal`. A manifest takes `?revision=previous`, or a revision's name.
pub(crate) fn router(manifests: Manifests, revisions: Revisions, logs: Arc<LogBook>, journal: Arc<Journal>) -> Router {
    Router::new()
        .route("/manifests/backend.json", get(backend_manifest))
        .route("/manifests/auth.json", get(auth_manifest))
        .route("/revisions/backend.json", get(backend_revisions))
        .route("/revisions/auth.json", get(auth_revisions))
        .route("/logs", get(logs_since))
        .route("/journal", get(journal_entries))
        .with_state(Arc::new(Control { manifests, revisions, logs, journal }))
}

type Asked = Query<HashMap<String, String>>;

async fn backend_manifest(State(control): State<Arc<Control>>, query: Asked) -> Result<Json<Value>, StatusCode> {
    manifest(&control.manifests.backend, &control.revisions.backend, &query)
}

async fn auth_manifest(State(control): State<Arc<Control>>, query: Asked) -> Result<Json<Value>, StatusCode> {
    manifest(&control.manifests.auth, &control.revisions.auth, &query)
}

/// Returns the manifest of the service, or of the revision that the query names.
fn manifest(service: &Value, revisions: &[Value], query: &Asked) -> Result<Json<Value>, StatusCode> {
    let found = match query.get("revision").map(String::as_str) {
        None => Some(service),
        Some("previous") => revisions.get(1),
        Some(name) => revisions.iter().find(|one| one["metadata"]["name"] == name),
    };
    found.cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

async fn backend_revisions(State(control): State<Arc<Control>>) -> Json<Vec<Value>> {
    Json(control.revisions.backend.clone())
}

async fn auth_revisions(State(control): State<Arc<Control>>) -> Json<Vec<Value>> {
    Json(control.revisions.auth.clone())
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
