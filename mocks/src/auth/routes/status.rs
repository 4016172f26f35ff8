//! What the auth service publishes about itself: `/health`, `/oauth/status` and `/.well-known/jwks.json`.

use std::io::Error;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::auth::http::{Answer, Call};
use crate::auth::service::{AuthService, lines};
use crate::logs::Severity;
use crate::terms::iso_with_offset;

/// The time limit of a connection to database or Redis. On loopback a running store accepts at once.
const STORE_BUDGET: Duration = Duration::from_millis(200);

/// `GET /health`: 503 when database or Redis does not answer. Validation does not need them.
pub(crate) fn health(service: &AuthService, _: &Call<'_>) -> Answer {
    if database_error(service).is_some() {
        return unhealthy(service, "database_status", "Database connectivity failed");
    }
    if redis_error(service).is_some() {
        return unhealthy(service, "redis_status", "Redis connectivity failed");
    }
    let now = service.log.clock().now();
    Answer::plain(
        200,
        json!({
            "status": "healthy",
            "service": "auth-service",
            "version": "1.0.0",
            "timestamp": iso_with_offset(now),
            "uptime_seconds": (now - service.started).total(jiff::Unit::Second).unwrap_or_default(),
            "database_status": "connected",
            "environment": service.config.environment,
        }),
    )
}

/// Makes the answer of an unhealthy service; the field `what` says `error`.
fn unhealthy(service: &AuthService, what: &str, reason: &str) -> Answer {
    let body = json!({
        "status": "unhealthy",
        "service": "auth-service",
        "version": "1.0.0",
        "timestamp": iso_with_offset(service.log.clock().now()),
        what: "error",
        "environment": service.config.environment,
        "reason": reason,
    });
    Answer::plain(503, body)
}

/// Connects to the database and logs the result. Returns the error.
pub(crate) fn database_error(service: &AuthService) -> Option<Error> {
    let connected = connect(service.config.database, "DATABASE_URL is not set");
    match connected {
        Ok(()) => lines::database_answers(service),
        Err(ref error) => lines::database_silent(service, error),
    }
    connected.err()
}

/// Connects to Redis and logs an error. Returns the error.
fn redis_error(service: &AuthService) -> Option<Error> {
    let error = connect(service.config.redis, "REDIS_URL is not set").err()?;
    lines::redis_silent(service, &error);
    Some(error)
}

fn connect(address: Option<SocketAddr>, unset: &str) -> Result<(), Error> {
    let address = address.ok_or_else(|| Error::other(unset))?;
    TcpStream::connect_timeout(&address, STORE_BUDGET).map(drop)
}

/// `GET /oauth/status`: 503 when the credentials of the identity provider are missing.
pub(crate) fn oauth(service: &AuthService, _: &Call<'_>) -> Answer {
    if service.config.oauth_configured {
        return Answer::plain(200, json!({ "status": "healthy", "oauth_healthy": true, "providers": ["google"] }));
    }
    service
        .say_route(Severity::Error, "OAuth provider not configured: GOOGLE_CLIENT_ID or GOOGLE_CLIENT_SECRET missing");
    Answer::failed(503, "OAuth provider not configured")
}

/// `GET /.well-known/jwks.json`: the public key, or an empty set when a secret is shared (RFC 7517).
pub(crate) fn jwks(service: &AuthService, _: &Call<'_>) -> Answer {
    let keys: Vec<Value> = service.config.keys.public.iter().map(|key| json!(key)).collect();
    Answer::plain(200, json!({ "keys": keys }))
}
