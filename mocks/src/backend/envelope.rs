//! The backend's error envelope (contract 1.5): eight fields; in `observed` four more, as staging adds them.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Backend;
use super::origin::Origin;
use super::phrasing::{Failure, Unauthenticated, failed, status_of};
use crate::Dialect;
use crate::logs::Severity;

/// An error that a handler raises.
#[derive(Clone)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    origin: &'static Origin,
    refused: Option<Unauthenticated>,
}

impl ApiError {
    /// A refused credential, with the status that `dialect` gives it.
    pub(super) fn unauthenticated(
        dialect: Dialect,
        refused: Unauthenticated,
        message: &str,
        origin: &'static Origin,
    ) -> Self {
        let status = status_of(dialect, refused);
        let code = if status == StatusCode::UNAUTHORIZED { "AUTH_FAILED" } else { "AUTH_UNAUTHORIZED" };
        Self { status, code, message: message.to_owned(), origin, refused: Some(refused) }
    }

    /// A known user who may not.
    pub(super) fn forbidden(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::FORBIDDEN, "AUTH_UNAUTHORIZED");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    pub(super) fn not_found(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::NOT_FOUND, "DB_RECORD_NOT_FOUND");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    pub(super) fn internal(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    pub(super) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(super) fn message(&self) -> &str {
        &self.message
    }

    /// How the credential fell short, where that is the error.
    pub(super) fn refused_credential(&self) -> Option<Unauthenticated> {
        self.refused
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
            "timestamp": self.log.clock().now().strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string(),
            "request_id": request_id,
        });
        if discloses_origins(self.dialect) {
            disclose(&mut envelope, error.origin);
        }
        failed(error.status, Failure::Raised { error: error.clone(), envelope })
    }
}

/// As staging does, and no other.
const fn discloses_origins(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Observed)
}

fn disclose(envelope: &mut Value, origin: &Origin) {
    for (name, value) in origin.fields() {
        envelope[name] = value;
    }
}
