//! Authentication of HTTP requests: the bearer, then the auth service's word for it.

use axum::http::{HeaderMap, header};

use super::Backend;
use super::auth_client::{Identity, Verdict};
use super::envelope::ApiError;
use super::origin::Origin;
use super::phrasing::Unauthenticated;
use crate::logs::Severity;

impl Backend {
    /// The user behind the request, or the answer that refuses it.
    ///
    /// One body for every failed validation, whatever the reason (contract 0.4).
    pub(super) async fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let token = self.bearer(headers)?;
        match self.validate(token).await {
            Verdict::Valid(identity) => self.permitted(identity),
            Verdict::Refused(_) => Err(self.not_validated("Authentication failed", Origin::CHAT_AUTHENTICATION)),
        }
    }

    /// The same for the routes that ask for the current user: other words for a failed validation (contract 1.5).
    pub(super) async fn current_user(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let token = self.bearer(headers)?;
        match self.validate(token).await {
            Verdict::Valid(identity) => Ok(identity),
            Verdict::Refused(_) => Err(self.not_validated("Invalid or expired token", Origin::CURRENT_USER)),
        }
    }

    /// FastAPI's `HTTPBearer`: absent or empty, and wrong scheme, are told apart, in words at least.
    fn bearer<'a>(&self, headers: &'a HeaderMap) -> Result<&'a str, ApiError> {
        let sent = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (scheme, credential) = sent.split_once(' ').unwrap_or((sent, ""));
        if scheme.is_empty() || credential.trim().is_empty() {
            return Err(self.refuse_bearer("Not authenticated", Origin::NO_BEARER));
        }
        match scheme.eq_ignore_ascii_case("bearer") {
            true => Ok(credential.trim()),
            false => Err(self.refuse_bearer("Invalid authentication credentials", Origin::WRONG_SCHEME)),
        }
    }

    fn refuse_bearer(&self, message: &str, origin: &'static Origin) -> ApiError {
        ApiError::unauthenticated(self.dialect, Unauthenticated::NoBearer, message, origin)
    }

    fn not_validated(&self, message: &str, origin: &'static Origin) -> ApiError {
        let lines: &[&str] = match self.dialect.logs_as_recorded() {
            true => &[
                "❌ WEBSOCKET JWT=REDACTED - Auth=REDACTED validation failed",
                "JWT=REDACTED failed: 401: Invalid or expired JWT=REDACTED",
            ],
            false => &["JWT authentication failed: the token was not validated"],
        };
        lines.iter().for_each(|line| self.log.message(Severity::Error, *line));
        ApiError::unauthenticated(self.dialect, Unauthenticated::NotValidated, message, origin)
    }
}
