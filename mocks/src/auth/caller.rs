//! Who is calling: the service credentials of contract 3.2.

use super::AuthService;
use super::call::{Answer, Call, shortened};
use super::lines;
use crate::logs::Severity;
use serde_json::json;

/// The only caller there is.
const EXPECTED_ID: &str = "netra-backend";

/// What the service headers say.
pub(super) enum Caller {
    /// Id and secret are right.
    Trusted,
    /// One of the headers is absent.
    Unnamed,
    Refused(CallerRefusal),
}

/// Why a caller is refused.
pub(super) enum CallerRefusal {
    /// `documented` only: credentials are demanded and absent.
    Missing,
    /// This service has no secret to compare with.
    NotConfigured,
    WrongId(String),
    WrongSecret,
}

impl AuthService {
    /// Judges the service headers. Absent ones are ignored in `observed` (contract 0.2), refused in `documented`.
    pub(super) fn judge_caller(&self, call: &Call<'_>) -> Caller {
        let (Some(id), Some(secret)) = (call.header("x-service-id"), call.header("x-service-secret")) else {
            return if self.dialect.is_observed() { Caller::Unnamed } else { Caller::Refused(CallerRefusal::Missing) };
        };
        match &self.config.service_secret {
            None => Caller::Refused(CallerRefusal::NotConfigured),
            Some(_) if id != EXPECTED_ID => Caller::Refused(CallerRefusal::WrongId(shortened(id))),
            Some(own) if own != secret => Caller::Refused(CallerRefusal::WrongSecret),
            Some(_) => Caller::Trusted,
        }
    }

    /// Logs and phrases a refused caller; `None` when the call may go on.
    pub(super) fn caller_refused(&self, call: &Call<'_>, prefix: &str) -> Option<Answer> {
        let refusal = match self.judge_caller(call) {
            Caller::Refused(refusal) => refusal,
            Caller::Trusted | Caller::Unnamed => return None,
        };
        let caller = call.caller().unwrap_or_else(|| "unknown".to_owned());
        lines::caller_refused(self, &refusal, &caller, prefix);
        Some(refusal.answer(self.dialect.is_observed()))
    }
}

impl CallerRefusal {
    /// The machine word: the `error` field in `observed`, and the journal's reason in both dialects.
    pub(super) const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing_service_credentials",
            Self::NotConfigured => "service_not_configured",
            Self::WrongId(_) => "invalid_service_id",
            Self::WrongSecret => "invalid_service_secret",
        }
    }

    fn answer(&self, observed: bool) -> Answer {
        if observed {
            let body = json!({ "valid": false, "error": self.code(), "message": self.message() });
            return Answer::no(200, self.code(), body);
        }
        match self {
            Self::Missing => Answer::detail(401, self.code(), "Service credentials required"),
            Self::NotConfigured => Answer::detail(500, self.code(), &self.message()),
            Self::WrongId(_) | Self::WrongSecret => Answer::detail(401, self.code(), "Invalid service credentials"),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Missing => "Service credentials required".to_owned(),
            Self::NotConfigured => "Service authentication not properly configured".to_owned(),
            Self::WrongId(got) => format!("Invalid service ID. Expected '{EXPECTED_ID}', got '{got}'"),
            Self::WrongSecret => "Invalid service secret".to_owned(),
        }
    }

    pub(super) const fn severity(&self) -> Severity {
        match self {
            Self::NotConfigured => Severity::Error,
            Self::Missing | Self::WrongId(_) | Self::WrongSecret => Severity::Warning,
        }
    }
}
