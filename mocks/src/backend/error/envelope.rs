//! The backend's error envelope: eight fields, and in `observed` four more that disclose where the error was raised.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::origin::Origin;
use super::phrasing::{Failure, Unauthenticated, failed, status_of};
use crate::logs::{ServiceLog, Severity};
use crate::terms::{Dialect, iso_with_offset};

/// An error that a handler raises.
#[derive(Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    origin: &'static Origin,
    refused: Option<Unauthenticated>,
}

impl ApiError {
    /// Makes the error for a refused credential, with the status that `dialect` gives it.
    pub(crate) fn unauthenticated(
        dialect: Dialect,
        refused: Unauthenticated,
        message: &str,
        origin: &'static Origin,
    ) -> Self {
        let status = status_of(dialect, refused);
        let code = if status == StatusCode::UNAUTHORIZED { "AUTH_FAILED" } else { "AUTH_UNAUTHORIZED" };
        Self { status, code, message: message.to_owned(), origin, refused: Some(refused) }
    }

    /// Makes the error for a signed-in user without the permission.
    pub(crate) fn forbidden(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::FORBIDDEN, "AUTH_UNAUTHORIZED");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    /// Makes the error for a missing record.
    pub(crate) fn not_found(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::NOT_FOUND, "DB_RECORD_NOT_FOUND");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    /// Makes the error for a user who sends too many requests.
    pub(crate) fn too_many(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    /// Makes the error for an exception in a handler.
    pub(crate) fn internal(message: &str, origin: &'static Origin) -> Self {
        let (status, code) = (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR");
        Self { status, code, message: message.to_owned(), origin, refused: None }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Returns why the credential was refused; `None` for other errors.
    pub(crate) fn refused_credential(&self) -> Option<Unauthenticated> {
        self.refused
    }
}

impl ApiError {
    /// Logs the error and returns its response. `headers` are the request's; the envelope repeats its `x-request-id`.
    pub(crate) fn response(&self, dialect: Dialect, headers: &HeaderMap, log: &ServiceLog) -> Response {
        let status = self.status.as_u16();
        log.message(Severity::Info, format!("api_request: {status}: {}", self.message));
        let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok());
        let mut envelope = json!({
            "error": true,
            "error_code": self.code,
            "message": self.message,
            "user_message": self.message,
            "details": { "status_code": status },
            "trace_id": Uuid::new_v4().to_string(),
            "timestamp": iso_with_offset(log.clock().now()),
            "request_id": request_id,
        });
        if discloses_origins(dialect) {
            disclose(&mut envelope, self.origin);
        }
        failed(self.status, Failure::Raised { error: self.clone(), envelope })
    }
}

/// Reports whether envelopes disclose where the error was raised. The real staging system does so.
const fn discloses_origins(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::Observed)
}

fn disclose(envelope: &mut Value, origin: &Origin) {
    for (name, value) in origin.fields() {
        envelope[name] = value;
    }
}
