//! The table of routes, and what a defective build puts in the place of a handler.

use super::{profile, session, status, validation};
use crate::auth::http::{Answer, Call};
use crate::auth::service::AuthService;
use crate::deployment::AuthDefect;
use crate::logs::Severity;

/// The handler of a route.
pub(crate) type Handler = fn(&AuthService, &Call<'_>) -> Answer;

/// Every route of a healthy build: method, path and handler.
const ROUTES: &[(&str, &str, Handler)] = &[
    ("GET", "/health", status::health),
    ("POST", "/auth/validate", validation::validate),
    ("POST", "/auth/check-blacklist", validation::check_blacklist),
    ("GET", "/auth/verify", profile::verify),
    ("POST", "/auth/verify", profile::verify),
    ("GET", "/auth/me", profile::me),
    ("POST", "/auth/login", session::login),
    ("POST", "/auth/logout", session::logout),
    ("GET", "/oauth/status", status::oauth),
    ("GET", "/.well-known/jwks.json", status::jwks),
];

/// Returns the routes of the service's build.
pub(crate) fn routes(service: &AuthService) -> impl Iterator<Item = (&'static str, &'static str, Handler)> {
    ROUTES.iter().map(|(method, path, healthy)| (*method, *path, handler(service, path, *healthy)))
}

fn handler(service: &AuthService, route: &str, healthy: Handler) -> Handler {
    match route {
        "/auth/validate" if service.has(AuthDefect::LacksValidationRoute) => no_such_route,
        "/auth/validate" if service.has(AuthDefect::ValidationRaises) => raise,
        _ => healthy,
    }
}

/// Answers an unknown path as FastAPI does.
pub(crate) fn no_such_route(_: &AuthService, _: &Call<'_>) -> Answer {
    Answer::failed(404, "Not Found")
}

/// Answers for a handler whose exception no code catches: the server's own 500, in every dialect.
fn raise(service: &AuthService, _: &Call<'_>) -> Answer {
    let line = "Exception in ASGI application: AttributeError: 'NoneType' object has no attribute 'validate_token'";
    service.say_route(Severity::Error, line);
    Answer::raised()
}
