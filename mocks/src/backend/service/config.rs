//! The backend's settings, and their validation at startup.

use std::net::SocketAddr;

use crate::backend::auth_client::AuthSettings;
use crate::deployment::Environment;
use crate::logs::{ServiceLog, Severity};
use crate::terms::{Dialect, JwtVariable};

/// The minimum length of a secret, in bytes.
const MINIMUM: usize = 32;

/// The settings from the environment. No `Debug`: it holds secrets.
pub(crate) struct BackendConfig {
    pub(crate) environment: String,
    pub(crate) startup_validation: bool,
    pub(crate) auth: AuthSettings,
    /// Required at startup. Only a backend that verifies tokens by itself uses it.
    pub(crate) jwt_secret: Option<String>,
    /// Whether the backend verifies tokens by itself (`TOKEN_VALIDATION=local`) instead of asking the auth service.
    pub(crate) verifies_locally: bool,
    /// Whether OAuth is configured. Required at startup, and not used by the twin.
    pub(crate) oauth: bool,
    /// Whether the model's key is configured. Required at startup, and not used by the twin.
    pub(crate) gemini_key: bool,
    /// Host and port of the database.
    pub(crate) database: Option<SocketAddr>,
}

impl BackendConfig {
    /// Reads the settings. The first of `jwt_variables` that is set holds the signing secret.
    pub(crate) fn read(environment: &Environment, jwt_variables: &[JwtVariable]) -> Self {
        let own = |name| environment.get(name).map(|value| value.trim().to_owned());
        Self {
            environment: own("ENVIRONMENT").unwrap_or_default(),
            startup_validation: own("STARTUP_VALIDATION").is_none_or(|value| value == "true"),
            auth: AuthSettings {
                url: own("AUTH_SERVICE_URL"),
                enabled: own("AUTH_SERVICE_ENABLED").is_none_or(|value| value == "true"),
                service_id: own("SERVICE_ID"),
                service_secret: own("SERVICE_SECRET"),
            },
            jwt_secret: jwt_variables.iter().find_map(|variable| own(variable.id())),
            verifies_locally: own("TOKEN_VALIDATION").is_some_and(|value| value == "local"),
            oauth: own("GOOGLE_CLIENT_ID").and(own("GOOGLE_CLIENT_SECRET")).is_some(),
            gemini_key: own("GEMINI_API_KEY").is_some(),
            database: environment.host_of("DATABASE_URL"),
        }
    }
}

/// The process ended before it listened; its log says why.
pub(crate) struct StartupFailed;

/// A missing or unusable setting.
struct Problem {
    component: &'static str,
    /// The text as the validator logs it.
    error: &'static str,
    /// The text as the real backend's log filter leaves it.
    redacted: &'static str,
}

/// Validates the settings at startup and logs every problem. `STARTUP_VALIDATION=false` switches it off.
pub(crate) fn validate(config: &BackendConfig, dialect: Dialect, log: &ServiceLog) -> Result<(), StartupFailed> {
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
    if config.auth.service_id.is_none() {
        let error = "SERVICE_ID not configured - CRITICAL for inter-service auth";
        found.push(Problem { component: "service_credentials", error, redacted: error });
    }
    if !long(&config.auth.service_secret) {
        found.push(Problem {
            component: "service_credentials",
            error: "SERVICE_SECRET not configured - SINGLE POINT OF FAILURE",
            redacted: "SERVICE_SECRET=REDACTED configured - SINGLE POINT OF FAILURE",
        });
    }
    if config.auth.url.is_none() {
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

/// Logs one problem. The log filter does not apply to the validator's logger.
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

/// Logs the end of the process, and the platform's lines about it.
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
