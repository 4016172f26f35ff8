//! Where a defect of the build takes the place of a handler, or its time.

use std::time::Duration;

use super::call::{Answer, Call, no_such_route};
use super::{AuthService, Handler};
use crate::deployment::AuthDefect;
use crate::logs::Severity;

/// Longer than callers wait for a health check, shorter than they wait for anything else.
const SLOW_HEALTH: Duration = Duration::from_millis(700);
const SLOW: Duration = Duration::from_millis(1200);

impl AuthService {
    pub(super) fn has(&self, defect: AuthDefect) -> bool {
        self.build.contains(&defect)
    }

    /// The handler that this build has for a route.
    pub(super) fn handler(&self, route: &str, healthy: Handler) -> Handler {
        match route {
            "/auth/validate" if self.has(AuthDefect::LacksValidationRoute) => no_such_route,
            "/auth/validate" if self.has(AuthDefect::ValidationRaises) => raise,
            _ => healthy,
        }
    }

    /// How long an answer of this route takes longer than it must.
    pub(super) fn delay(&self, route: &str) -> Duration {
        match route {
            _ if self.has(AuthDefect::Slow) => SLOW,
            "/health" if self.has(AuthDefect::SlowHealth) => SLOW_HEALTH,
            _ => Duration::ZERO,
        }
    }
}

/// Raised where no handler catches it: the server's own 500, in every dialect.
fn raise(service: &AuthService, _: &Call<'_>) -> Answer {
    let line = "Exception in ASGI application: AttributeError: 'NoneType' object has no attribute 'validate_token'";
    service.say_route(Severity::Error, line);
    Answer::raised()
}
