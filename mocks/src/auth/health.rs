//! `GET /health`: 503 when database or Redis does not answer (contract 1.4), although validation goes on working.

use std::io::Error;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::call::{Answer, Call};
use super::{AuthService, lines};

/// Database and Redis are on loopback; healthy ones accept at once.
const STORE_BUDGET: Duration = Duration::from_millis(200);

pub(super) fn health(service: &AuthService, _: &Call<'_>) -> Answer {
    if service.database_error().is_some() {
        return unhealthy(service, "database_status", "Database connectivity failed");
    }
    if service.redis_error().is_some() {
        return unhealthy(service, "redis_status", "Redis connectivity failed");
    }
    let now = service.log.clock().now();
    Answer::plain(
        200,
        json!({
            "status": "healthy",
            "service": "auth-service",
            "version": "1.0.0",
            "timestamp": iso(now),
            "uptime_seconds": (now - service.started).total(jiff::Unit::Second).unwrap_or_default(),
            "database_status": "connected",
            "environment": service.config.environment,
        }),
    )
}

/// `what` is the field that says error.
fn unhealthy(service: &AuthService, what: &str, reason: &str) -> Answer {
    let body = json!({
        "status": "unhealthy",
        "service": "auth-service",
        "version": "1.0.0",
        "timestamp": iso(service.log.clock().now()),
        what: "error",
        "environment": service.config.environment,
        "reason": reason,
    });
    Answer::plain(503, body)
}

/// ISO with microseconds and offset, as Python prints it.
fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

impl AuthService {
    /// Connects to the database, logs how that went, and returns what went wrong.
    pub(super) fn database_error(&self) -> Option<Error> {
        let connected = connect(self.config.database, "DATABASE_URL is not set");
        match connected {
            Ok(()) => lines::database_answers(self),
            Err(ref error) => lines::database_silent(self, error),
        }
        connected.err()
    }

    /// Connects to Redis, logs what goes wrong, and returns it.
    fn redis_error(&self) -> Option<Error> {
        let error = connect(self.config.redis, "REDIS_URL is not set").err()?;
        lines::redis_silent(self, &error);
        Some(error)
    }
}

fn connect(address: Option<SocketAddr>, unset: &str) -> Result<(), Error> {
    let address = address.ok_or_else(|| Error::other(unset))?;
    TcpStream::connect_timeout(&address, STORE_BUDGET).map(drop)
}
