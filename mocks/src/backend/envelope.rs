//! The backend's error envelope (contract 1.5): eight fields; in `observed` four more, as staging adds them.

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Backend;
use super::origin::Origin;
use crate::logs::Severity;

/// An error that leaves as an envelope.
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    origin: &'static Origin,
}

impl ApiError {
    pub(super) fn unauthorized(message: &str, origin: &'static Origin) -> Self {
        Self { status: StatusCode::UNAUTHORIZED, code: "AUTH_FAILED", message: message.to_owned(), origin }
    }

    pub(super) fn forbidden(message: &str, origin: &'static Origin) -> Self {
        Self { status: StatusCode::FORBIDDEN, code: "AUTH_UNAUTHORIZED", message: message.to_owned(), origin }
    }

    pub(super) fn not_found(message: &str, origin: &'static Origin) -> Self {
        Self { status: StatusCode::NOT_FOUND, code: "DB_RECORD_NOT_FOUND", message: message.to_owned(), origin }
    }
}

impl ApiError {
    pub(super) fn internal(message: &str, origin: &'static Origin) -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self { status, code: "INTERNAL_ERROR", message: message.to_owned(), origin }
    }

    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }
}

impl Backend {
    /// Logs the error and wraps it. `headers` are the request's, for its `x-request-id`.
    pub(super) fn refuse(&self, headers: &HeaderMap, error: &ApiError) -> Response {
        let status = error.status.as_u16();
        self.log.message(Severity::Info, format!("api_request: {status}: {}", error.message));
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        let mut envelope = json!({
            "error": true,
            "error_code": error.code,
            "message": error.message,
            "user_message": error.message,
            "details": { "status_code": status },
            "trace_id": Uuid::new_v4().to_string(),
            "timestamp": Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
            "request_id": request_id,
        });
        if self.dialect.is_observed() {
            disclose(&mut envelope, error.origin);
        }
        (error.status, Json(envelope)).into_response()
    }
}

fn disclose(envelope: &mut Value, origin: &Origin) {
    for (name, value) in origin.fields() {
        envelope[name] = value;
    }
}
