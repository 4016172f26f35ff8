//! The client's log lines. In `observed` they look as the real backend's log filter leaves them, with `REDACTED` in
//! them.

use reqwest::StatusCode;

use super::client::AuthClient;
use super::wire::{Asked, Unreachable};
use crate::logs::{ServiceLog, Severity};
use crate::terms::Dialect;

pub(crate) fn say_http(log: &ServiceLog, method: &str, url: &str, status: StatusCode) {
    let reason = status.canonical_reason().unwrap_or_default();
    log.message(Severity::Info, format!("HTTP Request: {method} {url} \"HTTP/1.1 {} {reason}\"", status.as_u16()));
}

pub(crate) fn say_validating(log: &ServiceLog, dialect: Dialect, base: &str, credentials: bool) {
    let (secret, validating) = match dialect.logs_as_recorded() {
        true => (
            "SERVICE_SECRET=REDACTED configured - auth=REDACTED communication may fail in staging/production",
            format!("Validating token=REDACTED auth=REDACTED at: {base}"),
        ),
        false => (
            "SERVICE_SECRET not configured - auth service communication may fail in staging/production",
            format!("Validating token with auth service at: {base}"),
        ),
    };
    if !credentials {
        log.message(Severity::Warning, secret);
    }
    log.message(Severity::Info, validating);
}

pub(crate) fn say_no_credentials(log: &ServiceLog, dialect: Dialect, service_id: &str) {
    let (first, second) = match dialect.logs_as_recorded() {
        true => (
            "SERVICE_SECRET=REDACTED not configured. This is required for service-to-service authentication. Set \
             SERVICE_SECRET=REDACTED a secure value (min 32 chars) that matches the auth=REDACTED configuration.",
            "SERVICE_SECRET. Auth=REDACTED calls will fail.",
        ),
        false => (
            "SERVICE_SECRET is not configured. This is required for service-to-service authentication. Set \
             SERVICE_SECRET to a secure value (min 32 chars) that matches the auth service's configuration.",
            "SERVICE_SECRET. Auth service calls will fail.",
        ),
    };
    log.message(Severity::Error, first);
    let second = format!("Missing service authentication configuration: {second} Current service_id='{service_id}'");
    log.message(Severity::Error, second);
}

/// Only versions without a built-in id write these lines, and their log filter redacts nothing.
pub(crate) fn say_no_service_id(log: &ServiceLog) {
    log.message(
        Severity::Error,
        "SERVICE_ID is not configured. This is required for service-to-service authentication.",
    );
    let line = "Missing service authentication configuration: SERVICE_ID. Auth service calls will fail.";
    log.message(Severity::Error, line);
}

impl AuthClient {
    /// Writes the redacted text in `observed`, the raw one in the other dialects.
    fn say(&self, severity: Severity, raw: &str, redacted: &str) {
        let text = if self.dialect.logs_as_recorded() { redacted } else { raw };
        self.log.message(severity, text);
    }

    pub(crate) fn say_initialized(&self) {
        let configured = if self.wire.has_service_secret() { "True" } else { "False" };
        let id = self.wire.service_id();
        let line = format!("AuthServiceClient initialized - Service ID: {id}, Service Secret configured: {configured}");
        self.log.message(Severity::Info, line);
    }

    pub(crate) fn say_disabled(&self) {
        self.log.message(Severity::Critical, "AUTH SERVICE DISABLED: no token can be validated");
    }

    pub(crate) fn say_unreachable(&self, failure: &Unreachable) {
        let check = match failure.why.as_str() {
            "timed out" => "Auth service connectivity check timed out after 0.5s".to_owned(),
            why => format!("Auth service connectivity check failed: {why}"),
        };
        self.log.message(Severity::Warning, check);
        let seconds = failure.after.as_secs_f64();
        let line = format!("Auth service unreachable after {seconds:.2}s - preventing WebSocket timeout");
        self.log.message(Severity::Warning, line);
    }

    pub(crate) fn say_breaker_open(&self) {
        let line = "Circuit breaker is OPEN - auth service is temporarily unavailable";
        self.log.message(Severity::Warning, line);
    }

    pub(crate) fn say_breaker_opened(&self) {
        let line = "Circuit breaker 'auth_service' OPENED: consecutive_failures=3, failure_rate=100.00%";
        self.log.message(Severity::Error, line);
    }

    /// Writes the answer. The real client writes `Token validation successful` also for `valid: false`.
    pub(crate) fn say_answer(&self, asked: &Asked, credentials: bool) {
        match asked {
            Asked::Answered(_) => {
                self.say(Severity::Info, "Token validation successful", "Token=REDACTED successful");
            }
            Asked::Rejected { status, detail } => self.say_rejected(*status, detail, credentials),
            Asked::Failed(why) => {
                self.log.message(Severity::Error, format!("Remote validation error: {why}"));
                self.log.message(Severity::Error, format!("AUTH SERVICE CONNECTION ISSUE: {why}"));
            }
        }
    }

    fn say_rejected(&self, status: u16, detail: &str, credentials: bool) {
        match status {
            401 if credentials => self.say(
                Severity::Warning,
                "Auth service returned 401 - user token may be invalid or expired",
                "Auth=REDACTED returned 401 - user token=REDACTED be invalid or expired",
            ),
            401 => self.say_missing_credentials(),
            _ => {}
        }
        if status == 401 {
            self.log.message(Severity::Error, format!("Auth service error details: {detail}"));
        }
        self.say(
            Severity::Warning,
            "Token validation returned None - auth service rejected the token",
            "Token=REDACTED returned None - auth=REDACTED rejected the token",
        );
    }

    fn say_missing_credentials(&self) {
        self.say(
            Severity::Error,
            "INTER-SERVICE AUTH FAILURE: Missing service credentials",
            "INTER-SERVICE AUTH=REDACTED Missing service credentials",
        );
        self.log.message(Severity::Error, format!("Service ID configured: {}", self.wire.service_id()));
        let configured = if self.wire.has_service_secret() { "True" } else { "False" };
        self.say(
            Severity::Error,
            &format!("Service Secret configured: {configured}"),
            &format!("Service Secret=REDACTED {configured}"),
        );
    }
}
