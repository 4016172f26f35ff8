//! Judges the caller of a route by its service credentials, `X-Service-ID` and `X-Service-Secret`.

use super::lines;
use super::service::AuthService;
use crate::auth::http::{Answer, Call};
use crate::logs::{Severity, shortened};
use crate::terms::Dialect;

/// The id of the only caller that the service accepts.
const EXPECTED_ID: &str = "netra-backend";

/// The caller, judged by its service headers.
pub(crate) enum Caller {
    /// Id and secret are correct.
    Trusted,
    /// A header is absent, and the service does not demand it.
    Unnamed,
    Refused(CallerRefusal),
}

/// Why a caller is refused.
pub(crate) enum CallerRefusal {
    /// The service demands credentials, and a header is absent.
    Missing,
    /// The service has no secret to compare with.
    NotConfigured,
    WrongId(String),
    WrongSecret,
}

impl AuthService {
    /// Reports whether the service refuses absent credentials and checks the caller before the token.
    ///
    /// The real service does neither.
    pub(crate) const fn demands_credentials(&self) -> bool {
        match self.dialect {
            Dialect::Documented | Dialect::Modern | Dialect::Opaque => true,
            Dialect::Observed => false,
        }
    }

    /// Judges the service headers.
    pub(crate) fn judge_caller(&self, call: &Call<'_>) -> Caller {
        let (Some(id), Some(secret)) = (call.header("x-service-id"), call.header("x-service-secret")) else {
            return if self.demands_credentials() { Caller::Refused(CallerRefusal::Missing) } else { Caller::Unnamed };
        };
        match &self.config.service_secret {
            None => Caller::Refused(CallerRefusal::NotConfigured),
            Some(_) if id != EXPECTED_ID => Caller::Refused(CallerRefusal::WrongId(shortened(id))),
            Some(own) if own != secret => Caller::Refused(CallerRefusal::WrongSecret),
            Some(_) => Caller::Trusted,
        }
    }

    /// Logs a refused caller and returns the answer to it. Returns `None` when the call may go on.
    pub(crate) fn caller_refused(&self, call: &Call<'_>, prefix: &str) -> Option<Answer> {
        let refusal = match self.judge_caller(call) {
            Caller::Refused(refusal) => refusal,
            Caller::Trusted | Caller::Unnamed => return None,
        };
        let caller = call.caller().unwrap_or_else(|| "unknown".to_owned());
        lines::caller_refused(self, &refusal, &caller, prefix);
        Some(refusal.answer())
    }
}

impl CallerRefusal {
    /// Returns the machine word: the journal's reason, and in `observed` also the `error` field.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing_service_credentials",
            Self::NotConfigured => "service_not_configured",
            Self::WrongId(_) => "invalid_service_id",
            Self::WrongSecret => "invalid_service_secret",
        }
    }

    fn answer(&self) -> Answer {
        let invalid = "Invalid service credentials";
        match self {
            Self::Missing => Answer::denied(401, self.code(), "Service credentials required"),
            Self::NotConfigured => Answer::denied(500, self.code(), "Service authentication not properly configured"),
            Self::WrongId(got) => {
                let precise = format!("Invalid service ID. Expected '{EXPECTED_ID}', got '{got}'");
                Answer::denied_precisely(401, self.code(), invalid, precise)
            }
            Self::WrongSecret => {
                Answer::denied_precisely(401, self.code(), invalid, "Invalid service secret".to_owned())
            }
        }
    }

    pub(crate) const fn severity(&self) -> Severity {
        match self {
            Self::NotConfigured => Severity::Error,
            Self::Missing | Self::WrongId(_) | Self::WrongSecret => Severity::Warning,
        }
    }
}
