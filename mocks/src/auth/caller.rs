//! Who is calling: the service credentials of contract 3.2.

use super::AuthService;
use super::call::{Answer, Call, shortened};
use super::lines;
use crate::Dialect;
use crate::logs::Severity;

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
    /// Credentials are demanded and absent.
    Missing,
    /// This service has no secret to compare with.
    NotConfigured,
    WrongId(String),
    WrongSecret,
}

impl AuthService {
    /// Whether absent credentials are refused, and the caller is looked at before the token. The recorded service does
    /// neither (contract 0.2).
    pub(super) const fn demands_credentials(&self) -> bool {
        match self.dialect {
            Dialect::Documented | Dialect::Modern | Dialect::Opaque => true,
            Dialect::Observed => false,
        }
    }

    /// Judges the service headers.
    pub(super) fn judge_caller(&self, call: &Call<'_>) -> Caller {
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

    /// Logs and phrases a refused caller; `None` when the call may go on.
    pub(super) fn caller_refused(&self, call: &Call<'_>, prefix: &str) -> Option<Answer> {
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
    /// The machine word: the `error` field in `observed`, and the journal's reason in every dialect.
    pub(super) const fn code(&self) -> &'static str {
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

    pub(super) const fn severity(&self) -> Severity {
        match self {
            Self::NotConfigured => Severity::Error,
            Self::Missing | Self::WrongId(_) | Self::WrongSecret => Severity::Warning,
        }
    }
}
