//! The auth service's log lines: the real service's in `observed`, plain ones in the other dialects.

use super::caller::CallerRefusal;
use super::service::AuthService;
use crate::auth::token::Refusal;
use crate::logs::{ServiceLog, Severity};
use crate::terms::Dialect;

const ROUTES: &str = "auth_service.auth_core.routes.auth_routes";
const JWT: &str = "auth_service.auth_core.core.jwt_handler";
const REDIS: &str = "auth_service.auth_core.redis_manager";
const DATABASE: &str = "auth_service.auth_core.database.connection";

impl AuthService {
    /// Writes one line: `netra-service - <logger> - <LEVEL> - <text>` in `observed`, the bare text in other dialects.
    pub(crate) fn say(&self, logger: &str, severity: Severity, text: &str) {
        let line = match self.dialect.logs_as_recorded() {
            true => format!("netra-service - {logger} - {} - {text}", severity.as_str()),
            false => text.to_owned(),
        };
        self.log.text(severity, line);
    }

    /// Writes a line of the route handlers.
    pub(crate) fn say_route(&self, severity: Severity, text: &str) {
        self.say(ROUTES, severity, text);
    }
}

/// Writes why a caller is refused. `prefix` names the route, or is empty.
pub(crate) fn caller_refused(service: &AuthService, refusal: &CallerRefusal, caller: &str, prefix: &str) {
    let recorded = service.dialect.logs_as_recorded();
    let text = match refusal {
        CallerRefusal::Missing => "Service authentication failed: the caller sent no service credentials".to_owned(),
        CallerRefusal::NotConfigured => "SERVICE_SECRET not configured in auth service environment".to_owned(),
        CallerRefusal::WrongId(got) if recorded => {
            format!(
                "Service ID mismatch: received '{got}', expected 'netra-backend'. Backend should use \
                 SERVICE_ID='netra-backend'"
            )
        }
        CallerRefusal::WrongSecret if recorded => format!(
            "Service secret mismatch for service '{caller}'. Check that SERVICE_SECRET environment variable matches \
             between services."
        ),
        CallerRefusal::WrongId(_) => format!("Service authentication failed for caller '{caller}': unknown service id"),
        CallerRefusal::WrongSecret => {
            format!("Service authentication failed for caller '{caller}': invalid service secret")
        }
    };
    service.say_route(refusal.severity(), &format!("{prefix}{text}"));
}

pub(crate) fn caller_trusted(service: &AuthService, caller: &str) {
    let text = format!("Service '{caller}' successfully authenticated for token validation");
    service.say_route(Severity::Info, &text);
}

/// Writes why a token is refused; in `observed` with all lines of the real handler.
pub(crate) fn token_refused(service: &AuthService, refusal: &Refusal) {
    if !service.dialect.logs_as_recorded() {
        let text = format!("Token validation failed: {}", refusal.sentence());
        return service.say(JWT, Severity::Warning, &text);
    }
    for (severity, text) in refusal.recorded() {
        service.say(JWT, severity, &text);
    }
}

/// Writes the lines of a process that ends without a signing secret, and the platform's lines about it.
pub(crate) fn no_signing_secret(log: &ServiceLog, dialect: Dialect) {
    let text = "JWT secret not configured for staging environment. Expected one of: \
                ['JWT_SECRET_STAGING', 'JWT_SECRET_KEY', 'JWT_SECRET']";
    let line = match dialect.logs_as_recorded() {
        true => format!("netra-service - auth_service.auth_core.secret_loader - CRITICAL - {text}"),
        false => text.to_owned(),
    };
    log.text(Severity::Critical, line);
    log.platform(Severity::Warning, "Container called exit(1).");
    log.platform(
        Severity::Error,
        "Default STARTUP TCP probe failed 1 time consecutively for container \"netra-auth-service-1\" on port 8080. The \
         instance was not started.",
    );
}

/// Writes why `/auth/validate` refuses a token. The real handler adds a line there.
pub(crate) fn validation_refused(service: &AuthService, refusal: &Refusal) {
    token_refused(service, refusal);
    if service.dialect.logs_as_recorded() {
        service.say_route(Severity::Warning, "Token validation failed - invalid or expired");
    }
}

pub(crate) fn database_answers(service: &AuthService) {
    service.say(DATABASE, Severity::Info, "Auth database connection test successful: 1");
}

pub(crate) fn database_silent(service: &AuthService, error: &std::io::Error) {
    let text = format!("Auth database connection test failed: {error}");
    service.say(DATABASE, Severity::Error, &text);
}

pub(crate) fn redis_silent(service: &AuthService, error: &std::io::Error) {
    let text = format!("Redis connection failed: {error}");
    service.say(REDIS, Severity::Error, &text);
}
