//! The validation before the backend serves (contract section 4; lines recorded in `backend_no_service_secret.json`).

use super::config::BackendConfig;
use crate::Dialect;
use crate::logs::{ServiceLog, Severity};

/// Shorter secrets are refused.
const MINIMUM: usize = 32;

/// The process ended before it listened.
pub(crate) struct StartupFailed;

/// One failed component.
struct Problem {
    component: &'static str,
    /// As the validator logs it.
    error: &'static str,
    /// As the redaction filter of the recorded backend leaves it (contract 7.3).
    redacted: &'static str,
}

/// Passes, or writes why not. Does nothing when the manifest switches it off.
pub(super) fn validate(config: &BackendConfig, dialect: Dialect, log: &ServiceLog) -> Result<(), StartupFailed> {
    if !config.startup_validation {
        return Ok(());
    }
    let problems = problems(config);
    let Some(first) = problems.first() else { return Ok(()) };
    problems.iter().for_each(|problem| report(problem, log));
    let error = if dialect.logs_as_recorded() { first.redacted } else { first.error };
    conclude(&format!("{}: {error}", first.component), dialect, log);
    Err(StartupFailed)
}

fn problems(config: &BackendConfig) -> Vec<Problem> {
    let long = |secret: &Option<String>| secret.as_ref().is_some_and(|value| value.len() >= MINIMUM);
    let mut found = Vec::new();
    if !long(&config.jwt_secret) {
        found.push(Problem {
            component: "jwt_secret",
            error: "No JWT secret configured (JWT_SECRET, JWT_SECRET_KEY, or JWT_SECRET_STAGING)",
            redacted: "No JWT=REDACTED configured (JWT_SECRET=REDACTED JWT_SECRET_KEY=REDACTED or JWT_SECRET_STAGING)",
        });
    }
    if config.service_id.is_none() {
        let error = "SERVICE_ID not configured - CRITICAL for inter-service auth";
        found.push(Problem { component: "service_credentials", error, redacted: error });
    }
    if !long(&config.service_secret) {
        found.push(Problem {
            component: "service_credentials",
            error: "SERVICE_SECRET not configured - SINGLE POINT OF FAILURE",
            redacted: "SERVICE_SECRET=REDACTED configured - SINGLE POINT OF FAILURE",
        });
    }
    if config.auth_url.is_none() {
        let error = "AUTH_SERVICE_URL not configured";
        found.push(Problem { component: "auth_service_url", error, redacted: error });
    }
    if !config.oauth {
        let error = "No OAuth providers configured";
        found.push(Problem { component: "oauth_credentials", error, redacted: error });
    }
    if !config.gemini_key {
        let error = "GEMINI_API_KEY required in staging/production. Cannot be placeholder value.";
        found.push(Problem { component: "environment", error, redacted: error });
    }
    found
}

/// The validator's own logger is not filtered: recorded unredacted.
fn report(problem: &Problem, log: &ServiceLog) {
    if problem.error.starts_with("SERVICE_SECRET") {
        log.message(
            Severity::Error,
            "❌ SERVICE_SECRET validation failed: SERVICE_SECRET required in staging/production for inter-service \
             authentication.",
        );
        log.message(Severity::Critical, "🚨 SERVICE_SECRET MISSING - SYSTEM WILL FAIL");
    }
    log.message(Severity::Critical, "Configuration validation failed for staging environment:");
    log.message(Severity::Error, "CRITICAL AUTH FAILURES DETECTED:");
    log.message(Severity::Error, format!("  - {}: {}", problem.component, problem.error));
}

fn conclude(failure: &str, dialect: Dialect, log: &ServiceLog) {
    let (auth, validation) = if dialect.logs_as_recorded() {
        ("auth=REDACTED failures", "Auth=REDACTED failed")
    } else {
        ("auth validation failures", "Auth validation failed")
    };
    let chain = format!("{validation} - system cannot start: Critical {auth}: {failure}");
    log.message(Severity::Error, format!("❌ PHASE FAILED: DEPENDENCIES - {chain}"));
    log.message(Severity::Critical, "💥 DETERMINISTIC STARTUP SEQUENCE FAILED");
    log.message(Severity::Critical, "❌ Failed at Phase: DEPENDENCIES");
    log.message(Severity::Critical, format!("❌ Error: {chain}"));
    log.message(Severity::Critical, format!("CRITICAL STARTUP FAILURE: {chain}"));
    log.platform(Severity::Warning, "Container called exit(3).");
    log.platform(
        Severity::Error,
        "Default STARTUP TCP probe failed 1 time consecutively for container \"netra-backend-staging-1\" on port 8000. \
         The instance was not started.",
    );
}
