//! `GET /health`: 503 when the database does not answer (contract 1.4), although validation goes on working.

use std::net::TcpStream;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::call::{Answer, Call};
use super::{AuthService, lines};

/// The database is on loopback; a healthy one accepts at once.
const DATABASE_BUDGET: Duration = Duration::from_millis(200);

pub(super) fn health(service: &AuthService, _: &Call<'_>) -> Answer {
    let reachable = service.database_error().is_none();
    let now = Timestamp::now();
    if !reachable {
        let body = json!({
            "status": "unhealthy",
            "service": "auth-service",
            "version": "1.0.0",
            "timestamp": iso(now),
            "database_status": "error",
            "environment": service.config.environment,
            "reason": "Database connectivity failed",
        });
        return Answer::plain(503, body);
    }
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

/// ISO with microseconds and offset, as Python prints it.
fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

impl AuthService {
    /// Connects to the database, logs how that went, and returns what went wrong.
    pub(super) fn database_error(&self) -> Option<std::io::Error> {
        let unset = || std::io::Error::other("DATABASE_URL is not set");
        let connected = match self.config.database {
            Some(address) => TcpStream::connect_timeout(&address, DATABASE_BUDGET).map(drop),
            None => Err(unset()),
        };
        match connected {
            Ok(()) => lines::database_answers(self),
            Err(ref error) => lines::database_silent(self, error),
        }
        connected.err()
    }
}
