//! Authentication: the bearer token of a request, its validation, and the user's permission.

use axum::http::{HeaderMap, header};

use super::backend::Backend;
use crate::auth::verified_subject;
use crate::backend::auth_client::{Identity, Refused, Verdict};
use crate::backend::error::{ApiError, Origin, Unauthenticated};
use crate::deployment::BackendDefect;
use crate::logs::Severity;

/// The user who warmed up a process that shares identities.
const WARMED_UP_BY: &str = "staging-e2e-user-003";
/// The permission that a defective build demands.
const NEW_PERMISSION: &str = "chat:use";

impl Backend {
    /// Authenticates a request of the chat routes. Every failed validation gives the same error, whatever the reason.
    pub(crate) async fn authenticate(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let token = self.bearer(headers)?;
        match self.validate(token).await {
            Verdict::Valid(identity) => self.permitted(identity),
            Verdict::Refused(_) => Err(self.not_validated("Authentication failed", Origin::CHAT_AUTHENTICATION)),
        }
    }

    /// Authenticates a request of the other routes, which word a failed validation differently.
    pub(crate) async fn current_user(&self, headers: &HeaderMap) -> Result<Identity, ApiError> {
        let token = self.bearer(headers)?;
        match self.validate(token).await {
            Verdict::Valid(identity) => Ok(identity),
            Verdict::Refused(_) => Err(self.not_validated("Invalid or expired token", Origin::CURRENT_USER)),
        }
    }

    /// Returns the bearer token, as FastAPI's `HTTPBearer` reads it. A missing token and a wrong scheme differ in words
    /// only.
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

impl Backend {
    /// Validates one token: with the backend's own secret, or by asking the auth service.
    pub(crate) async fn validate(&self, token: &str) -> Verdict {
        let verdict = match &self.verifies_with {
            Some(secret) => self.verify(token, secret),
            None => self.auth.validate(token).await,
        };
        match verdict {
            Verdict::Valid(_) if self.has(BackendDefect::SharesIdentity) => {
                Verdict::Valid(Identity { user_id: WARMED_UP_BY.to_owned() })
            }
            verdict => verdict,
        }
    }

    fn verify(&self, token: &str, secret: &str) -> Verdict {
        match verified_subject(token, secret, self.log.clock()) {
            Ok(user_id) => Verdict::Valid(Identity { user_id }),
            Err(reason) => {
                self.log.message(Severity::Warning, format!("Local token validation failed: {reason}"));
                Verdict::Refused(Refused::NotValid)
            }
        }
    }

    /// Checks that a user may use the chat routes.
    fn permitted(&self, user: Identity) -> Result<Identity, ApiError> {
        self.within_limit(&user.user_id)?;
        if !self.has(BackendDefect::DemandsNewPermission) {
            return Ok(user);
        }
        let line = format!("Permission denied: user {} lacks '{NEW_PERMISSION}'", user.user_id);
        self.log.message(Severity::Warning, line);
        let message = format!("Permission denied: {NEW_PERMISSION} is required");
        Err(ApiError::forbidden(&message, Origin::READ_MESSAGE))
    }
}
